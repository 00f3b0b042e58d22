import type { Reading, WindowRecord } from '../windows/reading.ts';
import type { JudgementContext, Measurement, MetricVerdict } from './context.ts';
import { type Counted, type FoldedTurns, type Tally, tallyOf, WITHOUT_EVIDENCE_LIMIT } from './counting.ts';
import { everyWindow } from './measurements-due.ts';
import { badWindowsText, healthySoFar } from './words.ts';

/** What one window says of a check: good, bad, or neither. */
export type CheckSaid = Pick<Measurement, 'phase' | 'because'>;

/** What is said of a window that has data. */
export type Check = (reading: Exclude<Reading, { kind: 'noData' }>) => CheckSaid;

interface CheckedMetric {
  name: string;
  judge: { failureLimit: number };
}

/**
 * A check that finds each window good, bad or neither: more bad ones than `failureLimit`: degraded. None good yet, or too
 * many in a row that say neither: inconclusive. A window without data says neither.
 * @param windows of this metric, in any order; only frozen ones that do not straddle are judged
 * @param before what was folded of those before
 */
export function judgeCheck(
  metric: CheckedMetric,
  windows: readonly WindowRecord[],
  context: JudgementContext,
  { check, before }: { check: Check; before: FoldedTurns | undefined },
): MetricVerdict {
  const sums = tallyOf(countedCheck(metric, context, check), windows, context, before);
  return checkVerdict(metric.name, metric.judge.failureLimit, sums);
}

export const countedCheck = ({ judge }: CheckedMetric, context: JudgementContext, check: Check): Counted => ({
  timing: everyWindow(context),
  measure: ({ startEpochMs, endEpochMs, reading }) => ({
    startEpochMs,
    endEpochMs,
    ...(reading.kind === 'noData' ? neither(`no data: ${reading.reason}`) : check(reading)),
  }),
  limits: { failures: judge.failureLimit + 1 },
});

export const neither = (because: string): CheckSaid => ({ phase: 'inconclusive', because });

function checkVerdict(name: string, failureLimit: number, sums: Tally): MetricVerdict {
  const { measurements, last, withoutEvidence: without } = sums;
  const done = sums.successful + sums.failed;
  if (sums.failed > failureLimit) {
    const because = `${sums.decisive?.because}, ${badWindowsText(failureLimit)}`;
    return { verdict: { kind: 'degraded', because, metric: name }, measurements, done, brokeLimit: false };
  }
  const held = (because: string, brokeLimit: boolean): MetricVerdict => ({
    verdict: { kind: 'inconclusive', because, fault: false },
    ...{ measurements, done, brokeLimit },
  });
  if (last === undefined) return held('no window was measured yet', false);
  if (without > WITHOUT_EVIDENCE_LIMIT) {
    return held(`${without} windows in a row were neither good nor bad; the last: ${last.because}`, true);
  }
  if (sums.successful === 0) return held(`no window was good yet; the last: ${last.because}`, false);
  const bad = sums.failed === 0 ? '' : `, ${sums.failed} bad (${failureLimit} allowed)`;
  const because = healthySoFar(sums.successful, sums.taken, 'window', bad, last.because);
  return { verdict: { kind: 'watching', because }, measurements, done, brokeLimit: false };
}

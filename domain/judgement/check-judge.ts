import type { JudgementContext, Measurement, MetricVerdict } from './context.ts';
import { nthFailed, type Tally, tally, WITHOUT_EVIDENCE_LIMIT, withoutEvidence } from './counting.ts';
import type { Reading, WindowRecord } from './reading.ts';
import { everyWindow } from './turns.ts';
import { badWindowsText, healthySoFar } from './words.ts';

/** What one window says of a check: good, bad, or neither. */
export type CheckSaid = Pick<Measurement, 'phase' | 'because'>;

/**
 * A check that finds each window good, bad or neither: more bad ones than `failureLimit`: degraded. None good yet, or too
 * many in a row that say neither: inconclusive. A window without data says neither.
 * @param windows of this metric, in any order; only frozen ones that do not straddle are judged
 * @param said of a window that has data
 */
export function judgeCheck(
  { name, judge }: { name: string; judge: { failureLimit: number } },
  windows: readonly WindowRecord[],
  context: JudgementContext,
  said: (reading: Exclude<Reading, { kind: 'noData' }>) => CheckSaid,
): MetricVerdict {
  const sums = tally(everyWindow(windows, context), ({ record: { startEpochMs, endEpochMs, reading } }) => ({
    startEpochMs,
    endEpochMs,
    ...(reading.kind === 'noData' ? neither(`no data: ${reading.reason}`) : said(reading)),
  }));
  return checkVerdict(name, judge.failureLimit, sums);
}

export const neither = (because: string): CheckSaid => ({ phase: 'inconclusive', because });

function checkVerdict(name: string, failureLimit: number, sums: Tally): MetricVerdict {
  const { measurements } = sums;
  if (sums.failed > failureLimit) {
    const failure = nthFailed(measurements, failureLimit + 1);
    const because = `${failure.because}, ${badWindowsText(failureLimit)}`;
    return { verdict: { kind: 'degraded', because, metric: name }, measurements, brokeLimit: false };
  }
  const held = (because: string, brokeLimit: boolean): MetricVerdict => ({
    verdict: { kind: 'inconclusive', because, fault: false },
    ...{ measurements, brokeLimit },
  });
  const last = measurements.at(-1);
  if (last === undefined) return held('no window was measured yet', false);
  const without = withoutEvidence(measurements);
  if (without > WITHOUT_EVIDENCE_LIMIT) {
    return held(`${without} windows in a row were neither good nor bad; the last: ${last.because}`, true);
  }
  if (sums.successful === 0) return held(`no window was good yet; the last: ${last.because}`, false);
  const bad = sums.failed === 0 ? '' : `, ${sums.failed} bad (${failureLimit} allowed)`;
  const because = healthySoFar(sums.successful, measurements.length, 'window', bad, last.because);
  return { verdict: { kind: 'watching', because }, measurements, brokeLimit: false };
}

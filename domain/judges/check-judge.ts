import type { Reading } from '../windows/reading.ts';
import type { JudgementContext, Measurement, MetricVerdict } from './context.ts';
import { type Counted, type Tally, tallyOf, WITHOUT_EVIDENCE_LIMIT } from './counting.ts';
import { countingJudge, type JudgeRunKind } from './judge-run-kind.ts';
import { everyWindow } from './measurements-due.ts';
import type { AnyJudgeSpec, MetricOf } from './metric-of.ts';
import { badWindowsText, healthySoFar } from './words.ts';

/** What one window says of a check: good, bad, or neither. */
export type CheckSaid = Pick<Measurement, 'phase' | 'because'>;

/** What is said of a window that has data. */
export type Check = (reading: Exclude<Reading, { kind: 'noData' }>) => CheckSaid;

interface CheckedSpec extends AnyJudgeSpec {
  /** Bad windows that are still allowed: broken when exceeded. */
  failureLimit: number;
}

/**
 * A check that finds each window good, bad or neither: more bad ones than `failureLimit`: degraded. None good yet, or too
 * many in a row that say neither: inconclusive. A window without data says neither.
 * Only frozen windows that do not straddle are judged.
 */
export function checkJudge<Spec extends CheckedSpec>(
  kind: Spec['kind'],
  checkOf: (metric: MetricOf<Spec>) => Check,
): JudgeRunKind<Spec> {
  const counted = (metric: MetricOf<Spec>, context: JudgementContext): Counted =>
    countedCheck(metric, context, checkOf(metric));
  return countingJudge<Spec>({
    kind,
    counted,
    judgeOne: (metric, windows, context, before) =>
      checkVerdict(metric.name, metric.judge.failureLimit, tallyOf(counted(metric, context), windows, context, before)),
  });
}

const countedCheck = ({ judge }: MetricOf<CheckedSpec>, context: JudgementContext, check: Check): Counted => ({
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

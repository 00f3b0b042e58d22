import type { JudgementContext, Measurement, MetricVerdict } from './context.ts';
import { type Tally, tally, WITHOUT_EVIDENCE_LIMIT, withoutEvidence } from './counting.ts';
import type { Reading, WindowRecord } from './reading.ts';
import { everyWindow } from './turns.ts';
import { plural } from './words.ts';

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
    const failure = measurements.filter(({ phase }) => phase === 'failed').at(failureLimit);
    const because = `${failure?.because}: window ${failureLimit + 1}, ${failureLimit} allowed`;
    return { verdict: { kind: 'degraded', because, metric: name }, measurements, brokeLimit: false };
  }
  const last = measurements.at(-1);
  const without = withoutEvidence(measurements);
  const tooLong = without > WITHOUT_EVIDENCE_LIMIT;
  if (sums.successful === 0 || tooLong) {
    const because =
      last === undefined
        ? 'no window was measured yet'
        : tooLong
          ? `${without} windows in a row said neither; the last: ${last.because}`
          : `no window was good yet; the last: ${last.because}`;
    return { verdict: { kind: 'inconclusive', because, fault: false }, measurements, brokeLimit: tooLong };
  }
  const bad = sums.failed === 0 ? '' : `, ${sums.failed} bad of the ${failureLimit} allowed`;
  const because = `${sums.successful} of ${plural(measurements.length, 'window')} good${bad}; the last: ${last?.because}`;
  return { verdict: { kind: 'watching', because }, measurements, brokeLimit: false };
}

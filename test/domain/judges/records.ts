import fc from 'fast-check';
import type { JudgementContext, MetricVerdict } from '../../../domain/judges/context.ts';
import type { JudgeRunKind } from '../../../domain/judges/judge-run-kind.ts';
import type { AnyJudgeSpec, MetricOf } from '../../../domain/judges/metric-of.ts';
import type { Counts, Reading, WindowRecord } from '../../../domain/windows/reading.ts';

/** A Thursday noon, a whole minute since the epoch: 1,700,000,000 s is 20 s past a minute, so 40 s are added. */
export const NOON = 1_700_000_040_000;
export const MINUTE = 60_000;

export const counts = (requests: number, ...bad: number[]): Counts => ({ requests, bad });

/** The n-th window of a minute after NOON, frozen 100 s after its end. */
export const frozen = (n: number, reading: Reading, more: Partial<WindowRecord> = {}): WindowRecord => {
  const endEpochMs = NOON + (n + 1) * MINUTE;
  return {
    metric: 'errors',
    startEpochMs: NOON + n * MINUTE,
    endEpochMs,
    reading,
    readAtEpochMs: endEpochMs + 90_000,
    straddles: false,
    frozenAtEpochMs: endEpochMs + 100_000,
    ...more,
  };
};

/** A look at NOON + 10 minutes, an analysis that began at NOON, both versions with traffic. */
export const context = (more: Partial<JudgementContext> = {}): JudgementContext => ({
  analysisStartedAtEpochMs: NOON,
  nowEpochMs: NOON + 10 * MINUTE,
  windowSeconds: 60,
  expects: () => ({ canary: true, stable: true }),
  ...more,
});

/** Any `relative` judge, with and without its ceiling. */
export const relativeJudge = (failureLimit: fc.Arbitrary<number>) =>
  fc.record(
    {
      kind: fc.constant('relative' as const),
      max: fc.constant(1.5),
      failureLimit,
      minRequests: fc.constantFrom(1, 100),
      ceiling: fc.constant(0.15),
    },
    { requiredKeys: ['kind', 'max', 'failureLimit', 'minRequests'] },
  );

/** What a judge says of one metric. */
export function verdictOf<Spec extends AnyJudgeSpec>(
  kind: JudgeRunKind<Spec>,
  metric: MetricOf<Spec>,
  windows: readonly WindowRecord[],
  of: JudgementContext,
): MetricVerdict {
  const verdict = kind.judge([metric], { [metric.name]: windows }, of, undefined).byMetric[metric.name];
  if (verdict === undefined) throw new Error(`no verdict on ${metric.name}`);
  return verdict;
}

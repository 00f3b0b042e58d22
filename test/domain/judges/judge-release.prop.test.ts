import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JudgementContext } from '../../../domain/judges/context.ts';
import { judgeMetric, judgeRelease } from '../../../domain/judges/judge-release.ts';
import type { JudgeSpec, Metric } from '../../../domain/plan/plan.ts';
import type { Reading, WindowRecord } from '../../../domain/windows/reading.ts';
import { context, counts, frozen, MINUTE, NOON, relativeJudge } from './records.ts';

const limit = fc.nat(2);
const judge: fc.Arbitrary<JudgeSpec> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('threshold' as const),
      successCondition: fc.constantFrom('result[0] < 0.1', 'result[1] < 0.1'),
      failureCondition: fc.constant('result[0] >= 0.2'),
      failureLimit: limit,
      inconclusiveLimit: limit,
      consecutiveErrorLimit: limit,
      count: fc.integer({ min: 1, max: 6 }),
      intervalSeconds: fc.constantFrom(60, 90, 120, 180),
      initialDelaySeconds: fc.constantFrom(0, 30, 120),
    },
    {
      requiredKeys: [
        'kind',
        'failureLimit',
        'inconclusiveLimit',
        'consecutiveErrorLimit',
        'intervalSeconds',
        'initialDelaySeconds',
      ],
    },
  ),
  relativeJudge(limit),
);
const version = fc.option(
  fc.constantFrom(counts(0, 0), counts(50, 1), counts(200, 2), counts(200, 30), counts(200, 60)),
  { nil: null },
);
const reading: fc.Arbitrary<Reading> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('counts' as const), canary: version, stable: version }) },
  { weight: 1, arbitrary: fc.constant<Reading>({ kind: 'noData', reason: 'none' }) },
);
const metricOf = (spec: JudgeSpec): Metric => ({
  name: 'errors',
  source: { kind: 'cloudwatch', measure: { kind: 'failedRequests' } },
  judge: spec,
});
/** Windows 0, 1, 2 … in the order in which they freeze. */
const arrivals = fc
  .array(fc.record({ reading, straddles: fc.constantFrom(false, false, false, true) }), { maxLength: 12 })
  .map(list => list.map(({ reading: answer, straddles }, n) => frozen(n, answer, { straddles })))
  .chain(list => fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }));
/** Stable gets nothing from this window on. */
const alone = fc.integer({ min: 0, max: 14 });
const contextOf = (aloneFrom: number, records: readonly WindowRecord[], extraSeconds = 0): JudgementContext =>
  context({
    nowEpochMs: Math.max(NOON, ...records.map(record => record.endEpochMs)) + extraSeconds * 1000,
    expects: ({ startEpochMs }) => ({ canary: true, stable: startEpochMs < NOON + aloneFrom * MINUTE }),
  });

it('degraded stays degraded, whatever windows come later and in whatever order', () => {
  fc.assert(
    fc.property(judge, arrivals, alone, fc.nat(600), (spec, records, aloneFrom, extra) => {
      let degraded = false;
      for (let known = 0; known <= records.length; known += 1) {
        const seen = records.slice(0, known);
        const { kind } = judgeMetric(metricOf(spec), seen, contextOf(aloneFrom, seen, extra)).verdict;
        if (degraded) expect(kind).toBe('degraded');
        degraded = kind === 'degraded';
      }
    }),
    { numRuns: 2000 },
  );
});

it('the order of windows and their repetition change nothing', () => {
  fc.assert(
    fc.property(judge, arrivals, alone, (spec, records, aloneFrom) => {
      const asked = contextOf(aloneFrom, records);
      const twice = [...records, ...records.toReversed()];
      expect(judgeMetric(metricOf(spec), twice, asked)).toEqual(
        judgeMetric(metricOf(spec), records.toSorted(byStart), asked),
      );
    }),
    { numRuns: 300 },
  );
});
const byStart = (a: WindowRecord, b: WindowRecord) => a.startEpochMs - b.startEpochMs;

it('missing data alone is never degraded and never healthy', () => {
  const nothing = fc.constantFrom<Reading>(
    { kind: 'noData', reason: 'none' },
    { kind: 'counts', canary: null, stable: counts(200, 2) },
    { kind: 'counts', canary: counts(0, 0), stable: null },
  );
  fc.assert(
    fc.property(judge, fc.array(nothing, { maxLength: 12 }), fc.nat(6000), (spec, readings, extra) => {
      const records = readings.map((answer, n) => frozen(n, answer));
      const { verdict } = judgeRelease([metricOf(spec)], { errors: records }, contextOf(99, records, extra));
      expect(verdict.kind).toBe('inconclusive');
    }),
    { numRuns: 300 },
  );
});

it('windows that straddle a shift are never judged', () => {
  fc.assert(
    fc.property(judge, arrivals, (spec, records) => {
      const straddling = records.map(record => ({ ...record, straddles: true }));
      expect(judgeMetric(metricOf(spec), straddling, contextOf(99, records)).measurements).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

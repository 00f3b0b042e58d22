import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exactText, fromExactText } from '../../../domain/exact-json.ts';
import type { BurnWindow } from '../../../domain/judges/burn-rate/spec.ts';
import { cutOf, type Folded, foldWindows } from '../../../domain/judges/folded.ts';
import { judgeRelease } from '../../../domain/judges/judge-release.ts';
import type { JudgeSpec, Metric } from '../../../domain/plan/plan.ts';
import type { Reading, WindowRecord } from '../../../domain/windows/reading.ts';
import { context, counts, frozen, MINUTE, NOON, relativeJudge } from './records.ts';
import { sequential } from './sequential/sequential-records.ts';

const limit = fc.nat(3);
const sequentialJudge = fc.record(
  {
    kind: fc.constant('sequential' as const),
    margin: fc.constantFrom(1, 1.25),
    share: fc.constant(0.5),
    guard: fc.boolean(),
    floor: fc.constant(0.01),
    ceiling: fc.constantFrom('auto' as const, 0.05),
    warmUp: fc.constant({ margin: 8, seconds: 180 }),
  },
  { requiredKeys: ['kind', 'margin', 'share', 'guard'] },
);
const comparison = fc.record({
  direction: fc.constantFrom('increase' as const, 'either' as const),
  tolerance: fc.constant(0.25),
  confidence: fc.constant(0.98),
  nanStrategy: fc.constantFrom('remove' as const, 'replace' as const),
});
const judge: fc.Arbitrary<JudgeSpec> = fc.oneof(
  { weight: 6, arbitrary: sequentialJudge },
  fc.record(
    {
      kind: fc.constant('threshold' as const),
      successCondition: fc.constantFrom('result[0] < 0.1', 'result[1] < 0.1'),
      failureCondition: fc.constant('result[0] >= 0.2'),
      failureLimit: fc.constantFrom(-1, 0, 1, 2, 5),
      inconclusiveLimit: limit,
      consecutiveErrorLimit: limit,
      count: fc.integer({ min: 1, max: 20 }),
      consecutiveSuccessLimit: fc.integer({ min: 1, max: 6 }),
      intervalSeconds: fc.constantFrom(60, 90, 120, 180, 600),
      initialDelaySeconds: fc.constantFrom(0, 30, 120),
    },
    {
      requiredKeys: [
        ...(['kind', 'failureLimit', 'inconclusiveLimit', 'consecutiveErrorLimit'] as const),
        ...(['intervalSeconds', 'initialDelaySeconds'] as const),
      ],
    },
  ),
  relativeJudge(limit),
  fc.record({
    kind: fc.constant('flagger' as const),
    min: fc.constant(95),
    threshold: fc.integer({ min: 1, max: 6 }),
    intervalSeconds: fc.constantFrom(60, 120, 300),
  }),
  fc.record({
    kind: fc.constant('burnRate' as const),
    objective: fc.constantFrom(0.99, 0.9),
    overSeconds: fc.constant(86_400),
    windows: fc.constantFrom<BurnWindow[]>(
      [{ longSeconds: 600, shortSeconds: 120, budget: 0.02 }],
      [
        { longSeconds: 3600, shortSeconds: 300, budget: 0.05 },
        { longSeconds: 300, shortSeconds: 60, budget: 0.01 },
      ],
    ),
    minRequests: fc.constantFrom(1, 500),
  }),
  fc.record({ kind: fc.constant('alarm' as const), failureLimit: limit }),
  fc.record({ kind: fc.constant('anomalyBand' as const), failureLimit: limit, bad: fc.constant('above' as const) }),
  comparison.chain(by =>
    fc.record({
      kind: fc.constant('mannWhitney' as const),
      ...Object.fromEntries(Object.entries(by).map(([key, value]) => [key, fc.constant(value)])),
      intervalSeconds: fc.constantFrom(120, 300, 600),
      effectSize: fc.constant({
        ...{ measure: 'meanRatio' as const, allowedIncrease: 1, allowedDecrease: 1 },
        ...{ criticalIncrease: 1, criticalDecrease: 1 },
      }),
      critical: fc.constant(false),
      groups: fc.constant(['all']),
      scores: fc.constant({ pass: 75, marginal: 50, weights: { all: 100 } }),
    }),
  ) as unknown as fc.Arbitrary<JudgeSpec>,
);

const readingFor = (kind: JudgeSpec['kind']): fc.Arbitrary<Reading> => {
  const version = fc.option(
    fc.constantFrom(counts(0, 0), counts(50, 1), counts(200, 2), counts(200, 5), counts(4000, 30), counts(200, 60)),
    { nil: null },
  );
  const noted = fc.constantFrom(counts(200, 2), { ...counts(200, 3), note: 'another threshold' });
  const usual =
    kind === 'alarm'
      ? fc.record({ kind: fc.constant('alarm' as const), state: fc.constantFrom('OK', 'OK', 'ALARM') })
      : kind === 'anomalyBand'
        ? fc.record({
            kind: fc.constant('band' as const),
            value: fc.option(fc.nat(12), { nil: null }),
            low: fc.constant(0),
            high: fc.constant(10),
          })
        : fc.oneof(
            { weight: 4, arbitrary: fc.record({ kind: fc.constant('counts' as const), canary: noted, stable: noted }) },
            fc.record({ kind: fc.constant('counts' as const), canary: version, stable: version }),
          );
  return fc.oneof(
    { weight: 8, arbitrary: usual as fc.Arbitrary<Reading> },
    fc.constant<Reading>({ kind: 'noData', reason: 'none' }),
    // more bad ones than requests: counts that cannot be
    { weight: 0, arbitrary: fc.constant<Reading>({ kind: 'counts', canary: counts(1, 2), stable: counts(9, 0) }) },
  );
};

/** When a window is frozen after its end, in seconds: late ones freeze after those that follow. */
const lateness = fc.constantFrom(90, 90, 90, 100, 170, 400);
const storyOf = (lengths: { min: number; max: number }) =>
  fc
    .record({ judges: fc.array(judge, { minLength: 1, maxLength: 3 }), length: fc.integer(lengths) })
    .chain(({ judges, length }) =>
      fc.record({
        judges: fc.constant(judges),
        windows: fc.tuple(
          ...judges.map(({ kind }) =>
            fc.array(
              fc.record({
                reading: readingFor(kind),
                late: lateness,
                straddles: fc.constantFrom(false, false, false, false, true),
              }),
              { minLength: length, maxLength: length },
            ),
          ),
        ),
        aloneFrom: fc.integer({ min: 0, max: Math.ceil(1.5 * length) }),
        /** Moments at which it is folded, in windows since noon. */
        folds: fc.array(fc.integer({ min: 0, max: length + 10 }), { minLength: 1, maxLength: 4 }),
        bad: fc.option(fc.tuple(fc.nat(2), fc.nat(39)), { nil: undefined, freq: 4 }),
      }),
    );

it.each([
  ['', { min: 1, max: 40 }, 150],
  [', also many', { min: 140, max: 500 }, 8],
])(
  'windows that were folded%s say what all of them say: in every judge, wherever they are folded',
  (_, lengths, runs) => {
    let [folded, judgedSo] = [0, 0];
    fc.assert(
      fc.property(storyOf(lengths), ({ judges, windows, aloneFrom, folds, bad }) => {
        const metrics = judges.map((spec, m): Metric => {
          const thresholds = spec.kind === 'sequential' && spec.floor === undefined && m === 1 ? [0.3] : undefined;
          const measure =
            thresholds === undefined
              ? { kind: 'failedRequests' as const }
              : { kind: 'slowerThan' as const, thresholdsSeconds: thresholds };
          return { name: `m${m}`, source: { kind: 'cloudwatch', measure }, judge: spec } as Metric;
        });
        const records = windows.map((list, m) =>
          list.map(({ reading, late, straddles }, n): WindowRecord => {
            const endEpochMs = NOON + (n + 1) * MINUTE;
            const spoilt = bad?.[0] === m && bad[1] === n && reading.kind === 'counts';
            const found: Reading = spoilt ? { kind: 'counts', canary: counts(1, 2), stable: counts(9, 0) } : reading;
            const frozenAtEpochMs = endEpochMs + late * 1000;
            return frozen(n, found, { metric: `m${m}`, straddles, frozenAtEpochMs, readAtEpochMs: frozenAtEpochMs });
          }),
        );
        const length = records[0]?.length ?? 0;
        const at = (nowEpochMs: number) =>
          context({
            nowEpochMs,
            sequential: sequential({ secondsAlone: 600, detect: { ratio: 2, power: 0.8, atLeast: 0.01, gross: 0.1 } }),
            steadyWeight: ({ startEpochMs }) => (startEpochMs < NOON + 2 * MINUTE ? undefined : 50),
            expects: ({ startEpochMs }) => ({ canary: true, stable: startEpochMs < NOON + aloneFrom * MINUTE }),
          });
        const knownBy = (nowEpochMs: number): Record<string, WindowRecord[]> =>
          Object.fromEntries(
            records.map((list, m) => [`m${m}`, list.filter(one => (one.frozenAtEpochMs ?? 0) <= nowEpochMs)]),
          );
        let before: Folded | undefined;
        for (const moment of folds.toSorted((a, b) => a - b)) {
          const nowEpochMs = NOON + moment * MINUTE;
          const known = knownBy(nowEpochMs);
          const names = metrics.map(({ name }) => name);
          const fromEpochMs = before?.untilEpochMs ?? NOON;
          const asked = { fromEpochMs, windowSeconds: 60, metrics: names, windowsByMetric: known };
          const cut = cutOf({ ...asked, knownUntilEpochMs: nowEpochMs - 2 * MINUTE });
          if (cut.untilEpochMs === fromEpochMs) continue;
          folded += 1;
          // as it is kept: as a text
          before = fromExactText(exactText(foldWindows(metrics, known, at(nowEpochMs), cut, before))) as Folded;
        }
        if (before === undefined) return;
        const last = Math.max(...folds);
        for (const moment of [last, Math.max(last, length + 1), last + length + 10]) {
          const nowEpochMs = NOON + moment * MINUTE;
          const whole = judgeRelease(metrics, knownBy(nowEpochMs), at(nowEpochMs));
          const on = judgeRelease(metrics, knownBy(nowEpochMs), at(nowEpochMs), {}, before);
          judgedSo += 1;
          expect(on.verdict).toStrictEqual(whole.verdict);
          expect(on.byMetric).toStrictEqual(whole.byMetric);
          expect(on.ceilings).toStrictEqual(whole.ceilings);
          for (const { name } of metrics) {
            const { measurements, ...rest } = whole.judged[name] ?? {};
            expect(on.judged[name]).toMatchObject(rest);
            const since = measurements?.slice(measurements.length - (on.measurements[name]?.length ?? 0));
            if (whole.evidence.every(({ metric }) => metric !== name))
              expect(on.measurements[name]).toStrictEqual(since);
          }
          // bit for bit
          expect(on.evidence).toStrictEqual(whole.evidence.slice(whole.evidence.length - on.evidence.length));
        }
      }),
      { numRuns: runs },
    );
    expect(folded).toBeGreaterThan(runs / 2);
    expect(judgedSo).toBeGreaterThan(runs / 2);
  },
);

import { describe, expect, it } from 'vitest';
import { enoughSeenBy, modelOf, requestsIn, sightIn } from '../../../domain/forecast/model.ts';
import type { ForecastWindow, Sight } from '../../../domain/forecast/schedule.ts';
import type { Traffic } from '../../../domain/forecast/traffic.ts';
import { PROFILE } from '../../../domain/judges/sequential/context.ts';
import type { SequentialJudgeSpec } from '../../../domain/judges/sequential/spec.ts';
import type { Metric, Plan } from '../../../domain/plan/plan.ts';
import { autoCeiling } from '../../../domain/statistics/sequential/ceiling.ts';
import type { Detect } from '../../../domain/statistics/sequential/detect.ts';
import { ceilingFinds, wouldFind } from '../../../domain/statistics/sequential/power.ts';
import { bake, errors, planOf, weight } from '../../support/ledger-lines.ts';

const traffic: Traffic = { requestsPerSecond: 10, failureRate: 0.001, slowRate: 0.02, dispersion: 1.7 };
const sequential = (more: Partial<SequentialJudgeSpec> = {}, name = 'errors'): Metric => ({
  ...errors,
  name,
  judge: { kind: 'sequential', margin: 1.25, share: 1, guard: true, ...more },
});
const slow = (more: Partial<SequentialJudgeSpec> = {}): Metric => ({
  ...sequential(more, 'slow'),
  source: { kind: 'cloudwatch', measure: { kind: 'slowerThan', thresholdsSeconds: [0.3, 1] } },
});
/** A doubling and nothing else: an effect whose numbers can be followed by hand. */
const DOUBLING = { ratio: 2, power: 0.8 };
const watched = (metrics: Metric[], more: Partial<Plan> = {}, detect: Detect = DOUBLING): Plan =>
  planOf({ metrics, sequential: { alpha: 0.01, detect }, ...more });
const windowsAt = (count: number, weight: number, from = 1): ForecastWindow[] =>
  Array.from({ length: count }, (_, i) => {
    const startSeconds = (from + i) * 60;
    return { startSeconds, endSeconds: startSeconds + 60, knownSeconds: startSeconds + 160, weight };
  });

describe('the requests of a window', () => {
  it.each([
    [100, 5, { canary: 300, stable: 5_700 }],
    [3, 5, { canary: 9, stable: 171 }],
    // 150.6 in all: 15.06 and the rest of 151
    [2.51, 10, { canary: 15, stable: 136 }],
    [2.51, 100, { canary: 151, stable: 0 }],
    [0.1, 1, { canary: 0, stable: 6 }],
    [100, 0, { canary: 0, stable: 6_000 }],
  ])('at %d a second and %d per cent are whole, and whole together', (requestsPerSecond, weight, expected) => {
    const window = { startSeconds: 60, endSeconds: 120, weight };
    expect(requestsIn(window, { ...traffic, requestsPerSecond })).toEqual(expected);
  });
});

describe("a plan's sequential metrics in a forecast", () => {
  it('are set as in a release that knows how much the counts vary', () => {
    const { settings } = modelOf(watched([sequential({ share: 0.7 }), slow({ share: 0.3, ceiling: 0.05 })]), traffic);
    expect(settings).toMatchObject({
      alpha: 0.01,
      metrics: [
        { name: 'errors', share: 0.7, margin: 1.25, thresholds: 1, phi: [1.7], hasCeiling: false, ceilings: undefined },
        { name: 'slow', share: 0.3, thresholds: 2, phi: [1.7, 1.7], hasCeiling: true, ceilings: [0.05, 0.05] },
      ],
    });
  });

  it('vary by chance at least, and have no dispersion where the guard is off', () => {
    const phiOf = (metric: Metric, dispersion: number) =>
      modelOf(watched([metric]), { ...traffic, dispersion }).settings?.metrics[0]?.phi;
    expect(phiOf(sequential(), 0.5)).toEqual([1]);
    expect(phiOf(sequential({ guard: false }), 1.7)).toBeUndefined();
  });

  it('take an automatic ceiling from an hour and a half of the stable version, each by its own rate', () => {
    // 54,000 requests, of which 54 fail and 1,080 are slow; the soak of 15 minutes has 9,000
    const metrics = [sequential({ ceiling: 'auto', share: 0.5 }), slow({ ceiling: 'auto', share: 0.5, margin: 2 })];
    const model = modelOf(watched(metrics, { steps: [weight(100)], soakSeconds: 900 }), traffic);
    const [failing, late] = [
      autoCeiling([{ requests: 54_000, bad: 54 }], 1.25, 9_000, PROFILE),
      autoCeiling([{ requests: 54_000, bad: 1_080 }], 2, 9_000, PROFILE),
    ];
    expect(model.settings?.metrics.map(({ ceilings }) => ceilings)).toEqual([[failing], [late, late]]);
    const without = modelOf(watched(metrics), { ...traffic, requestsPerSecond: 0 });
    expect(without.settings?.metrics[0]?.ceilings).toBeUndefined();
  });

  it('warm up from the first weight above 0 on', () => {
    const warmUp = { margin: 8, seconds: 60 };
    const untilOf = (steps: Plan['steps']) =>
      modelOf(watched([sequential({ warmUp })], { steps }), traffic).settings?.metrics[0]?.warmUp?.untilEpochMs;
    // a shift at second 18; after a bake and a shift to 0 at second 78 it is at 260, second 20 of a minute
    expect(untilOf([weight(10), bake(60)])).toBe(78_000);
    expect(untilOf([bake(60), weight(0), bake(180), weight(10)])).toBe(320_000);
    expect(untilOf([bake(60)])).toBe(60_000);
  });

  it('are none where the plan has none, and hold nothing up', () => {
    const model = modelOf(planOf({ metrics: [errors] }), traffic);
    expect(model).toMatchObject({ settings: undefined, watched: [] });
    expect(enoughSeenBy(model)([], { atEnd: false })).toBe('enough');
    expect(enoughSeenBy(model)([], { atEnd: true })).toBe('enough');
  });
});

describe('whether enough was seen', () => {
  const enough = (plan: Plan, windows: ForecastWindow[], of = traffic) =>
    enoughSeenBy(modelOf(plan, of))(windows, { atEnd: false }) === 'enough';
  /** The first count of windows that is enough, counted one by one. */
  const first = (plan: Plan, weight: number, of = traffic) =>
    Array.from({ length: 60 }, (_, i) => i + 1).find(count => enough(plan, windowsAt(count, weight), of));
  const busy = { ...traffic, requestsPerSecond: 500, dispersion: 1 };

  it('is by the power of the comparison', () => {
    // Prepare: a rate that is not rounded, as rates are to within a tenth
    const rate = 1.1 ** -72;
    const plan = watched([sequential()]);
    const comparison = modelOf(plan, { ...busy, failureRate: rate }).watched[0]?.state.comparison;
    if (comparison === undefined) throw new Error('errors is not watched');
    const sees = (count: number) =>
      wouldFind(
        comparison.settings,
        windowsAt(count, 10).map(() => ({ canaryRequests: 3_000, stableRequests: 27_000, margin: 1.25 })),
        { rates: [rate], faulty: [2 * rate] },
        0.8,
      );
    // Act
    const count = first(plan, 10, { ...busy, failureRate: rate }) ?? 0;
    // Assess
    expect(count).toBeGreaterThan(3);
    expect([sees(count - 1), sees(count)]).toEqual([false, true]);
    expect(enough(plan, [])).toBe(false);
  });

  it('is of every sequential metric', () => {
    const alone = watched([sequential({ share: 0.5 })]);
    const both = watched([sequential({ share: 0.5 }), sequential({ share: 0.5 }, 'other')]);
    const withSlow = watched([slow({ share: 0.5 }), sequential({ share: 0.5 })]);
    const count = first(alone, 10, busy) ?? 0;
    expect(first(both, 10, busy)).toBe(count);
    // slow answers are 20 times as many, so they are seen sooner; failures hold it up
    expect(first(watched([slow({ share: 0.5 })]), 10, busy)).toBeLessThan(count);
    expect(first(withSlow, 10, busy)).toBe(count);
  });

  it('is not by windows in which a version had no request', () => {
    const plan = watched([sequential()]);
    const count = first(plan, 10, busy) ?? 0;
    expect(enough(plan, [...windowsAt(40, 0), ...windowsAt(count - 1, 10, 50)], busy)).toBe(false);
    expect(enough(plan, [...windowsAt(40, 100), ...windowsAt(count - 1, 10, 50)], busy)).toBe(false);
    expect(enough(plan, [...windowsAt(40, 0), ...windowsAt(count, 10, 50)], busy)).toBe(true);
    expect(enough(plan, [...windowsAt(40, 100), ...windowsAt(count, 10, 50)], busy)).toBe(true);
  });

  it('takes the warm-up with its larger margin, and a window that begins at its end without', () => {
    const warmed = (seconds: number) => watched([sequential({ warmUp: { margin: 8, seconds } })]);
    const count = first(watched([sequential()]), 10, busy) ?? 0;
    // the first weight is at second 18, so 42 s later is the start of the first whole window
    expect(first(warmed(42), 10, busy)).toBe(count);
    expect(first(warmed(43), 10, busy)).toBeGreaterThan(count);
  });

  it('at weight 100 is by the ceiling, and never without one', () => {
    // Prepare
    const plan = watched([sequential({ ceiling: 0.005 })]);
    const ceiling = modelOf(plan, busy).watched[0]?.state.ceiling;
    if (ceiling === undefined) throw new Error('errors has no ceiling');
    // a fault is twice the ceiling that the plan names, whatever stable does
    const sees = (count: number) =>
      ceilingFinds(
        ceiling.settings,
        Array.from({ length: count }, () => ({ canaryRequests: 30_000 })),
        [0.01],
        0.8,
      );
    // Act
    const count = first(plan, 100, busy) ?? 0;
    // Assess
    expect(count).toBeGreaterThan(0);
    expect([sees(count - 1), sees(count)]).toEqual([false, true]);
    expect(first(watched([sequential()]), 100, busy)).toBeUndefined();
    // what the ceiling cannot be asked of does not count for it
    expect(enough(plan, [...windowsAt(count - 1, 100), ...windowsAt(1, 1, 30)], busy)).toBe(false);
  });

  it('where stable never fails is by the points of `atLeast`: there is no ratio', () => {
    // Prepare: 60 requests of the canary in a window, of which a fault of 1 % fails 0.6
    const quiet = { ...traffic, requestsPerSecond: 10, failureRate: 0, dispersion: 1 };
    const plan = watched([sequential()], {}, { ratio: 2, atLeast: 0.01, power: 0.8 });
    const comparison = modelOf(plan, quiet).watched[0]?.state.comparison;
    if (comparison === undefined) throw new Error('errors is not watched');
    const sees = (count: number) =>
      wouldFind(
        comparison.settings,
        windowsAt(count, 10).map(() => ({ canaryRequests: 60, stableRequests: 540, margin: 1.25 })),
        { rates: [0], faulty: [0.01] },
        0.8,
      );
    // Act
    const count = first(plan, 10, quiet) ?? 0;
    // Assess
    expect(count).toBeGreaterThan(3);
    expect([sees(count - 1), sees(count)]).toEqual([false, true]);
    expect(first(watched([sequential()]), 10, quiet)).toBeUndefined();
  });
});

describe('what was seen at the end of a hold', () => {
  const DEFAULT: Detect = { ratio: 2, atLeast: 0.01, power: 0.8, gross: 0.1 };
  const quiet = { ...traffic, requestsPerSecond: 3, failureRate: 0.01, dispersion: 1 };
  const seen = (windows: ForecastWindow[], atEnd: boolean, detect = DEFAULT, of = quiet): Sight =>
    enoughSeenBy(modelOf(watched([sequential()], {}, detect), of))(windows, { atEnd });

  it('is a gross fault at least, or too little; before its end only enough counts', () => {
    // 30 windows of 18 requests: 10 points more are 54 failures, one point more 5
    expect(seen(windowsAt(30, 10), false)).toBe('little');
    expect(seen(windowsAt(30, 10), true)).toBe('gross');
    // 2 windows: 4 failures
    expect(seen(windowsAt(2, 10), true)).toBe('little');
    expect(seen([], true)).toBe('little');
  });

  it('is enough where it would have been without a hold', () => {
    const busy = { ...quiet, requestsPerSecond: 300 };
    expect(seen(windowsAt(30, 10), true, DEFAULT, busy)).toBe('enough');
  });

  it('is never gross in a plan that was frozen before there was one', () => {
    expect(seen(windowsAt(30, 10), true, DOUBLING)).toBe('little');
  });

  it('is gross where one of the metrics has no more than that, and too little where one has less', () => {
    const plan = (...metrics: Metric[]) => watched(metrics, {}, DEFAULT);
    const at = (model: Plan, of: Traffic) => enoughSeenBy(modelOf(model, of))(windowsAt(30, 10), { atEnd: true });
    const metrics = [sequential({ share: 0.5 }), slow({ share: 0.5 })];
    expect(at(plan(...metrics), { ...quiet, slowRate: 0.01 })).toBe('gross');
    expect(at(plan(...metrics), { ...quiet, requestsPerSecond: 0.3 })).toBe('little');
  });

  it('leaves out what was proven healthy by its own evidence', () => {
    const model = modelOf(watched([sequential()], {}, DEFAULT), quiet);
    const counted = windowsAt(2, 10).map(window => {
      const { canary, stable } = requestsIn(window, quiet);
      const counts = { canary: { requests: canary, bad: [0] }, stable: { requests: stable, bad: [2] } };
      return { ...window, counts: { errors: counts } };
    });
    expect(sightIn(model)(counted, { atEnd: true })).toBe('little');
    expect(sightIn(model)(counted, { atEnd: true }, name => name === 'errors')).toBe('healthy');
    expect(sightIn(model)(counted, { atEnd: true }, name => name === 'other')).toBe('little');
  });

  it('does not depend on what was asked before', () => {
    const model = modelOf(watched([sequential({ ceiling: 0.05 })], {}, DEFAULT), { ...quiet, requestsPerSecond: 12 });
    const asked = [...windowsAt(30, 10), ...windowsAt(10, 50, 32), ...windowsAt(5, 100, 43)];
    const counts = [40, 3, 12, 45, 29, 30, 31, 1, 11, 35, 10, 42, 2];
    const kept = enoughSeenBy(model);
    for (const count of counts) {
      const windows = asked.slice(0, count);
      expect([count, kept(windows, { atEnd: true })]).toEqual([count, enoughSeenBy(model)(windows, { atEnd: true })]);
    }
  });
});

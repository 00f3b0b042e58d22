import { describe, expect, it } from 'vitest';
import { enoughSeenBy, modelOf, requestsIn } from '../../../domain/forecast/model.ts';
import type { ForecastWindow } from '../../../domain/forecast/schedule.ts';
import type { Traffic } from '../../../domain/forecast/traffic.ts';
import { autoCeiling } from '../../../domain/judgement/sequential/ceiling.ts';
import { ceilingFinds, powerOf } from '../../../domain/judgement/sequential/power.ts';
import { PROFILE } from '../../../domain/judgement/sequential-context.ts';
import type { Metric, Plan, SequentialJudgeSpec } from '../../../domain/plan/plan.ts';
import { bake, errors, planOf, weight } from '../../support/story.ts';

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
const watched = (metrics: Metric[], more: Partial<Plan> = {}): Plan =>
  planOf({ metrics, sequential: { alpha: 0.01, detect: { ratio: 2, power: 0.8 } }, ...more });
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

  it('take an automatic ceiling from an hour of the stable version, each by its own rate', () => {
    // 36,000 requests, of which 36 fail and 720 are slow; the soak of 15 minutes has 9,000
    const metrics = [sequential({ ceiling: 'auto', share: 0.5 }), slow({ ceiling: 'auto', share: 0.5, margin: 2 })];
    const model = modelOf(watched(metrics, { steps: [weight(100)], soakSeconds: 900 }), traffic);
    const [failing, late] = [
      autoCeiling([{ requests: 36_000, bad: 36 }], 1.25, 9_000, PROFILE),
      autoCeiling([{ requests: 36_000, bad: 720 }], 2, 9_000, PROFILE),
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
    expect(enoughSeenBy(model)([])).toBe(true);
  });
});

describe('whether enough was seen', () => {
  const enough = (plan: Plan, windows: ForecastWindow[], of = traffic) => enoughSeenBy(modelOf(plan, of))(windows);
  /** The first count of windows that is enough, counted one by one. */
  const first = (plan: Plan, weight: number, of = traffic) =>
    Array.from({ length: 60 }, (_, i) => i + 1).find(count => enough(plan, windowsAt(count, weight), of));
  const busy = { ...traffic, requestsPerSecond: 500, dispersion: 1 };

  it('is by the power of the comparison', () => {
    // Prepare
    const plan = watched([sequential()]);
    const comparison = modelOf(plan, busy).watched[0]?.comparison;
    if (comparison === undefined) throw new Error('errors is not watched');
    const sees = (count: number) =>
      powerOf(
        comparison,
        windowsAt(count, 10).map(() => ({ canaryRequests: 3_000, stableRequests: 27_000, margin: 1.25 })),
        { rates: [0.001], ratio: 2 },
        0.8,
      ) >= 0.8;
    // Act
    const count = first(plan, 10, busy) ?? 0;
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
    const ceiling = modelOf(plan, busy).watched[0]?.ceiling;
    if (ceiling === undefined) throw new Error('errors has no ceiling');
    const sees = (count: number) =>
      ceilingFinds(
        ceiling,
        Array.from({ length: count }, () => 30_000),
        2,
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
});

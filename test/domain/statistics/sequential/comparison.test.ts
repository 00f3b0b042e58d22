import { describe, expect, it } from 'vitest';
import {
  type ComparisonSettings,
  logSumExp,
  newComparison,
  resetComparison,
  stepComparison,
} from '../../../../domain/statistics/sequential/comparison.ts';
import { DEFAULT_PROFILE, PROFILES } from '../../../../domain/statistics/sequential/profile.ts';
import { logBernoulliEvidence } from '../../../../domain/statistics/sequential/window-evidence.ts';
import { mixture, rateEvidence, ratioEvidence, starts, window4 } from './by-the-book.ts';

const K = 4;
const settingsOf = (more: Partial<ComparisonSettings> = {}): ComparisonSettings => ({
  profile: PROFILES.specification,
  margin: 1.25,
  horizonWindows: K,
  sAlpha: 0.007,
  eAlpha: 0.003,
  thresholds: 1,
  ...more,
});

describe('the S-channel of a comparison', () => {
  const sOf = (settings: ComparisonSettings, counts: readonly (readonly [number, number, number, number])[]) => {
    const comparison = newComparison(settings);
    return counts.map(([canaryRequests, xc, stableRequests, xb]) => {
      stepComparison(comparison, { canaryRequests, canaryBad: [xc], stableRequests, stableBad: [xb] });
      return comparison.sCrossed;
    });
  };
  // theta = 1/10 at margin 1: P(X >= 9 of 30) = 0.0020 and P(X >= 8) = 0.0078, and 0.007 ln 2/ln 5 = 0.0030 may be spent
  const [eight, nine] = [
    [100, 8, 900, 22],
    [100, 9, 900, 21],
  ] as const;

  it('crosses at its boundary and not one below it', () => {
    const settings = settingsOf({ margin: 1 });
    expect(sOf(settings, [eight])).toEqual([false]);
    expect(sOf(settings, [nine])).toEqual([true]);
  });

  it('stays crossed whatever comes later', () => {
    expect(sOf(settingsOf({ margin: 1 }), [nine, [100, 0, 900, 900]])).toEqual([true, true]);
  });

  it('with the guard wants two windows at or above the boundary, the deciding one among them', () => {
    const guarded = settingsOf({ margin: 1, phi: [1] });
    const bad = [100, 30, 900, 20] as const;
    const good = [100, 0, 900, 600] as const;
    expect(sOf(guarded, [bad])).toEqual([false]);
    expect(sOf(guarded, [bad, bad])).toEqual([false, true]);
    expect(sOf(guarded, [bad, good])).toEqual([false, false]);
    expect(sOf(guarded, [bad, good, [100, 90, 900, 0]])).toEqual([false, false, true]);
  });

  it('is absent where e-values are averaged, and where it may spend nothing', () => {
    expect(newComparison(settingsOf()).s).toBeDefined();
    expect(newComparison(settingsOf({ thresholds: 2 })).s).toBeUndefined();
    expect(newComparison(settingsOf({ sAlpha: 0 })).s).toBeUndefined();
  });

  it('needs a floor to be passed by evidence that is worth its own alpha', () => {
    // ln(1/0.007) = 4.96: the smallest number of bad ones at which the floor's E of the book is there
    const bookE = (xc: number, floor: number) =>
      mixture([window4([100, xc, 900, 5])], starts(0.5, 0.15, K), (window, j) => rateEvidence(window, floor, j));
    const floor = 0.1;
    let enough = 1;
    while (bookE(enough, floor) < 1 / 0.007) enough += 1;
    expect(enough).toBeGreaterThan(15);
    const settings = settingsOf({ margin: 1, floor });
    expect(sOf(settings, [[100, enough - 1, 900, 5]])).toEqual([false]);
    expect(sOf(settings, [[100, enough, 900, 5]])).toEqual([true]);
    // over the boundary first and above the floor later, but never both
    const shared = [100, 30, 900, 900] as const;
    expect(sOf(settings, [[100, enough - 1, 900, 5], shared])).toEqual([false, false]);
  });
});

describe('windows without requests', () => {
  it.each([
    ['the canary', 0, 500],
    ['the stable version', 500, 0],
  ])('of %s change nothing', (_, canaryRequests, stableRequests) => {
    const comparison = newComparison(settingsOf({ nonInferiority: 2 }));
    const scored = stepComparison(comparison, { canaryRequests, canaryBad: [0], stableRequests, stableBad: [0] });
    expect(scored).toBe(false);
    expect(comparison).toMatchObject({ k: 0, logE: 0, logHealthy: 0, sCrossed: false });
  });

  it('and one request of each is a window', () => {
    const comparison = newComparison(settingsOf());
    const window = { canaryRequests: 1, canaryBad: [1], stableRequests: 1, stableBad: [0] };
    expect(stepComparison(comparison, window)).toBe(true);
    const counted = [window4([1, 1, 1, 0])];
    const e = mixture(counted, starts(0.5, 0.15, K), (one, j) => ratioEvidence(one, 1.25, 1.25 * j));
    expect(comparison.logE).toBeCloseTo(Math.log(e), 12);
  });
});

it('a comparison that was put back says of the next release what a new one says', () => {
  const settings = settingsOf({
    profile: DEFAULT_PROFILE,
    margin: 1,
    phi: [1.1],
    floor: 0.001,
    nonInferiority: 2,
    sAlpha: 0.0084,
  });
  const used = newComparison(settings);
  const fresh = newComparison(settings);
  const slow = settingsOf({ margin: 1, thresholds: 2 });
  const [usedSlow, freshSlow] = [newComparison(slow), newComparison(slow)];
  const feed = (comparison: typeof used, [nc, xc, nb, xb]: readonly [number, number, number, number]) =>
    stepComparison(comparison, { canaryRequests: nc, canaryBad: [xc, xc], stableRequests: nb, stableBad: [xb, xb] });
  // enough of them that the law is on cells and has moved up, and that it has crossed
  for (let k = 0; k < 6; k += 1) {
    feed(used, [100_000, 60_000, 900_000, 240_000]);
    feed(usedSlow, [100_000, 60_000, 900_000, 240_000]);
  }
  expect(used.sCrossed).toBe(true);
  resetComparison(used);
  resetComparison(usedSlow);
  expect(used).toMatchObject({ k: 0, logE: 0, logHealthy: 0, sCrossed: false });
  expect(used.s).toMatchObject({ k: 0, x: 0, boundary: 1, spent: 0 });
  const told = (comparison: typeof used) => {
    const { k, x, boundary, spent, crossings, expected, cell, variance, first, length } = comparison.s ?? {};
    const { logE, logHealthy, sCrossed } = comparison;
    return { logE, logHealthy, sCrossed, k, x, boundary, spent, crossings, expected, cell, variance, first, length };
  };
  for (const window of [
    [500, 9, 4500, 22],
    [500, 60, 4500, 22],
    [500, 90, 4500, 22],
  ] as const) {
    for (const one of [used, fresh]) feed(one, window);
    // more than 5 % are slow: from the second window on those before it count
    for (const one of [usedSlow, freshSlow]) feed(one, [500, 60, 4500, 430]);
    expect(told(used)).toEqual(told(fresh));
    expect(usedSlow.logE).toBe(freshSlow.logE);
  }
  expect(fresh.sCrossed).toBe(true);
});

describe('the logarithm of a sum', () => {
  it.each([
    ['of none', [], Number.NEGATIVE_INFINITY],
    ['of nothings', [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY], Number.NEGATIVE_INFINITY],
    ['of one', [-7.5], -7.5],
    ['of numbers that e cannot be raised to', [1000, 1000], 1000 + Math.LN2],
    ['of numbers that it can only be 0 to', [-1000, -1000, Number.NEGATIVE_INFINITY], -1000 + Math.LN2],
    ['of unequal ones', [Math.log(3), Math.log(4)], Math.log(7)],
  ])('%s', (_, logs, expected) => {
    if (Number.isFinite(expected)) expect(logSumExp(logs)).toBeCloseTo(expected, 12);
    else expect(logSumExp(logs)).toBe(expected);
  });
});

it('where so many are slow that a share cannot be told from 1, the exact form is still a number', () => {
  const all = 1e15;
  const stable = { requests: all, bad: all - 1 };
  const evidence = logBernoulliEvidence({ requests: 5, bad: 5 }, stable, stable.bad / all, 100);
  expect(Math.abs(evidence)).toBeLessThan(1e-6);
});

import { describe, expect, it } from 'vitest';
import { autoCeiling, logRateEvidence } from '../../../../domain/statistics/sequential/ceiling.ts';
import {
  type CeilingSettings,
  newCeilingWatch,
  stepCeilingWatch,
} from '../../../../domain/statistics/sequential/ceiling-watch.ts';
import { PROFILES } from '../../../../domain/statistics/sequential/profile.ts';
import { mixture, most, rateEvidence, rateInflation, starts, window4 } from './by-the-book.ts';

const profile = PROFILES.information;
const settingsOf = (more: Partial<CeilingSettings> = {}): CeilingSettings => ({
  profile,
  limits: [0.01],
  alpha: 0.002,
  horizonWindows: 3,
  ...more,
});
const COUNTS = [
  [1000, 12],
  [500, 0],
  [800, 40],
  [1000, 9],
] as const;

describe('a ceiling', () => {
  it('is exceeded by the sum of the specification, averaged over its thresholds', () => {
    const watch = newCeilingWatch(settingsOf({ limits: [0.01, 0.004] }));
    expect(watch).toMatchObject({ logE: 0, k: 0 });
    for (const [k, [requests, bad]] of COUNTS.entries()) {
      expect(stepCeilingWatch(watch, requests, [bad, Math.floor(bad / 3)])).toBe(true);
      const seen = COUNTS.slice(0, k + 1);
      const each = [
        { limit: 0.01, part: 1 },
        { limit: 0.004, part: 1 / 3 },
      ].map(({ limit, part }) =>
        mixture(
          seen.map(([n, x]) => window4([n, Math.floor(x * part), 0, 0])),
          starts(0.5, 0.15, 3),
          (window, w) => rateEvidence(window, limit, w),
        ),
      );
      expect(watch.logE).toBeCloseTo(Math.log(((each[0] ?? 0) + (each[1] ?? 0)) / 2), 9);
      expect(watch.k).toBe(k + 1);
    }
  });

  it('with the guard divides by the noise, and lets no window decide alone', () => {
    const watch = newCeilingWatch(settingsOf({ phi: [1.3] }));
    const cap = most(0.002);
    const logs = COUNTS.map(([requests, bad]) => {
      stepCeilingWatch(watch, requests, [bad]);
      return watch.logE;
    });
    const guarded = (window: ReturnType<typeof window4>, w: number) =>
      Math.min(cap, rateEvidence(window, 0.01, w) / rateInflation(1.3, window, 0.01));
    expect(guarded(window4([800, 40, 0, 0]), 5)).toBe(cap);
    for (const [k, log] of logs.entries()) {
      const seen = COUNTS.slice(0, k + 1).map(([n, x]) => window4([n, x, 0, 0]));
      expect(log).toBeCloseTo(Math.log(mixture(seen, starts(0.5, 0.15, 3), guarded)), 9);
    }
  });

  it('learns nothing from a window without a canary request', () => {
    const watch = newCeilingWatch(settingsOf());
    expect(stepCeilingWatch(watch, 0, [0])).toBe(false);
    expect(watch).toMatchObject({ logE: 0, k: 0 });
  });

  it.each([
    [1, 0, 0.001, 2],
    [1, 1, 0.999, 1.25],
    [40, 3, 0.25, 1.5],
  ])('%i requests with %i bad against %f at ratio %f have the evidence of the formula', (nc, xc, limit, w) => {
    expect(logRateEvidence(xc, nc, limit, w)).toBeCloseTo(rateEvidence({ nc, xc, nb: 0, xb: 0 }, limit, w), 10);
  });
});

describe('the ceiling that is taken from the stable version', () => {
  const windows = (count: number, requests: number, bad: number) =>
    Array.from({ length: count }, () => ({ requests, bad }));
  // Clopper and Pearson's upper 99 % bound without a failure of n is 1 - 0.01^(1/n)
  const none = (n: number) => 1 - 0.01 ** (1 / n);

  it('is the margin times the bound of its rate', () => {
    expect(autoCeiling(windows(10, 100, 0), 1.25, 1e9, profile)).toBeCloseTo(1.25 * none(1000), 12);
  });

  it('looks at the last 60 windows in which there were requests', () => {
    const before = windows(50, 1000, 900);
    const quiet = windows(30, 0, 0);
    const last = [...windows(30, 20, 0), ...quiet, ...windows(30, 20, 0)];
    expect(autoCeiling([...before, ...last], 1, 1e9, profile)).toBeCloseTo(none(1200), 12);
    expect(autoCeiling([...before, ...windows(59, 20, 0)], 1, 1e9, profile)).toBeGreaterThan(0.1);
  });

  it('leaves room for ten failures until the end', () => {
    expect(autoCeiling(windows(10, 100_000, 0), 1, 500, profile)).toBeCloseTo(10 / 500, 12);
  });

  it('is below 1 whatever was seen, also where nothing is expected any more', () => {
    expect(autoCeiling(windows(3, 10, 10), 1.25, 100, profile)).toBe(0.999);
    expect(autoCeiling(windows(3, 10, 0), 1.25, 5, profile)).toBe(0.999);
    expect(autoCeiling(windows(10, 100, 0), 1, 0, profile)).toBeCloseTo(none(1000), 12);
  });

  it('is not known where the stable version had no request', () => {
    expect(autoCeiling([], 1.25, 1000, profile)).toBeUndefined();
    expect(autoCeiling(windows(5, 0, 0), 1.25, 1000, profile)).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import type { CeilingSettings } from '../../../../domain/statistics/sequential/ceiling-watch.ts';
import type { ComparisonSettings } from '../../../../domain/statistics/sequential/comparison.ts';
import {
  ceilingFinds,
  type Fault,
  type SeenWindow,
  windowsUntilFound,
  wouldFind,
} from '../../../../domain/statistics/sequential/power.ts';
import { PROFILES } from '../../../../domain/statistics/sequential/profile.ts';
import { bookPower, K, settingsOf, times } from './book-power.ts';
import { inflation, mixture, most, rateEvidence, rateInflation, ratioEvidence, starts } from './by-the-book.ts';

/** It is found with this probability, and with no more: to nine digits. */
function expectPower(settings: ComparisonSettings, windows: readonly SeenWindow[], fault: Fault, power: number): void {
  if (power > 1e-9) expect(wouldFind(settings, windows, fault, power - 1e-9)).toBe(true);
  if (power < 0.9998) expect(wouldFind(settings, windows, fault, power + 1e-9)).toBe(false);
}

/** A canary that fails so many times as often. */
const timesAs = (rates: readonly number[], ratio: number) => ({
  rates: [...rates],
  faulty: rates.map(rate => Math.min(1, ratio * rate)),
});

describe('the chance to have found a fault, by the S-channel', () => {
  it.each([
    ['one window', times(1, 200, 1800), 0.01, 3],
    ['three', times(3, 200, 1800), 0.01, 3],
    ['more than the plan has', times(6, 100, 400), 0.01, 2],
    ['windows that are short of a whole failure', times(5, 90, 210), 0.011, 4],
    ['a canary that fails every time, and could not fail more often', times(2, 10, 40), 0.4, 5],
    ['a larger margin at first', [...times(2, 200, 1800, 8), ...times(2, 200, 1800)], 0.01, 4],
    ['windows of other sizes', [...times(1, 50, 950), ...times(1, 500, 500), ...times(1, 20, 9980)], 0.01, 3],
    ['nothing worse than what is tolerated', times(3, 200, 1800), 0.01, 1.25],
  ])('is that of all paths together: %s', (_, windows, rate, ratio) => {
    const power = bookPower(windows, rate, Math.min(1, ratio * rate));
    expect(power).toBeGreaterThan(0);
    expectPower(settingsOf(), windows, timesAs([rate], ratio), power);
  });

  it.each([
    ['one window is never enough', times(1, 200, 1800), 0.01, 8],
    ['two windows', times(2, 200, 1800), 0.01, 8],
    ['four windows', times(4, 200, 1800), 0.01, 4],
    ['windows of other sizes', [...times(1, 50, 950), ...times(2, 500, 500), ...times(1, 20, 9980)], 0.01, 3],
  ])('wants two windows with the guard, and counts their noise: %s', (_, windows, rate, ratio) => {
    const power = bookPower(windows, rate, Math.min(1, ratio * rate), 1.5);
    if (windows.length === 1) expect(power).toBe(0);
    expectPower(settingsOf({ phi: [1.5] }), windows, timesAs([rate], ratio), power);
  });

  it('is there where the stable version never fails: a fault of 1 % is seen by its failures alone', () => {
    const never = { rates: [0], faulty: [0.01] };
    for (const count of [2, 3, 4]) {
      const windows = times(count, 200, 1800);
      expectPower(settingsOf(), windows, never, bookPower(windows, 0, 0.01));
    }
    expect(wouldFind(settingsOf(), times(8, 200, 1800), never, 0.8)).toBe(true);
  });

  it('is no less than wanted only where it is, whatever order its paths are looked at in', () => {
    for (const faulty of [0.005, 0.01, 0.015, 0.02, 0.03])
      for (const wanted of [0.3, 0.55, 0.8]) {
        const windows = times(3, 200, 1800);
        const found = wouldFind(settingsOf(), windows, { rates: [0], faulty: [faulty] }, wanted);
        expect(found).toBe(bookPower(windows, 0, faulty) >= wanted);
      }
  });

  it('is none before the first window, of a canary that never fails, and without traffic', () => {
    expect(wouldFind(settingsOf(), [], timesAs([0.01], 3), 0.8)).toBe(false);
    expect(wouldFind(settingsOf(), times(9, 200, 1800), { rates: [0], faulty: [0] }, 0.8)).toBe(false);
  });

  it('stands at 10^9 requests and shares of 0.1 % and 99.9 %', () => {
    for (const [nc, nb] of [
      [1e6, 999e6],
      [999e6, 1e6],
    ] as const) {
      const seen = (ratio: number, power: number) =>
        wouldFind(settingsOf(), times(1, nc, nb), timesAs([0.01], ratio), power);
      expect(seen(2, 0.99)).toBe(true);
      expect(seen(1, 0.001)).toBe(false);
    }
  });
});

/** The z that a normal value stays below with probability 80 % and 95 % (Abramowitz and Stegun, table 26.5). */
const Z = { 0.8: 0.8416212336, 0.95: 1.644853627 } as const;
/** The part of the expected failures that such a canary has at least with that probability. */
const least = (z: number, mean: number, variance: number) => Math.max(0, 1 - (z * Math.sqrt(variance)) / mean);

describe('without an S-channel the evidence is followed on the path that a fault stays above', () => {
  /** Whether E of the book gets to its limit on that path. */
  function bookFinds(
    count: number,
    enough: keyof typeof Z,
    {
      rates,
      ratio,
      phi,
      floor,
      margin = 1.25,
    }: { rates: number[]; ratio: number; phi?: number[]; floor?: number; margin?: number },
  ): boolean {
    const [nc, nb] = [200, 1800];
    const faulty = rates.map(rate => Math.min(1, ratio * Math.max(rate, floor ?? 0)));
    const part = faulty.map((rate, t) => {
      const noise = phi === undefined ? 1 : (phi[t] ?? 0) + 0.01 * nc * rate;
      return least(Z[enough], count * nc * rate, count * nc * rate * (1 - rate) * noise);
    });
    const cap = phi === undefined ? Number.POSITIVE_INFINITY : most(0.003);
    return Array.from({ length: count }, (_, k) => k + 1).some(upTo => {
      const each = rates.map((rate, t) => {
        const window = { nc, xc: nc * (faulty[t] ?? 0) * (part[t] ?? 0), nb, xb: nb * rate };
        const windows = Array.from({ length: upTo }, () => window);
        const noise = phi?.[t];
        const compared = mixture(windows, starts(0.5, 0.15, K), (one, j) =>
          Math.min(
            cap,
            ratioEvidence(one, margin, margin * j) / (noise === undefined ? 1 : inflation(noise, one, margin)),
          ),
        );
        if (floor === undefined) return compared;
        const above = mixture(windows, starts(0.5, 0.15, K), (one, j) =>
          Math.min(cap, rateEvidence(one, floor, j) / (noise === undefined ? 1 : rateInflation(noise, one, floor))),
        );
        return Math.min(compared, above);
      });
      return each.reduce((sum, one) => sum + one, 0) / each.length >= 1 / 0.003;
    });
  }

  it.each([
    ['averages', { thresholds: 2 }, { rates: [0.02, 0.01], ratio: 2.5 }, 0.8],
    ['averages, more surely', { thresholds: 2 }, { rates: [0.02, 0.01], ratio: 2.5 }, 0.95],
    [
      'averages with the guard',
      { thresholds: 2, phi: [1.5, 2] },
      { rates: [0.05, 0.03], ratio: 3, phi: [1.5, 2] },
      0.8,
    ],
    [
      'averages with much noise, of a small fault',
      { thresholds: 2, phi: [6, 9] },
      { rates: [0.05, 0.03], ratio: 2, phi: [6, 9] },
      0.95,
    ],
    [
      'averages of frequent failures, where the noise grows with the counts',
      { thresholds: 2, phi: [1, 1] },
      { rates: [0.4, 0.35], ratio: 1.6, phi: [1, 1] },
      0.95,
    ],
    ['a floor above the stable rate', { floor: 0.02, sAlpha: 0 }, { rates: [0.001], ratio: 3, floor: 0.02 }, 0.8],
    ['a floor below it', { floor: 0.01, sAlpha: 0 }, { rates: [0.04], ratio: 3, floor: 0.01 }, 0.8],
    [
      'a floor with the guard',
      { floor: 0.05, phi: [2], sAlpha: 0 },
      { rates: [0.03], ratio: 3, floor: 0.05, phi: [2] },
      0.95,
    ],
    ['nothing to spend', { sAlpha: 0 }, { rates: [0.02], ratio: 2.5 }, 0.8],
    [
      'a canary that fails every time',
      { thresholds: 2, phi: [5, 5] },
      { rates: [0.3, 0.2], ratio: 4, phi: [5, 5] },
      0.8,
    ],
  ] as const)('%s', (_, more, { rates, ratio, ...rest }, enough) => {
    const settings = settingsOf(more as Partial<ComparisonSettings>);
    const fault = timesAs(
      rates.map(rate => Math.max(rate, settings.floor ?? 0)),
      ratio,
    );
    fault.rates = [...rates];
    let count = 1;
    const book = (n: number) =>
      bookFinds(n, enough, { rates: [...rates], ratio, ...(rest as { phi?: number[]; floor?: number }) });
    while (!book(count) && count < 100) count += 1;
    expect(count).toBeGreaterThan(1);
    expect(count).toBeLessThan(100);
    expect(wouldFind(settings, times(count - 1, 200, 1800), fault, enough)).toBe(false);
    expect(wouldFind(settings, times(count, 200, 1800), fault, enough)).toBe(true);
  });

  it('with a margin of its own in each window', () => {
    const settings = settingsOf({ thresholds: 2 });
    const asked = { rates: [0.02, 0.01], ratio: 4 };
    const fault = timesAs(asked.rates, asked.ratio);
    let count = 1;
    while (!bookFinds(count, 0.8, { ...asked, margin: 2 })) count += 1;
    expect(bookFinds(count - 1, 0.8, asked)).toBe(true);
    expect(wouldFind(settings, times(count - 1, 200, 1800, 2), fault, 0.8)).toBe(false);
    expect(wouldFind(settings, times(count, 200, 1800, 2), fault, 0.8)).toBe(true);
  });

  it('finds nothing without a failure, nor before the first window', () => {
    const settings = settingsOf({ thresholds: 2 });
    expect(wouldFind(settings, times(50, 200, 1800), timesAs([0, 0], 2), 0.8)).toBe(false);
    expect(wouldFind(settings, [], timesAs([0.02, 0.01], 2), 0.8)).toBe(false);
  });
});

describe('whether a ceiling would have found a fault', () => {
  const settings = (more: Partial<CeilingSettings> = {}): CeilingSettings => ({
    profile: PROFILES.specification,
    limits: [0.02],
    alpha: 0.002,
    horizonWindows: K,
    ...more,
  });
  const bookFinds = (
    count: number,
    enough: keyof typeof Z,
    limits: readonly number[],
    ratio: number,
    phi?: readonly number[],
  ) => {
    const nc = 400;
    return Array.from({ length: count }, (_, k) => k + 1).some(upTo => {
      const each = limits.map((limit, t) => {
        const rate = Math.min(1, limit * ratio);
        const mean = count * nc * rate;
        const part = least(Z[enough], mean, mean * (1 - rate) * (phi?.[t] ?? 1));
        const window = { nc, xc: nc * rate * part, nb: 0, xb: 0 };
        const cap = phi === undefined ? Number.POSITIVE_INFINITY : most(0.002);
        return mixture(
          Array.from({ length: upTo }, () => window),
          starts(0.5, 0.15, K),
          (one, j) =>
            Math.min(
              cap,
              rateEvidence(one, limit, j) / (phi === undefined ? 1 : rateInflation(phi[t] ?? 0, one, limit)),
            ),
        );
      });
      return each.reduce((sum, one) => sum + one, 0) / each.length >= 1 / 0.002;
    });
  };

  it.each([
    [[0.02], 2, 0.8, undefined],
    [[0.02], 2, 0.95, undefined],
    [[0.02], 2, 0.8, [3]],
    [[0.02, 0.01], 2, 0.8, undefined],
    [[0.02, 0.01], 2, 0.8, [2, 4]],
    [[0.4], 3, 0.8, [5]],
  ] as const)('a limit of %j at %f times, with probability %f and dispersion %j', (limits, ratio, enough, phi) => {
    let count = 1;
    while (!bookFinds(count, enough, limits, ratio, phi) && count < 100) count += 1;
    expect(count).toBeLessThan(100);
    const seen = (n: number) =>
      ceilingFinds(
        settings({ limits, phi }),
        Array.from({ length: n }, () => ({ canaryRequests: 400 })),
        limits.map(limit => Math.min(1, limit * ratio)),
        enough,
      );
    expect(seen(count - 1)).toBe(false);
    expect(seen(count)).toBe(true);
  });

  it('finds nothing without a request', () => {
    expect(ceilingFinds(settings(), [], [0.04], 0.8)).toBe(false);
    expect(ceilingFinds(settings(), [{ canaryRequests: 0 }, { canaryRequests: 0 }], [0.04], 0.8)).toBe(false);
  });
});

describe('windowsUntilFound', () => {
  // so many failures that their expected number alone decides in both
  it.each([
    ['by the S-channel', settingsOf(), { rates: [0.01], faulty: [0.016] }],
    ['with two thresholds', settingsOf({ thresholds: 2 }), { rates: [0.02, 0.01], faulty: [0.03, 0.016] }],
  ])('says the first doubling at which all of the windows would have found it, %s', (_, settings, fault) => {
    // Prepare
    const pattern = [...times(1, 4000, 36_000), ...times(1, 400, 3600), ...times(1, 2000, 18_000)];
    const repeated = (count: number) => Array.from({ length: count }, () => pattern).flat();
    // Act
    const needed = windowsUntilFound(settings, pattern, fault, { wanted: 0.8, longest: 256 }) as number;
    // Assess
    expect(needed).toBeGreaterThan(2 * pattern.length);
    expect(wouldFind(settings, repeated(needed / pattern.length), fault, 0.8)).toBe(true);
    expect(wouldFind(settings, repeated(needed / pattern.length / 2), fault, 0.8)).toBe(false);
    expect(windowsUntilFound(settings, pattern, fault, { wanted: 0.8, longest: needed })).toBe(needed);
    expect(windowsUntilFound(settings, pattern, fault, { wanted: 0.8, longest: needed - 1 })).toBeUndefined();
  });

  it('knows none where nothing fails, or where two times the windows are too many', () => {
    const seeking = { wanted: 0.8, longest: 256 };
    expect(windowsUntilFound(settingsOf(), times(3, 200, 1800), { rates: [0], faulty: [0] }, seeking)).toBeUndefined();
    const fault = { rates: [0.01], faulty: [1] };
    expect(windowsUntilFound(settingsOf(), times(128, 200, 1800), fault, seeking)).toBe(256);
    expect(windowsUntilFound(settingsOf(), times(129, 200, 1800), fault, seeking)).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { type Comparison, classify } from '../../../../domain/statistics/kayenta/classify.ts';
import { effectSizeOf, noEffect } from '../../../../domain/statistics/kayenta/effect-size.ts';
import { normalQuantile, normalUpperTail } from '../../../../domain/statistics/kayenta/normal.ts';
import { percentileOf } from '../../../../domain/statistics/kayenta/percentile.ts';
import { withoutOutliers } from '../../../../domain/statistics/kayenta/transforms.ts';
import { normalShift, uStatistic } from '../../../../domain/statistics/kayenta/wilcoxon.ts';

const comparison = (more: Partial<Comparison> = {}): Comparison => ({
  direction: 'either',
  tolerance: 0.25,
  confidence: 0.98,
  nanStrategy: 'remove',
  effectSize: {
    measure: 'meanRatio',
    allowedIncrease: 1,
    allowedDecrease: 1,
    criticalIncrease: 1,
    criticalDecrease: 1,
  },
  critical: false,
  ...more,
});
const from = (start: number, count = 10): number[] => Array.from({ length: count }, (_, index) => start + index);
const same = (value: number, count = 10): number[] => Array.from({ length: count }, () => value);

describe("the limits of Kayenta's classification", () => {
  it('a shift that only reaches the tolerance passes, one beyond it does not', () => {
    // both constant: the interval is the shift itself, 2, and the tolerance a part of that
    const kinds = (tolerance: number) => [
      classify(same(3), same(1), comparison({ tolerance })).kind,
      classify(same(1), same(3), comparison({ tolerance })).kind,
    ];
    expect(kinds(0.99)).toEqual(['high', 'low']);
    expect(kinds(1)).toEqual(['pass', 'pass']);
  });

  it('an effect that just reaches what is allowed counts, in both directions', () => {
    // means 3 and 1, so ratios of 3 and 1 / 4
    const at = (canary: number, stable: number, effectSize: Partial<Comparison['effectSize']>) =>
      classify(
        same(canary),
        same(stable),
        comparison({ critical: true, effectSize: { ...comparison().effectSize, ...effectSize } }),
      );
    expect(at(3, 1, { allowedIncrease: 3, criticalIncrease: 3 })).toMatchObject({ kind: 'high', critical: true });
    expect(at(3, 1, { allowedIncrease: 3, criticalIncrease: 3.1 })).toMatchObject({ kind: 'high', critical: false });
    expect(at(3, 1, { allowedIncrease: 3.1 })).toMatchObject({ kind: 'pass', critical: false });
    expect(at(1, 4, { allowedDecrease: 0.25, criticalDecrease: 0.25 })).toMatchObject({ kind: 'low', critical: true });
    expect(at(1, 4, { allowedDecrease: 0.25, criticalDecrease: 0.2 })).toMatchObject({ kind: 'low', critical: false });
    expect(at(1, 4, { allowedDecrease: 0.2 })).toMatchObject({ kind: 'pass', critical: false });
  });

  it('a decrease whose effect cannot be computed is not excused either', () => {
    const effectSize = { ...comparison().effectSize, allowedDecrease: -99, criticalDecrease: -99 };
    expect(classify(same(0), from(1), comparison({ effectSize, critical: true }))).toMatchObject({
      kind: 'low',
      critical: true,
      effectSize: Number.NaN,
    });
  });

  it('a decrease of a metric that is not critical is not critical', () => {
    expect(classify(same(1), same(4), comparison())).toEqual({
      kind: 'low',
      critical: false,
      shift: { low: -3, high: -3, estimate: -3 },
      effectSize: 0.25,
      canaryValues: 10,
      stableValues: 10,
    });
  });

  it('samples are equal where all their values are, not where one begins like the other', () => {
    const kind = (canary: number[], stable: number[]) => classify(canary, stable, comparison()).kind;
    expect(kind(from(1), [...from(1), ...same(100, 50)])).toBe('low');
    expect(kind([...from(1), ...same(100, 50)], from(1))).toBe('high');
    expect(kind([1, ...same(10, 9)], same(1))).toBe('high');
    expect(kind([1, 1, ...same(10, 8)], same(1, 9))).toBe('high');
    expect(kind(same(1, 9), [1, 1, ...same(10, 8)])).toBe('low');
    expect(kind(same(1), [1, ...same(10, 9)])).toBe('low');
    expect(kind([...same(1, 9), 10], same(10))).toBe('low');
    expect(kind(from(1), [...from(1)].reverse())).toBe('pass');
  });

  it('says how much it compared, and nothing of a shift where there is nothing to test', () => {
    const nothing = { critical: false, canaryValues: 3, stableValues: 2 };
    expect(classify([Number.NaN, 0, 0, 0], [0, 0], comparison())).toEqual({ kind: 'pass', ...nothing });
    // equal in any order, which is that of numbers, not of texts
    const same = { kind: 'pass', critical: false, canaryValues: 3, stableValues: 3 };
    expect(classify([9, 100, 10], [10, 9, 100], comparison())).toEqual(same);
    expect(classify([100, 10, 9], [9, 10, 100], comparison())).toEqual(same);
    expect(classify([9, 100, 10], [10, 9, 101], comparison())).toHaveProperty('shift');
    expect(classify([1, 2, 3], [], comparison())).toEqual({ kind: 'noData', ...nothing, stableValues: 0 });
    expect(classify([], [], comparison())).toEqual({
      kind: 'noData',
      critical: false,
      canaryValues: 0,
      stableValues: 0,
    });
  });

  it('leaves outliers out only where the plan says so', () => {
    const values = [...from(0, 101), 1000];
    expect(classify(values, same(5, 3), comparison({ outlierFactor: 3 }))).toMatchObject({ canaryValues: 101 });
    expect(classify(values, same(5, 3), comparison())).toMatchObject({ canaryValues: 102 });
  });
});

describe('outliers', () => {
  // 0 to 100: quartiles 25 and 75, so fences at 25 - 0.5 x 50 = 0 and 75 + 0.5 x 50 = 100
  it('are beyond the fences, not on them', () => {
    expect(withoutOutliers(from(0, 101), 0.5)).toEqual(from(0, 101));
  });

  it('are beyond the first and the last per cent as well: one of 101 at each end, where the fences are narrow', () => {
    // fences at 25 and 75 for a factor of 0; the 1st and the 99th percentile, 1 and 99, are further out
    expect(withoutOutliers(from(0, 101), 0)).toEqual(from(1, 99));
  });
});

describe('the fences', () => {
  it('are as far from the quartiles as the factor says, on either side', () => {
    // 50 and 100 to 200: quartiles 124.25 and 174.75, so the fence is at 124.25 - 0.5 x 50.5 = 99
    expect(withoutOutliers([50, ...from(100, 101)], 0.5)).toEqual(from(100, 101));
    // 100 to 200 and 250: quartiles 125.25 and 175.75, so the fence is at 175.75 + 0.5 x 50.5 = 201
    expect(withoutOutliers([...from(100, 101), 250], 0.5)).toEqual(from(100, 101));
  });
});

describe('percentiles', () => {
  it('are linear between two neighbours, by Hyndman and Fan type 7', () => {
    // (4 - 1) x 50 % = 1.5: half-way from the second to the third; x 25 % = 0.75
    expect(percentileOf([40, 10, 20, 30], 50)).toBe(25);
    expect(percentileOf([40, 10, 20, 30], 25)).toBe(17.5);
    expect(percentileOf([40, 10, 20, 30], 0)).toBe(10);
    expect(percentileOf([40, 10, 20, 30], 100)).toBe(40);
    expect(percentileOf([100, 9], 50)).toBe(54.5);
    expect(percentileOf([7], 99)).toBe(7);
    expect(percentileOf([], 50)).toBeNaN();
  });
});

describe('effects', () => {
  it('are none at a ratio of 1, or at even odds', () => {
    expect(noEffect('meanRatio')).toBe(1);
    expect(noEffect('cles')).toBe(0.5);
    expect(effectSizeOf('meanRatio', [1, 2, 3], [3, 2, 1])).toBe(1);
  });

  it('count pairs in which the canary is above, and ties half', () => {
    // (2, 1), (3, 1), (3, 2) are above, (1, 1) and (2, 2) ties: 3 + 2 / 2 = 4 of 6
    expect(uStatistic([1, 2, 3], [1, 2])).toBe(4);
    expect(uStatistic([1, 2], [1, 2, 3])).toBe(2);
    expect(effectSizeOf('cles', [1, 2, 3], [1, 2])).toBeCloseTo(4 / 6, 15);
    expect(effectSizeOf('meanRatio', [1, 2, 3], [1])).toBe(2);
  });
});

describe('the normal distribution', () => {
  // scipy.stats.norm.sf
  it.each([
    [0.5, 0.308537538725987],
    [1, 0.158655253931457],
    [2, 0.022750131948179],
    [2.99, 0.0013948872354922477],
    [3, 0.00134989803163],
    [4, 3.16712418331e-5],
  ])('has above %s the share %s', (z, share) => {
    expect(normalUpperTail(z) / share).toBeCloseTo(1, 9);
    expect(normalUpperTail(-z)).toBeCloseTo(1 - share, 12);
  });

  it('goes on without a step where one formula takes over from the other', () => {
    // between them the density at 3, 0.00443184841, times 2e-9
    expect(normalUpperTail(3 - 1e-9) - normalUpperTail(3 + 1e-9)).toBeCloseTo(2e-9 * 0.00443184841, 15);
  });

  it.each([0, 1, -0.1, 1.1, Number.NaN])('has no quantile of %s', probability => {
    expect(() => normalQuantile(probability)).toThrow(
      new RangeError(`a probability between 0 and 1, found ${probability}`),
    );
  });

  it('has quantiles on both sides of its middle', () => {
    expect(normalQuantile(0.5)).toBeCloseTo(0, 12);
    expect(normalQuantile(0.4999999)).toBeCloseTo(-2.5066282746e-7, 15);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
    expect(normalQuantile(1 - 1e-9)).toBeCloseTo(5.99780701, 6);
    expect(normalUpperTail(Number.NaN)).toBeNaN();
    expect(normalUpperTail(-8)).toBeCloseTo(1, 14);
  });
});

/** z of x - mu against y as R's wilcox.test has it: by its definition, pair by pair. */
function zOf(x: readonly number[], y: readonly number[], mu: number): number {
  const shifted = x.map(value => value - mu);
  const [m, n] = [x.length, y.length];
  const all = [...shifted, ...y];
  const ties = [...new Set(all)].map(value => all.filter(other => other === value).length).map(t => t ** 3 - t);
  const u = shifted.flatMap(a => y.map((b): number => (a > b ? 1 : a === b ? 0.5 : 0))).reduce((a, b) => a + b);
  const variance = ((m * n) / 12) * (m + n + 1 - ties.reduce((a, b) => a + b) / ((m + n) * (m + n - 1)));
  const distance = u - (m * n) / 2;
  return (distance - Math.sign(distance) * 0.5) / Math.sqrt(variance);
}

/** Where z falls through the quantile: looked for among the differences, just behind each of them, in steps of a half. */
function endOf(x: readonly number[], y: readonly number[], quantile: number): number {
  const differences = [...new Set(x.flatMap(a => y.map(b => a - b)))].sort((a, b) => a - b);
  const [least = 0, most = 0] = [differences[0], differences.at(-1)];
  if (zOf(x, y, least) <= quantile) return least;
  if (zOf(x, y, most) >= quantile) return most;
  return differences.find(difference => zOf(x, y, difference + 0.25) <= quantile) ?? most;
}

describe('the interval of a shift', () => {
  it('ends where the definition of the test says, for small samples with ties of whole numbers', () => {
    // Prepare: all pairs of samples of up to four values from 0 to 3, each sample in ascending order
    const samples = [0, 1, 2, 3].flatMap(a => [
      [a],
      ...[0, 1, 2, 3].filter(b => b >= a).flatMap(b => [[a, b], ...[2, 3].filter(c => c >= b).map(c => [a, b, c, c])]),
    ]);
    const wrong: string[] = [];
    // Act
    for (const confidence of [0.5, 0.8, 0.9, 0.98]) {
      const z = normalQuantile(1 - (1 - confidence) / 2);
      for (const x of samples) {
        for (const y of samples) {
          if (new Set(x).size === 1 && new Set(y).size === 1) continue;
          const { low, high } = normalShift(x, y, confidence);
          const wanted = [endOf(x, y, z), endOf(x, y, -z)];
          if (low !== wanted[0] || high !== wanted[1])
            wrong.push(`${x} against ${y} at ${confidence}: ${low} to ${high}, wanted ${wanted}`);
        }
      }
    }
    // Assess
    expect(samples.length).toBeGreaterThan(20);
    expect(wrong).toEqual([]);
  });
});

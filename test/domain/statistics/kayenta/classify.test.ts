import { describe, expect, it } from 'vitest';
import { type Comparison, classify } from '../../../../domain/statistics/kayenta/classify.ts';
import { effectSizeOf } from '../../../../domain/statistics/kayenta/effect-size.ts';
import { withoutNaN, withoutOutliers } from '../../../../domain/statistics/kayenta/transforms.ts';

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

/** 10, 11, … and so on: no ties within. */
const from = (start: number, count = 10): number[] => Array.from({ length: count }, (_, index) => start + index);
const kindOf = (canary: number[], stable: number[], more: Partial<Comparison> = {}) =>
  classify(canary, stable, comparison(more)).kind;

describe("Kayenta's classification of a metric", () => {
  it('is high above, low below, and passes beside', () => {
    expect(kindOf(from(30), from(10))).toBe('high');
    expect(kindOf(from(10), from(30))).toBe('low');
    expect(kindOf(from(11), from(10))).toBe('pass');
  });

  it('does not mind a change in the direction that is not asked for', () => {
    expect(kindOf(from(10), from(30), { direction: 'increase' })).toBe('pass');
    expect(kindOf(from(30), from(10), { direction: 'increase' })).toBe('high');
    expect(kindOf(from(30), from(10), { direction: 'decrease' })).toBe('pass');
    expect(kindOf(from(10), from(30), { direction: 'decrease' })).toBe('low');
  });

  it('wants the interval further from 0 than the tolerance of the estimate', () => {
    // 10 against 10 values, shifted by 6: U = 90, sigma = sqrt(100 / 12 x 21) = 13.229 less ties, z = 2.326;
    // the interval reaches from about 1.5 to 10.5, the estimate is 6: 1.5 is above 0.2 x 6 and not above 0.5 x 6
    const [canary, stable] = [from(16).map(value => value + 0.01), from(10)];
    const { shift } = classify(canary, stable, comparison());
    expect(shift?.estimate).toBeCloseTo(6.01, 9);
    expect(shift?.low).toBeGreaterThan(0);
    const ratio = (shift?.low ?? 0) / (shift?.estimate ?? 1);
    expect(kindOf(canary, stable, { tolerance: ratio - 0.01 })).toBe('high');
    expect(kindOf(canary, stable, { tolerance: ratio + 0.01 })).toBe('pass');
  });

  it('wants the effect as large as the plan says', () => {
    // means 34.5 and 14.5: the ratio is 2.379; cles is 1, every value of the canary is above
    const high = (effectSize: Partial<Comparison['effectSize']>) =>
      kindOf(from(30), from(10), { effectSize: { ...comparison().effectSize, ...effectSize } });
    expect(high({ allowedIncrease: 2.37 })).toBe('high');
    expect(high({ allowedIncrease: 2.38 })).toBe('pass');
    expect(high({ measure: 'cles', allowedIncrease: 1 })).toBe('high');
    expect(high({ measure: 'cles', allowedIncrease: 1.01 })).toBe('pass');
    expect(kindOf(from(10), from(30), { effectSize: { ...comparison().effectSize, allowedDecrease: 0.42 } })).toBe(
      'pass',
    );
    expect(kindOf(from(10), from(30), { effectSize: { ...comparison().effectSize, allowedDecrease: 0.43 } })).toBe(
      'low',
    );
  });

  it('cannot be excused by an effect that cannot be computed', () => {
    const none = Array.from({ length: 10 }, () => 0);
    const effectSize = { ...comparison().effectSize, allowedIncrease: 99, criticalIncrease: 99 };
    expect(classify(from(1), none, comparison({ effectSize, critical: true }))).toMatchObject({
      kind: 'high',
      critical: true,
      effectSize: Number.NaN,
    });
  });

  it('is critical only where the metric is, and from the critical effect on', () => {
    const at = (criticalIncrease: number, critical: boolean) =>
      classify(
        from(30),
        from(10),
        comparison({ critical, effectSize: { ...comparison().effectSize, criticalIncrease } }),
      );
    expect(at(2, true)).toMatchObject({ kind: 'high', critical: true });
    expect(at(3, true)).toMatchObject({ kind: 'high', critical: false });
    expect(at(2, false)).toMatchObject({ kind: 'high', critical: false });
    const decrease = { ...comparison().effectSize, criticalDecrease: 0.1 };
    expect(classify(from(10), from(30), comparison({ critical: true, effectSize: decrease })).critical).toBe(false);
  });

  it('passes samples that are equal, in any order and of any length', () => {
    expect(kindOf([3, 1, 2], [1, 2, 3])).toBe('pass');
    expect(kindOf([0, 0, 0], [0, 0])).toBe('pass');
    expect(kindOf([1, 1, 1], [0, 0])).toBe('high');
  });

  it('has no data where a sample is empty, whatever is critical', () => {
    expect(classify([], from(10), comparison({ critical: true }))).toMatchObject({ kind: 'noData', critical: false });
    expect(kindOf(from(10), [Number.NaN, Number.NaN])).toBe('noData');
    expect(kindOf(from(10), [])).toBe('noData');
  });

  it('leaves windows without a value out, or takes them for 0', () => {
    expect(withoutNaN([1, Number.NaN, 2], 'remove')).toEqual([1, 2]);
    expect(withoutNaN([1, Number.NaN, 2], 'replace')).toEqual([1, 0, 2]);
    expect(kindOf(from(10), [Number.NaN, Number.NaN], { nanStrategy: 'replace' })).toBe('high');
  });

  it('leaves outliers out that are beyond both the fences and the first and last per cent', () => {
    // quartiles of 0 … 100: 25 and 75; fences at 25 - 3 x 50 and 75 + 3 x 50
    const steady = from(0, 101);
    expect(withoutOutliers([...steady, 1000], 3)).toEqual(steady);
    expect(withoutOutliers([...steady, 200], 3)).toContain(200);
    expect(withoutOutliers([-1000, ...steady], 3)).toEqual(steady);
    expect(withoutOutliers([], 3)).toEqual([]);
  });

  it('measures effects as Kayenta does', () => {
    expect(effectSizeOf('meanRatio', [10, 10], [1, 1])).toBe(10);
    expect(effectSizeOf('meanRatio', [10], [0])).toBeNaN();
    expect(effectSizeOf('meanRatio', [0], [10])).toBeNaN();
    expect(effectSizeOf('cles', [1, 2, 3], [1, 2, 3])).toBe(0.5);
    // of 4 pairs one is above and one is a tie
    expect(effectSizeOf('cles', [1, 2], [1, 3])).toBe(0.375);
  });
});

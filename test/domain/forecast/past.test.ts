import { describe, expect, it } from 'vitest';
import { drawPast, expectedPast } from '../../../domain/forecast/past.ts';
import { newRandom } from '../../../domain/statistics/random.ts';
import { DEFAULT_PROFILE } from '../../../domain/statistics/sequential/profile.ts';
import { ERRORS, planOf, SEQUENTIAL, traffic } from './plans.ts';

const slow = {
  name: 'slow',
  source: { kind: 'cloudwatch', bad: { slowerThan: ['300ms', '1s'] } },
  judge: { kind: 'sequential', ceiling: 'auto' },
};
const { assumedPhi } = DEFAULT_PROFILE.guard;

describe('what a release is expected to know of the stable version', () => {
  it('is an hour and a half of it: each metric by its own rate, and how much the counts vary', () => {
    // 90 windows of 600 requests, of which 1 % fail and 2 % are slow
    const of = { ...traffic(10, 0.01), slowRate: 0.02, dispersion: 1.7 };
    expect(expectedPast(planOf({ metrics: [SEQUENTIAL, slow] }), of)).toEqual({
      errors: { windows: 90, requests: 54_000, bad: [540], phi: [1.7], assumed: false },
      slow: { windows: 90, requests: 54_000, bad: [1_080, 1_080], phi: [1.7, 1.7], assumed: false },
    });
  });

  it('says nothing of how much counts vary where nothing failed: that is assumed', () => {
    expect(expectedPast(planOf(), traffic(10, 0))).toEqual({
      errors: { windows: 90, requests: 54_000, bad: [0], phi: [assumedPhi], assumed: true },
    });
  });

  it('is nothing of metrics that learn nothing from it', () => {
    const judge = { kind: 'threshold', failureCondition: 'result[0] > 0.05' };
    expect(expectedPast(planOf({ metrics: [{ ...ERRORS, judge }] }), traffic(10, 0.01))).toEqual({});
    const unguarded = { ...ERRORS, judge: { kind: 'sequential', ceiling: '5%', guard: 'off' } };
    expect(expectedPast(planOf({ metrics: [unguarded] }), traffic(10, 0.01))).toEqual({});
  });
});

describe('a past that chance makes', () => {
  const drawn = (rate: number, dispersion: number, count = 40) => {
    const random = newRandom(11);
    return Array.from({ length: count }, () => drawPast(planOf(), { ...traffic(10, rate), dispersion }, random));
  };
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  it('has the windows and requests of the expected one, and about its failures', () => {
    // 540 on average, with a deviation of 23; of 40 pasts the mean is within 4 x 3.7
    const pasts = drawn(0.01, 1).map(({ errors }) => errors);
    expect(pasts.every(past => past?.windows === 90 && past.requests === 54_000)).toBe(true);
    const bad = pasts.map(past => past?.bad[0] ?? 0);
    expect(Math.abs(mean(bad) - 540)).toBeLessThan(15);
    expect(new Set(bad).size).toBeGreaterThan(20);
  });

  it('shows how much the counts vary, as the product measures it', () => {
    const phiOf = (dispersion: number) => mean(drawn(0.05, dispersion).map(({ errors }) => errors?.phi[0] ?? 0));
    expect(phiOf(1)).toBeLessThan(1.6);
    expect(phiOf(5)).toBeGreaterThan(3.5);
  });

  it('without a failure is assumed to vary as a past of which nothing is known', () => {
    expect(drawn(0, 1, 1)).toEqual([
      { errors: { windows: 90, requests: 54_000, bad: [0], phi: [assumedPhi], assumed: true } },
    ]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replicasFor } from '../../../domain/release/sizing.ts';

describe('the canary gets', () => {
  it.each([
    // weight, stable, canary: stable x weight x 1.25, rounded up
    [0, 10, 1],
    [0.1, 10, 1],
    [5, 10, 1],
    [10, 10, 2],
    [25, 4, 2],
    [50, 10, 7],
    [80, 10, 10],
    [100, 10, 10],
    [100, 1, 1],
    [1, 1, 1],
    [50, 0, 1],
    [0, 0, 1],
  ])('for %d %% of what %d replicas carry: %d', (weight, stable, canary) => {
    expect(replicasFor(weight, stable)).toBe(canary);
  });

  it('at least one, never more than stable has, never fewer for more weight, and enough for its share', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), fc.integer({ min: 1, max: 500 }), (a, b, stable) => {
        const [less, more] = [replicasFor(Math.min(a, b), stable), replicasFor(Math.max(a, b), stable)];
        expect(less).toBeGreaterThanOrEqual(1);
        expect(more).toBeGreaterThanOrEqual(less);
        expect(more).toBeLessThanOrEqual(stable);
        expect(more).toBeGreaterThanOrEqual((stable * Math.max(a, b)) / 100);
      }),
    );
  });
});

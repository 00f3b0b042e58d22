import { describe, expect, it } from 'vitest';
import { atMost, upperBound } from '../../../../domain/statistics/sequential/clopper-pearson.ts';

describe('the upper bound of a rate', () => {
  it('is unknown without a request', () => {
    expect(() => upperBound(0, 0, 0.99)).toThrow(new RangeError('no request: there is no bound of a rate'));
  });

  it.each([1, 7, 1_000_000])('is 1 where all of %i failed', requests => {
    expect(upperBound(requests, requests, 0.99)).toBe(1);
  });

  it.each([
    // without a failure 1 - 0.05^(1/n), with all but one (1 - 0.05)^(1/n): 1 - p^n is 5 %
    [0, 1, 0.95],
    [0, 1e9, 2.9957322690673e-9],
    [1, 2, Math.sqrt(0.95)],
    [9, 10, 0.95 ** 0.1],
    [999_999, 1_000_000, 0.95 ** 1e-6],
    [999_999_999, 1e9, 0.95 ** 1e-9],
  ])('after %i of %i', (bad, requests, expected) => {
    const bound = upperBound(bad, requests, 0.95);
    expect(bound / expected).toBeCloseTo(1, 11);
    expect((1 - bound) / (1 - expected)).toBeCloseTo(1, 5);
  });
});

describe('the chance of so many or fewer', () => {
  it.each([
    // both sides of the mean, where the sum can be made by hand
    [0, 3, 0.5, 0.125],
    [1, 3, 0.5, 0.5],
    [2, 3, 0.5, 0.875],
    [0, 10, 0.01, 0.99 ** 10],
    [9, 10, 0.99, 1 - 0.99 ** 10],
    [1, 4, 0.25, 0.75 ** 4 + 0.75 ** 3],
    [0, 5, 1, 0],
  ])('%i of %i at %f', (x, n, p, expected) => {
    expect(atMost(x, n, p)).toBeCloseTo(expected, 11);
  });
});

import { describe, expect, it } from 'vitest';
import { drawBinomial, drawClumped, drawGamma, drawNormal, drawPoisson } from '../../../domain/statistics/draws.ts';
import { newRandom, type Random } from '../../../domain/statistics/random.ts';

const DRAWS = 40_000;

function moments(draw: (random: Random) => number): { mean: number; variance: number } {
  const random = newRandom(11);
  let [sum, squares] = [0, 0];
  for (let i = 0; i < DRAWS; i += 1) {
    const value = draw(random);
    sum += value;
    squares += value * value;
  }
  const mean = sum / DRAWS;
  return { mean, variance: squares / DRAWS - mean * mean };
}

/** Within five standard errors of the exact mean, and 6 % of the exact variance. */
function expectMoments(draw: (random: Random) => number, exact: { mean: number; variance: number }): void {
  const { mean, variance } = moments(draw);
  expect(Math.abs(mean - exact.mean)).toBeLessThan(5 * Math.sqrt(exact.variance / DRAWS));
  expect(Math.abs(variance / exact.variance - 1)).toBeLessThan(0.06);
}

/** Pearson's statistic of the draws against an exact law, over the values that are expected at least 20 times. */
function chiSquared(draw: (random: Random) => number, chanceOf: (x: number) => number, most: number) {
  const random = newRandom(12);
  const counts = new Map<number, number>();
  for (let i = 0; i < DRAWS; i += 1) {
    const x = draw(random);
    counts.set(x, (counts.get(x) ?? 0) + 1);
  }
  let [statistic, cells] = [0, 0];
  for (let x = 0; x <= most; x += 1) {
    const expected = DRAWS * chanceOf(x);
    if (expected < 20) continue;
    statistic += ((counts.get(x) ?? 0) - expected) ** 2 / expected;
    cells += 1;
  }
  return { statistic, cells };
}

const logFactorial = (x: number): number => {
  let sum = 0;
  for (let i = 2; i <= x; i += 1) sum += Math.log(i);
  return sum;
};

const binomialChance =
  (n: number, p: number) =>
  (x: number): number =>
    Math.exp(logFactorial(n) - logFactorial(x) - logFactorial(n - x) + x * Math.log(p) + (n - x) * Math.log1p(-p));

const poissonChance =
  (mean: number) =>
  (x: number): number =>
    Math.exp(x * Math.log(mean) - mean - logFactorial(x));

describe('draws from the binomial law', () => {
  it.each([
    { n: 20, p: 0.3 }, // term by term
    { n: 75, p: 0.01 },
    { n: 300, p: 0.25 }, // by rejection
    { n: 60, p: 0.8 }, // its mirror image
  ])('have its probabilities: n $n, p $p', ({ n, p }) => {
    const { statistic, cells } = chiSquared(random => drawBinomial(random, n, p), binomialChance(n, p), n);
    // mean cells, variance 2 cells: five standard deviations
    expect(statistic).toBeLessThan(cells + 5 * Math.sqrt(2 * cells));
  });

  it('have its mean and variance at a billion trials', () => {
    expectMoments(random => drawBinomial(random, 1e9, 0.001), { mean: 1e6, variance: 1e6 * 0.999 });
  });

  it('are none of none, none at chance 0 and all at chance 1', () => {
    const random = newRandom(1);
    expect([drawBinomial(random, 0, 0.5), drawBinomial(random, 9, 0), drawBinomial(random, 9, 1)]).toEqual([0, 0, 9]);
  });
});

describe('draws from the Poisson law', () => {
  it.each([0.7, 9.5, 10.5, 250])('have its probabilities: mean %d', mean => {
    const { statistic, cells } = chiSquared(random => drawPoisson(random, mean), poissonChance(mean), 500);
    expect(statistic).toBeLessThan(cells + 5 * Math.sqrt(2 * cells));
  });

  it('are 0 at mean 0', () => {
    expect(drawPoisson(newRandom(1), 0)).toBe(0);
  });
});

describe('other draws', () => {
  it('clumped counts have the mean that is asked for and the dispersion times its variance', () => {
    expectMoments(random => drawClumped(random, 40, 5), { mean: 40, variance: 200 });
    expectMoments(random => drawClumped(random, 3, 1), { mean: 3, variance: 3 });
  });

  it('gamma values have mean and variance of their shape, below 1 too', () => {
    expectMoments(random => drawGamma(random, 0.2), { mean: 0.2, variance: 0.2 });
    expectMoments(random => drawGamma(random, 12), { mean: 12, variance: 12 });
  });

  it('normal values have mean 0 and variance 1', () => {
    expectMoments(drawNormal, { mean: 0, variance: 1 });
  });
});

describe('a stream of random numbers', () => {
  const first = (...parts: number[]) => {
    const random = newRandom(...parts);
    return [random.next(), random.next(), random.next()];
  };

  it('is the same for the same seed and another for every other one', () => {
    expect(first(1, 2)).toEqual(first(1, 2));
    const streams = [first(1), first(2), first(1, 0), first(1, 2), first(2, 1), first(1 + 2 ** 32), first(-1)];
    expect(new Set(streams.flat()).size).toBe(21);
  });

  it('fills the unit interval evenly and never reaches its ends', () => {
    expectMoments(random => random.next(), { mean: 0.5, variance: 1 / 12 });
    const random = newRandom(5);
    const tenths = new Array<number>(10).fill(0);
    for (let i = 0; i < DRAWS; i += 1) {
      const value = random.next();
      if (value <= 0 || value >= 1) throw new RangeError(`drew ${value}`);
      tenths[Math.floor(10 * value)] = (tenths[Math.floor(10 * value)] ?? 0) + 1;
    }
    for (const count of tenths) expect(Math.abs(count - DRAWS / 10)).toBeLessThan(5 * Math.sqrt(DRAWS * 0.09));
  });
});

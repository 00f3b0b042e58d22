import { describe, expect, it } from 'vitest';
import { drawBinomial, drawClumped, drawGamma, drawNormal, drawPoisson } from '../../../domain/statistics/draws.ts';
import type { Random } from '../../../domain/statistics/random.ts';

/** A stream of these numbers and no others; `left` is what was not asked for. */
function scripted(...numbers: number[]): Random & { left: number[] } {
  const left = [...numbers];
  return {
    left,
    next() {
      const value = left.shift();
      if (value === undefined) throw new RangeError('one number more was drawn than there is to decide');
      return value;
    },
  };
}

const logFactorial = (x: number): number => {
  let sum = 0;
  for (let i = 2; i <= x; i += 1) sum += Math.log(i);
  return sum;
};
const logChoose = (n: number, x: number) => logFactorial(n) - logFactorial(x) - logFactorial(n - x);

describe('what leaves nothing to chance draws no number', () => {
  it.each([
    ['none of none', (random: Random) => drawBinomial(random, 0, 0.5), 0],
    ['none at chance 0', (random: Random) => drawBinomial(random, 9, 0), 0],
    ['all at chance 1', (random: Random) => drawBinomial(random, 9, 1), 9],
    ['none at mean 0', (random: Random) => drawPoisson(random, 0), 0],
    ['no clumps at mean 0', (random: Random) => drawClumped(random, 0, 5), 0],
  ])('%s', (_, draw, expected) => {
    expect(draw(scripted())).toBe(expected);
  });
});

describe('small means are looked up in the distribution function', () => {
  // Binomial(2, 1/4): 9/16, 15/16, 1
  it.each([
    [0.01, 0],
    [0.5625, 0],
    [0.5626, 1],
    [0.9375, 1],
    [0.9376, 2],
    [0.9999, 2],
  ])('Binomial(2, 1/4) at %f is %i, and Binomial(2, 3/4) is the rest', (u, x) => {
    expect(drawBinomial(scripted(u), 2, 0.25)).toBe(x);
    expect(drawBinomial(scripted(u), 2, 0.75)).toBe(2 - x);
  });

  it('a chance of one half is not mirrored', () => {
    expect(drawBinomial(scripted(0.5), 1, 0.5)).toBe(0);
    expect(drawBinomial(scripted(0.51), 1, 0.5)).toBe(1);
  });

  it.each([
    // e^-1/2 = 0.6065…, + 1/2 e^-1/2 = 0.9097…, + 1/8 e^-1/2 = 0.9856…
    [0.6, 0],
    [0.61, 1],
    [0.909, 1],
    [0.91, 2],
    [0.985, 2],
    [0.986, 3],
  ])('Poisson(1/2) at %f is %i', (u, x) => {
    expect(drawPoisson(scripted(u), 0.5)).toBe(x);
  });

  it('a Poisson value is 0 up to its probability, that included', () => {
    expect(drawPoisson(scripted(Math.exp(-2)), 2)).toBe(0);
  });
});

/** The number to draw for u at which x comes out of Hörmann's transformation, so far within those that give x. */
function uFor(x: number, transform: (u: number) => number, within = 0.5): number {
  let [low, high] = [1e-12, 1 - 1e-12];
  for (let i = 0; i < 100; i += 1) {
    const middle = (low + high) / 2;
    if (transform(middle - 0.5) < x + within) low = middle;
    else high = middle;
  }
  return low;
}

/** What follows a refusal: the middle, which is always taken. */
const MIDDLE = [0.5, 0.001] as const;

describe('larger means are drawn by transformed rejection, taken up to the exact probability and not beyond', () => {
  /** Hörmann (1993), BTRS: v is taken up to f(x)/f(mode) (a/us^2 + b)/alpha. */
  function binomialEdge(n: number, p: number, x: number): { u: number; edge: number } {
    const deviation = Math.sqrt(n * p * (1 - p));
    const b = 1.15 + 2.53 * deviation;
    const a = -0.0873 + 0.0248 * b + 0.01 * p;
    const u = uFor(x, t => ((2 * a) / (0.5 - Math.abs(t)) + b) * t + n * p + 0.5);
    const us = 0.5 - Math.abs(u - 0.5);
    const mode = Math.floor((n + 1) * p);
    const logF = (y: number) => logChoose(n, y) + y * Math.log(p) + (n - y) * Math.log(1 - p);
    const edge = (Math.exp(logF(x) - logF(mode)) * (a / us ** 2 + b)) / ((2.83 + 5.1 / b) * deviation);
    return { u, edge };
  }

  it.each([
    [300, 0.25, 50],
    [300, 0.25, 58],
    [300, 0.25, 95],
    [300, 0.25, 110],
    [40, 0.25, 2],
    [40, 0.25, 4],
    [40, 0.25, 19],
    [20, 0.5, 0],
    [20, 0.5, 1],
    [20, 0.5, 19],
    [20, 0.5, 20],
    [10_000, 0.001, 0],
  ])('Binomial(%i, %f) at %i', (n, p, x) => {
    const { u, edge } = binomialEdge(n, p, x);
    const taken = scripted(u, edge * (1 - 1e-8), ...MIDDLE);
    expect(drawBinomial(taken, n, p)).toBe(x);
    expect(taken.left).toHaveLength(2);
    if (edge < 0.999) {
      const refused = scripted(u, edge * (1 + 1e-8), ...MIDDLE);
      expect(drawBinomial(refused, n, p)).toBe(Math.floor(n * p + 0.5));
      expect(refused.left).toEqual([]);
    }
  });

  it.each([
    ['fewer than none', 0.0001],
    ['more than all', 0.9999],
  ])('Binomial(20, 1/2) is never %s', (_, u) => {
    const random = scripted(u, 1e-12, ...MIDDLE);
    expect(drawBinomial(random, 20, 0.5)).toBe(10);
    expect(random.left).toEqual([]);
  });

  it('from a mean of 10 on', () => {
    const [small, large] = [scripted(0.5, 0.001), scripted(0.5, 0.001)];
    drawBinomial(small, 1000, 0.00999);
    drawBinomial(large, 1000, 0.01);
    expect([small.left, large.left]).toEqual([[0.001], []]);
    const [few, many] = [scripted(0.5, 0.001), scripted(0.5, 0.001)];
    drawPoisson(few, 9.99);
    drawPoisson(many, 10);
    expect([few.left, many.left]).toEqual([[0.001], []]);
  });

  /** Hörmann (1993), PTRS: v is taken up to f(x) (a/us^2 + b) alpha. */
  function poissonEdge(mean: number, x: number, within: number): { u: number; edge: number } {
    const b = 0.931 + 2.53 * Math.sqrt(mean);
    const a = -0.059 + 0.02483 * b;
    const u = uFor(x, t => ((2 * a) / (0.5 - Math.abs(t)) + b) * t + mean + 0.43, within);
    const us = 0.5 - Math.abs(u - 0.5);
    const edge =
      (Math.exp(x * Math.log(mean) - mean - logFactorial(x)) * (a / us ** 2 + b)) / (1.1239 + 1.1328 / (b - 3.4));
    return { u, edge };
  }

  it.each([
    [10, 0, 0.5],
    [10, 1, 0.5],
    [10, 3, 0.5],
    [10, 4, 0.95], // just inside the part that is mostly taken unseen
    [10, 18, 0.5],
    [10, 24, 0.5],
    [10, 28, 0.5],
    [64, 40, 0.5],
    [64, 88, 0.5],
    [250, 200, 0.5],
    [250, 300, 0.5],
  ])('Poisson(%f) at %i', (mean, x, within) => {
    const { u, edge } = poissonEdge(mean, x, within);
    const taken = scripted(u, edge * (1 - 1e-8), ...MIDDLE);
    expect(drawPoisson(taken, mean)).toBe(x);
    expect(taken.left).toHaveLength(2);
    if (edge < 0.999) {
      const refused = scripted(u, edge * (1 + 1e-8), ...MIDDLE);
      expect(drawPoisson(refused, mean)).toBe(Math.floor(mean + 0.43));
      expect(refused.left).toEqual([]);
    }
  });

  it('Poisson(10) is never below 0', () => {
    const random = scripted(0.0005, 1e-12, ...MIDDLE);
    expect(drawPoisson(random, 10)).toBe(10);
    expect(random.left).toEqual([]);
  });
});

describe('gamma and normal values', () => {
  // Box and Muller: sqrt(-2 ln u) cos(2 pi v); e^-2 gives 2, and at v = 1/2 it is minus that
  const two = Math.exp(-2);

  it('a normal value is the one of Box and Muller', () => {
    expect(drawNormal(scripted(two, 0))).toBeCloseTo(2, 12);
    expect(drawNormal(scripted(two, 0.5))).toBeCloseTo(-2, 12);
    expect(drawNormal(scripted(two, 1 / 6))).toBeCloseTo(1, 12);
  });

  it.each([
    [1.5, 0],
    [1.5, 0.5],
    [12, 0],
    [12, 0.5],
  ])(
    'a gamma value of shape %f is taken up to the probability of Marsaglia and Tsang, from normal values both ways',
    (shape, v) => {
      const d = shape - 1 / 3;
      const x = v === 0 ? 2 : -2;
      const cubed = (1 + x / Math.sqrt(9 * d)) ** 3;
      const edge = Math.exp(x ** 2 / 2 + d - d * cubed + d * Math.log(cubed));
      const next = [Math.exp(-0.5), 0.25, 0.5];
      expect(drawGamma(scripted(two, v, edge * (1 - 1e-8)), shape)).toBeCloseTo(d * cubed, 9);
      if (edge * (1 + 1e-8) < 1) {
        // a normal value of 0 is always taken, and gives d
        expect(drawGamma(scripted(two, v, edge * (1 + 1e-8), ...next), shape)).toBeCloseTo(d, 9);
      }
    },
  );

  it('a gamma value of shape 1 or more needs one number beside its normal value, below 1 it is made from the next shape', () => {
    const d = 1.25 - 1 / 3;
    expect(drawGamma(scripted(0.9, 0.25, 0.5, 0.5), 0.25)).toBeCloseTo(d * 0.5 ** 4, 12);
  });

  it('no negative cube is taken', () => {
    // x = -5 at shape 1: 1 - 5/sqrt(6) is below 0
    const far = [Math.exp(-12.5), 0.5];
    expect(drawGamma(scripted(...far, 0.9, 0.25, 0.5), 1)).toBeCloseTo(2 / 3, 9);
  });

  it('clumped counts are Poisson of a gamma mean, and Poisson at a dispersion of 1', () => {
    // shape 3/(4 - 1) = 1, its value 2/3 times 3: Poisson(2) at 0.14 is 1, e^-2 = 0.1353
    expect(drawClumped(scripted(0.9, 0.25, 0.5, 0.14), 3, 4)).toBe(1);
    expect(drawClumped(scripted(0.9, 0.25, 0.5, 0.13), 3, 4)).toBe(0);
    expect(drawClumped(scripted(0.14), 2, 1)).toBe(1);
  });
});

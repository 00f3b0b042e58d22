import { describe, expect, it } from 'vitest';
import {
  expectedAfter,
  newSChannel,
  type SChannel,
  stepSChannel,
} from '../../../../domain/statistics/sequential/s-channel.ts';
import {
  betaBinomial,
  binomial,
  exactly,
  minus,
  over,
  plus,
  type Rational,
  rational,
  times,
  toNumber,
} from './exact.ts';

/** P(X = x) of one window's failures: binomial, or beta-binomial with that inflation. */
function chance(m: number, x: number, theta: number, inflation: number): Rational {
  const p = exactly(theta);
  if (inflation === 1 || m < 2) return binomial(m, x, p);
  const rho = over(exactly(inflation - 1), rational(m - 1));
  const size = over(minus(rational(1), rho), rho);
  return betaBinomial(m, x, times(p, size), times(minus(rational(1), p), size));
}

const masses = ({ mass, first, length }: SChannel) =>
  new Map(Array.from({ length }, (_, i) => [first + i, mass[i] ?? Number.NaN]));

interface Step {
  m: number;
  theta: number;
  inflation: number;
  budget: number;
}

/** Steps a channel and an exact one side by side, and expects boundary, spent mass and the whole live law to be the same. */
function expectExact(steps: readonly Step[]): void {
  const channel = newSChannel();
  let live = new Map<number, Rational>([[0, rational(1)]]);
  let spent = rational(0);
  for (const { m, theta, inflation, budget } of steps) {
    stepSChannel(channel, 0, m, theta, inflation, budget);
    const next = new Map<number, Rational>();
    for (const [x, mass] of live)
      for (let more = 0; more <= m; more += 1) {
        const found = times(mass, chance(m, more, theta, inflation));
        next.set(x + more, plus(next.get(x + more) ?? rational(0), found));
      }
    let boundary = Math.max(...next.keys()) + 1;
    for (;;) {
      const wouldBe = plus(spent, next.get(boundary - 1) ?? rational(0));
      if (boundary === 0 || toNumber(wouldBe) > budget) break;
      spent = wouldBe;
      boundary -= 1;
      next.delete(boundary);
    }
    live = next;
    expect(channel.boundary).toBe(boundary);
    expect(channel.spent).toBeCloseTo(toNumber(spent), 10);
    const found = masses(channel);
    for (const [x, mass] of live) expect(found.get(x) ?? 0).toBeCloseTo(toNumber(mass), 9);
    for (const [x, mass] of found) if (!live.has(x)) expect(mass).toBe(0);
  }
}

describe('the boundary and the law behind it, against exact rationals', () => {
  const steps = (list: readonly (readonly [number, number])[], inflation: number, alpha: number): Step[] =>
    list.map(([m, theta], k) => ({ m, theta, inflation, budget: (alpha * (k + 1)) / list.length }));

  it('for windows of all sizes, none and one bad request among them', () => {
    expectExact(
      steps(
        [
          [3, 0.25],
          [1, 0.125],
          [0, 0.5],
          [2, 0.25],
          [4, 0.0625],
          [7, 0.5],
          [6, 0.125],
        ],
        1,
        0.05,
      ),
    );
  });

  it('for windows that are larger than all before them, and smaller', () => {
    expectExact(
      steps(
        [
          [1, 0.25],
          [12, 0.25],
          [5, 0.25],
          [2, 0.75],
        ],
        1,
        0.1,
      ),
    );
  });

  it('for counts that are noisier than chance', () => {
    expectExact(
      steps(
        [
          [5, 0.25],
          [8, 0.125],
          [4, 0.5],
        ],
        1.5,
        0.08,
      ),
    );
  });

  it('where nothing may be spent, all at a time, and where all of it may', () => {
    expectExact([
      { m: 6, theta: 0.25, inflation: 1, budget: 0 },
      { m: 3, theta: 0.5, inflation: 1, budget: 0.2 },
    ]);
    // 3 of 4 at once: 27/64 + 27/64 + 9/64
    expectExact([{ m: 3, theta: 0.25, inflation: 1, budget: 0.98 }]);
  });
});

describe('what a channel counts', () => {
  it('is the failures so far, those that were expected, and the windows at or above the boundary', () => {
    const channel = newSChannel();
    // theta 1/2: P(X = 3 of 3) = 1/8, P(X >= 2) = 1/2
    stepSChannel(channel, 2, 3, 0.5, 1, 0.125);
    expect(channel).toMatchObject({ k: 1, x: 2, boundary: 3, spent: 0.125, crossings: 0, expected: 1.5 });
    // noisier, three have 0.172 and two 0.328: of what is left 5 has 3/8 x 0.172, and 4 has too much
    stepSChannel(channel, 3, 3, 0.5, 1.25, 0.2);
    expect(channel).toMatchObject({ k: 2, x: 5, boundary: 5, crossings: 1, expected: 1.5 + 1.5 / 1.25 });
    stepSChannel(channel, 0, 0, 0.5, 1, 0.2);
    expect(channel).toMatchObject({ k: 3, x: 5, boundary: 5, crossings: 2, expected: 1.5 + 1.5 / 1.25 });
    expect(expectedAfter(channel, 8, 0.25, 2)).toBeCloseTo(1.5 + 1.2 + 1, 12);
  });

  it('before the first window is nothing, and one failure is enough where none can be', () => {
    const channel = newSChannel();
    expect(channel).toMatchObject({ k: 0, x: 0, boundary: 1, spent: 0, crossings: 0, expected: 0 });
    stepSChannel(channel, 0, 0, 0.5, 1, 0.01);
    expect(channel).toMatchObject({ boundary: 1, spent: 0, crossings: 0 });
  });
});

describe('large counts', () => {
  /** The live law of X in doubles, by plain convolution of recurrences, and its boundaries. */
  function boundariesOf(steps: readonly Step[]): number[] {
    let live = { first: 0, mass: [1] };
    let spent = 0;
    return steps.map(({ m, theta, budget }) => {
      const mode = Math.floor((m + 1) * theta);
      const reach = Math.ceil(8.5 * Math.sqrt(m * theta * (1 - theta)));
      const from = Math.max(0, mode - reach);
      const terms = [1];
      for (let x = from; x < Math.min(m, mode + reach); x += 1)
        terms.push((terms.at(-1) ?? 0) * (((m - x) * theta) / ((x + 1) * (1 - theta))));
      const total = terms.reduce((sum, one) => sum + one, 0);
      const mass = new Float64Array(live.mass.length + terms.length - 1);
      for (const [i, one] of live.mass.entries())
        for (let j = 0; j < terms.length; j += 1) mass[i + j] = (mass[i + j] ?? 0) + (one * (terms[j] ?? 0)) / total;
      const first = live.first + from;
      let length = mass.length;
      while (length > 0 && spent + (mass[length - 1] ?? 0) <= budget) {
        length -= 1;
        spent += mass[length] ?? 0;
      }
      live = { first, mass: [...mass.subarray(0, length)] };
      return first + length;
    });
  }
  const sumOf = (channel: SChannel) => [...masses(channel).values()].reduce((sum, one) => sum + one, channel.spent);

  it('have a boundary that is never below the exact one, and hardly above it, while the cells double', () => {
    const theta = 0.25;
    const steps = [40_000, 60_000, 90_000, 7, 160_000, 50].map((m, k) => ({
      m,
      theta,
      inflation: 1,
      budget: 0.002 * (k + 1),
    }));
    const exact = boundariesOf(steps);
    const channel = newSChannel();
    const cells = steps.map(({ m, budget }, k) => {
      stepSChannel(channel, 0, m, theta, 1, budget);
      expect(channel.boundary).toBeGreaterThanOrEqual(exact[k] ?? Number.NaN);
      // half a cell for each window before, and one for the boundary itself
      expect(channel.boundary).toBeLessThanOrEqual((exact[k] ?? 0) + channel.cell * (1 + (k + 1) / 2));
      expect(channel.spent).toBeLessThanOrEqual(budget);
      expect(sumOf(channel)).toBeCloseTo(1, 9);
      return channel.cell;
    });
    // deviations of 87, 137, 189, 189, 256.2 and 256.2: at most 128 cells each
    expect(cells).toEqual([1, 2, 2, 2, 4, 4]);
    expect(channel.variance).toBeCloseTo(350_057 * 0.1875, 6);
  });

  it.each([
    [1e6, 1, 0.001],
    [1e6, 3, 0.5],
    [1e9, 1, 0.999],
    [1e9, 1000, 0.1],
  ])('are on 64 to 128 cells to a deviation: %f bad ones, inflation %f, theta %f', (m, inflation, theta) => {
    const channel = newSChannel();
    for (let k = 1; k <= 3; k += 1) {
      stepSChannel(channel, Math.ceil(m * theta), m, theta, inflation, 0.001 * k);
      const deviation = Math.sqrt(k * m * theta * (1 - theta) * inflation);
      expect(channel.variance).toBeCloseTo(deviation ** 2, -6);
      if (channel.cell > 1) expect(deviation / channel.cell).toBeGreaterThan(64);
      expect(deviation / channel.cell).toBeLessThanOrEqual(128);
      expect(sumOf(channel)).toBeCloseTo(1, 8);
      // 0.1 % at a time: 3.1 deviations for the first, fewer later; cells and the safe side may add some
      const above = (channel.boundary - k * m * theta) / deviation;
      expect(above).toBeGreaterThan(2.5);
      expect(above).toBeLessThan(inflation === 1000 ? 4 : 3.3);
      expect(channel.crossings).toBe(0);
    }
  });

  it('are told one by one up to a deviation of 128', () => {
    // 65,536 at one half: the deviation is 128
    const channel = newSChannel();
    stepSChannel(channel, 0, 65_536, 0.5, 1, 0.01);
    expect(channel.cell).toBe(1);
    stepSChannel(channel, 0, 4, 0.5, 1, 0.01);
    expect(channel.cell).toBe(2);
  });

  it('count what was left out of the law as spent', () => {
    const channel = newSChannel();
    stepSChannel(channel, 0, 5_000_000, 0.5, 1, 0.25);
    const { spent } = channel;
    // nothing more may be stopped; of a law on cells a million millionth is left out
    stepSChannel(channel, 0, 5_000_000, 0.5, 1, 0);
    expect(channel.spent - spent).toBeGreaterThan(0.9e-12);
    expect(channel.spent - spent).toBeLessThan(1.1e-12);
  });

  it('carry no more than the part of the law that counts', () => {
    const channel = newSChannel();
    for (let k = 1; k <= 40; k += 1) stepSChannel(channel, 0, 400, 0.5, 1, 0.0001 * k);
    // deviation sqrt(4000) = 63: below 6.4 deviations there is 1e-10 of the law, above 2.6 to 3.7 it is stopped
    expect(channel.length).toBeLessThan(11 * 63.2);
    expect(channel.first).toBeGreaterThan(8000 - 8 * 63.2);
    expect(sumOf(channel)).toBeCloseTo(1, 10);
  });
});

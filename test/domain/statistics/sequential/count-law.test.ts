import { describe, expect, it } from 'vitest';
import {
  type CountLaw,
  fillCountLaw,
  logGamma,
  newCountLaw,
} from '../../../../domain/statistics/sequential/count-law.ts';
import { betaBinomial, binomial, exactly, minus, over, rational, times, toNumber } from './exact.ts';

const lawOf = (m: number, theta: number, inflation: number, cell: number): CountLaw => {
  const law = newCountLaw();
  fillCountLaw(law, m, theta, inflation, cell);
  return law;
};
const massesOf = ({ mass, first, length }: CountLaw): Map<number, number> =>
  new Map(Array.from({ length }, (_, i) => [first + i, mass[i] ?? Number.NaN]));
/** a + b of the beta-binomial with this inflation. */
const sizeOf = (m: number, inflation: number) => (m - 1) / (inflation - 1) - 1;

/** Probabilities of 0 to m, exact to the last digits. */
function exactLaw(m: number, theta: number, inflation: number): number[] {
  const counts = Array.from({ length: m + 1 }, (_, x) => x);
  const p = exactly(theta);
  if (inflation === 1) return counts.map(x => toNumber(binomial(m, x, p)));
  const rho = over(exactly(inflation - 1), rational(m - 1));
  const size = over(minus(rational(1), rho), rho);
  return counts.map(x => toNumber(betaBinomial(m, x, times(p, size), times(minus(rational(1), p), size))));
}

describe('the law of one window on cells', () => {
  it.each([
    [60, 0.25, 1, 4], // one mode in the middle
    [61, 0.75, 1, 8],
    [60, 0.001, 1, 4], // at none
    [60, 0.999, 1, 4], // at all
    [60, 0.25, 3, 4],
    [41, 0.0625, 3, 2], // a below 1: none is the likeliest
    [41, 0.9375, 3, 2], // b below 1: all are
    [41, 0.25, 31, 4], // both: two modes
    [41, 0.75, 31, 4],
    [21, 0.5, 11, 2], // a and b of 1/2: the same from both ends
    [31, 0.5, 11, 2], // of 1: all counts alike
    [41, 12 / 17, 1 + 40 / 2.7, 4], // 6/5 and 1/2
    [5, 0.25, 5 - 1e-12, 1], // hardly less than all or nothing
    [7, 0.25, 2, 16], // all in one cell and none in the other
    [2, 0.5, 1.5, 1],
    [1, 0.25, 1, 4],
  ])(
    'has each count moved up to the end of its cell: m %i, theta %f, inflation %f, cells of %i',
    (m, theta, inflation, cell) => {
      const expected = new Map<number, number>();
      for (const [x, p] of exactLaw(m, theta, inflation).entries()) {
        const at = Math.ceil(x / cell);
        expected.set(at, (expected.get(at) ?? 0) + p);
      }
      const law = lawOf(m, theta, inflation, cell);
      const masses = massesOf(law);
      let sum = law.lost;
      for (const mass of masses.values()) sum += mass;
      expect(sum).toBeCloseTo(1, 12);
      for (const [at, p] of expected) expect(masses.get(at) ?? 0).toBeCloseTo(p, 11);
      for (const at of masses.keys()) expect(expected.has(at)).toBe(true);
    },
  );

  it.each([
    [0, 0.3, 1, [[0, 1]]],
    [0, 0.3, 5, [[0, 1]]],
    [
      1,
      0.25,
      3,
      [
        [0, 0.75],
        [1, 0.25],
      ],
    ],
  ])('of %i bad ones has what is left to chance: theta %f, inflation %f', (m, theta, inflation, expected) => {
    expect([...massesOf(lawOf(m, theta, inflation, 1))]).toEqual(expected);
  });

  it.each([5, 50])('is all or nothing where the noise is as large as can be: %f times the variance of 5', inflation => {
    // used before for another law: nothing of that is left
    const law = lawOf(5, 0.5, 1, 1);
    fillCountLaw(law, 5, 0.25, inflation, 1);
    expect([...massesOf(law)]).toEqual([
      [0, 0.75],
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 0],
      [5, 0.25],
    ]);
    expect(law.lost).toBe(0);
    fillCountLaw(law, 5, 0.25, inflation, 4);
    expect([...massesOf(law)]).toEqual([
      [0, 0.75],
      [1, 0],
      [2, 0.25],
    ]);
  });

  it('leaves out what is a million millionth of the likeliest, on both sides, and says what of the upper side', () => {
    const [m, theta] = [10_000, 0.5];
    const law = lawOf(m, theta, 1, 1);
    // exp(-z^2/2) is 1e-12 at z = 7.43; the deviation is 50
    expect(law.first).toBeGreaterThan(5000 - 7.5 * 50);
    expect(law.first).toBeLessThan(5000 - 7.3 * 50);
    expect(law.first + law.length).toBeGreaterThan(5000 + 7.3 * 50);
    expect(law.first + law.length).toBeLessThan(5000 + 7.5 * 50);
    // the normal tail beyond 7.43 deviations is 5.4e-14
    expect(law.lost).toBeGreaterThan(4e-14);
    expect(law.lost).toBeLessThan(8e-14);
  });

  it('has room for as many counts as there are', () => {
    // a = b = 1: all 256 are alike
    const law = lawOf(255, 0.5 - 1e-12, 1 + 254 / 3, 1);
    expect([...massesOf(law).values()]).toEqual(Array.from({ length: 256 }, () => expect.closeTo(1 / 256, 10)));
  });

  it('leaves out as much where the likeliest is none, or all, and nothing on the way', () => {
    // a = 0.324, b = 32.1: the part above x falls as (1 - x/m)^31, to 1e-12 at some 0.6 m
    const inflation = 300;
    const none = lawOf(10_000, 0.01, inflation, 1);
    expect(none.first).toBe(0);
    expect(none.length).toBeLessThan(7000);
    const all = lawOf(10_000, 0.99, inflation, 1);
    expect(all.first + all.length).toBe(10_001);
    expect(all.first).toBeGreaterThan(3000);
    for (const law of [none, all]) expect(Math.min(...massesOf(law).values())).toBeGreaterThan(0);
    // more of them than there was room for at first
    expect(none.length).toBeGreaterThan(4000);
  });

  it('knows the likeliest count however large the law, and has room for it', () => {
    const law = newCountLaw();
    for (const [m, theta, likeliest] of [
      [4000, 0.5, 2000],
      [400_000, 0.5, 200_000],
      [9, 0.5, 4],
    ] as const) {
      fillCountLaw(law, m, theta, 1, 1);
      const [best] = [...massesOf(law)].reduce((a, b) => (b[1] > a[1] ? b : a));
      expect(Math.abs(best - likeliest)).toBeLessThanOrEqual(1);
      expect(law.mass.length).toBeGreaterThanOrEqual(law.length);
    }
  });
});

describe('the law of a window with very many bad ones, cell by cell', () => {
  /** P(X = x) and P(X >= x) for every x, by the recurrence of neighbours from the likeliest count outwards, in doubles. */
  function exactOf(m: number, theta: number, inflation: number, from: number) {
    const size = inflation === 1 ? 0 : sizeOf(m, inflation);
    const [a, b] = [theta * size, (1 - theta) * size];
    const up = (x: number) =>
      size === 0 ? ((m - x) * theta) / ((x + 1) * (1 - theta)) : ((m - x) * (a + x)) / ((x + 1) * (b + m - 1 - x));
    const above: number[] = [];
    for (let x = from; x < m && (above.at(-1) ?? 1) > 1e-18; x += 1) above.push((above.at(-1) ?? 1) * up(x));
    const below: number[] = [];
    for (let x = from; x > 0 && (below.at(-1) ?? 1) > 1e-18; x -= 1) below.push((below.at(-1) ?? 1) / up(x - 1));
    const lowest = from - below.length;
    const terms = [...below.reverse(), 1, ...above];
    const total = terms.reduce((sum, one) => sum + one, 0);
    const tails = new Float64Array(terms.length + 1);
    for (let i = terms.length - 1; i >= 0; i -= 1) tails[i] = (tails[i + 1] ?? 0) + (terms[i] ?? 0) / total;
    return {
      at: (x: number) => (terms[x - lowest] ?? 0) / total,
      tail: (x: number) => (x <= lowest ? 1 : (tails[x - lowest] ?? 0)),
    };
  }

  it.each([
    [5_000_000, 0.5, 1, 16, 2_500_000],
    [20_000_000, 0.1, 1, 16, 2_000_000],
    [6_000_000, 0.75, 1, 8, 4_500_000],
    [20_000, 0.5, 300, 16, 10_000],
    [60_000, 0.1, 1000, 16, 6000],
    [60_000, 0.9, 1000, 16, 54_000],
    [30_001, 0.25, 6001, 32, 0], // a = 1, b = 3: none is the likeliest
    [30_001, 0.75, 6001, 32, 30_001], // and all
    [30_001, 0.25, 1 + 30_000 / 7, 32, 3750], // a = 3/2, b = 9/2: it reaches to none
    [30_001, 0.75, 1 + 30_000 / 7, 32, 26_250], // and to all
  ])(
    'is at least the true one, and by less than two cells more: m %i, theta %f, inflation %f, cells of %i',
    (m, theta, inflation, cell, from) => {
      const { tail } = exactOf(m, theta, inflation, from);
      const law = lawOf(m, theta, inflation, cell);
      expect(law.length).toBeGreaterThan(500);
      let sum = law.lost;
      const wrong: unknown[] = [];
      for (let i = law.length - 1; i >= 0; i -= 1) {
        sum += law.mass[i] ?? Number.NaN;
        const count = (law.first + i - 1) * cell + 1;
        const least = tail(count) * (1 - 1e-6) - 1e-9;
        // 0.1 % to the safe side, and from the other side 0.1 % of what is below
        const most = tail(count - 2 * cell) * 1.002 + 0.002 * (1 - tail(count)) + 1e-9;
        if (!(sum >= least && sum <= most)) wrong.push({ count, least, sum, most });
      }
      expect(wrong).toEqual([]);
      expect(sum).toBeCloseTo(1, 9);
      // both ends are far out
      expect(tail(law.first * cell)).toBeGreaterThan(1 - 1e-9);
      expect(tail((law.first + law.length) * cell)).toBeLessThan(1e-9);
    },
  );

  it.each([
    [5_000_000, 0.5, 1, 16, 2_500_000],
    [20_000_000, 0.9, 1, 16, 18_000_000],
    [60_000, 0.1, 1000, 32, 5159],
  ])(
    'gives each cell its size times the chance of its lowest count, 0.1 % to the safe side: m %i, theta %f, inflation %f',
    (m, theta, inflation, cell, from) => {
      const { at } = exactOf(m, theta, inflation, from);
      const law = lawOf(m, theta, inflation, cell);
      const likeliest = Math.max(...massesOf(law).values());
      const wrong: unknown[] = [];
      for (const [i, mass] of massesOf(law)) {
        const lowest = i === 0 ? 0 : (i - 1) * cell + 1;
        const exact = (i === 0 ? 1 : cell) * at(lowest);
        const safety = lowest > from ? 1.001 : 0.999;
        // the one in the middle takes the rest
        if (Math.abs(lowest - from) > cell && exact > 1e-9 && Math.abs(mass / exact / safety - 1) > 2e-4)
          wrong.push({ i, mass, exact });
      }
      expect(wrong).toEqual([]);
      expect(likeliest).toBeLessThan(0.02);
    },
  );

  it("takes all of them for the canary's where they are so noisy that nothing can be told apart", () => {
    // a + b = 5, and a or b is 5/6
    const noisy = 1 + (1e6 - 1) / 6;
    expect([...massesOf(lawOf(1e6, 1 / 6, noisy, 64))]).toEqual([[15_625, 1]]);
    expect([...massesOf(lawOf(1e6, 5 / 6, noisy, 64))]).toEqual([[15_625, 1]]);
    // a and b of 5/2: they can
    expect(lawOf(1e6, 0.5, noisy, 1024).length).toBeGreaterThan(500);
  });

  it('at 10^9 and a share of 0.1 % or 99.9 % has the mean and the deviation of the binomial', () => {
    for (const theta of [0.001, 0.999]) {
      const cell = 64;
      const law = lawOf(1e9, theta, 1, cell);
      let [mean, squares] = [0, 0];
      for (const [at, mass] of massesOf(law)) {
        mean += mass * at * cell;
        squares += mass * (at * cell) ** 2;
      }
      const deviation = Math.sqrt(1e9 * 0.001 * 0.999);
      expect(Math.abs(mean - 1e9 * theta)).toBeLessThan(2 * cell);
      expect(Math.sqrt(squares - mean ** 2) / deviation).toBeCloseTo(1, 1);
    }
  });
});

describe('the logarithm of the gamma function', () => {
  it.each([
    [1, 0],
    [2, 0],
    [0.5, Math.log(Math.sqrt(Math.PI))],
    [1.5, Math.log(Math.sqrt(Math.PI) / 2)],
    [5, Math.log(24)],
    [9.5, Math.log((34_459_425 / 512) * Math.sqrt(Math.PI) * 2)], // (17!!/2^9) sqrt(pi), 17!! = 34,459,425
    [11, Math.log(3_628_800)],
    [20, Math.log(121_645_100_408_832_000)],
    [100, 359.1342053695754], // Abramowitz and Stegun, table 6.4: log10 99! = 155.970003654...
  ])('at %f', (x, expected) => {
    const found = x === 9.5 ? logGamma(x) + Math.LN2 : logGamma(x);
    expect(found).toBeCloseTo(expected, 11);
  });
});

describe('a law that was filled before', () => {
  it.each([
    ['summed', 300, 0.2, 1, 1],
    ['bounded cell by cell', 20_000_000, 0.1, 1, 16],
  ])('is what a new one is: %s', (_, m, theta, inflation, cell) => {
    const used = newCountLaw();
    fillCountLaw(used, 40_000_000, 0.5, 1, 16);
    fillCountLaw(used, m, theta, inflation, cell);
    expect(massesOf(used)).toEqual(massesOf(lawOf(m, theta, inflation, cell)));
  });
});

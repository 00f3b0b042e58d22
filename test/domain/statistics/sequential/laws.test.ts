import { describe, expect, it } from 'vitest';
import { atMost, upperBound } from '../../../../domain/statistics/sequential/clopper-pearson.ts';
import { type CountLaw, fillCountLaw, newCountLaw } from '../../../../domain/statistics/sequential/count-law.ts';
import { newSChannel, stepSChannel } from '../../../../domain/statistics/sequential/s-channel.ts';
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

const lawOf = (m: number, theta: number, inflation = 1, cell = 1): CountLaw => {
  const law = newCountLaw();
  fillCountLaw(law, m, theta, inflation, cell);
  return law;
};
const at = ({ mass, first, length }: CountLaw, cell: number) =>
  cell < first || cell >= first + length ? 0 : (mass[cell - first] ?? 0);
/** P(X >= count) of the law, what was lost at its top included. */
const tailOf = (law: CountLaw, count: number, cell = 1) => {
  let sum = law.lost;
  for (let i = Math.ceil(count / cell); i < law.first + law.length; i += 1) sum += at(law, i);
  return sum;
};

describe('the law of one window, against exact rationals', () => {
  it.each([
    [0, 0.25],
    [1, 0.25],
    [7, 0.001],
    [60, 0.05],
    [60, 0.5],
    [120, 0.999],
    [200, 0.25],
  ])('Binomial(%i, %f)', (m, theta) => {
    const law = lawOf(m, theta);
    for (let x = 0; x <= m; x += 1) {
      const exact = toNumber(binomial(m, x, exactly(theta)));
      // what is left out is 1e-12 of the largest term; near it the lower end carries what is below
      if (exact > 1e-9) expect(at(law, x) / exact).toBeCloseTo(1, 9);
      else expect(at(law, x)).toBeLessThan(2e-9);
    }
  });

  it.each([
    [2, 0.25, 1.5],
    [2, 0.25, 3],
    [30, 0.05, 3],
    [60, 0.25, 3],
    [60, 0.25, 20],
    [40, 0.5, 39],
    [50, 0.999, 5],
  ])('beta-binomial: %i, %f, %f times the variance', (m, theta, inflation) => {
    const law = lawOf(m, theta, inflation);
    // 1 + (m - 1) rho is the inflation; a = theta (1 - rho)/rho, b = (1 - theta)(1 - rho)/rho
    const rho = over(exactly(Math.min(inflation, m) - 1), rational(m - 1));
    const size = over(minus(rational(1), rho), rho);
    const [a, b] = [times(exactly(theta), size), times(minus(rational(1), exactly(theta)), size)];
    let variance = 0;
    for (let x = 0; x <= m; x += 1) {
      const exact = a.top === 0n ? (x === 0 ? 1 - theta : x === m ? theta : 0) : toNumber(betaBinomial(m, x, a, b));
      if (exact > 1e-9) expect(at(law, x) / exact).toBeCloseTo(1, 8);
      variance += at(law, x) * (x - m * theta) ** 2;
    }
    expect(variance / (m * theta * (1 - theta) * Math.min(inflation, m))).toBeCloseTo(1, 6);
  });

  it('loses nothing: its mass and what it says it lost are 1', () => {
    for (const [m, theta, inflation, cell] of [
      [300, 0.12, 1, 1],
      [300, 0.12, 4, 1],
      [5_000_000, 0.5, 1, 16],
      [1e9, 0.12, 1e6, 1 << 20],
      [1e9, 0.001, 3, 64],
    ] as const) {
      expect(tailOf(lawOf(m, theta, inflation, cell), 0, cell)).toBeCloseTo(1, 9);
    }
  });

  it.each([
    [200, 0.25, 1, 8],
    [5_000_000, 0.5, 1, 16],
    [20_000_000, 0.1, 1, 16],
  ])(
    'on cells it is never smaller than the true one, and hardly larger: Binomial(%i, %f)',
    (m, theta, inflation, cell) => {
      const law = lawOf(m, theta, inflation, cell);
      const deviation = Math.sqrt(m * theta * (1 - theta));
      for (const z of [-3, -1, 0, 1, 2, 3, 4]) {
        // the lowest count of a cell: what a boundary is drawn at
        const count = Math.ceil((m * theta + z * deviation) / cell) * cell + 1;
        const tail = tailOf(law, count, cell);
        expect(tail).toBeGreaterThanOrEqual((1 - atMost(count - 1, m, theta)) * (1 - 1e-6) - 1e-11);
        expect(tail).toBeLessThan((1 - atMost(count - 3 * cell, m, theta)) * 1.01 + 1e-11);
      }
    },
  );

  it('on cells it is never smaller than the true beta-binomial', () => {
    const [m, theta, inflation, cell] = [20_000, 0.5, 300, 16];
    const law = lawOf(m, theta, inflation, cell);
    // by recurrence in doubles, 20,001 terms
    const size = (m - 1) / (inflation - 1) - 1;
    const [a, b] = [theta * size, (1 - theta) * size];
    const terms = [1];
    for (let x = 0; x < m; x += 1) terms.push((terms[x] ?? 0) * (((m - x) * (a + x)) / ((x + 1) * (b + m - 1 - x))));
    const sum = terms.reduce((all, one) => all + one, 0);
    for (const count of [8000, 9600, 10_000, 11_200, 12_800, 14_400]) {
      const exact = terms.slice(count).reduce((all, one) => all + one, 0) / sum;
      expect(tailOf(law, count, cell)).toBeGreaterThanOrEqual(exact * (1 - 1e-9));
      expect(tailOf(law, count, cell)).toBeLessThan(exact * 1.1);
    }
  });
});

describe('the boundary, against exact rationals', () => {
  it('is the smallest for which all that was ever stopped stays within what may be spent', () => {
    const windows = [
      { m: 6, theta: 0.125 },
      { m: 4, theta: 0.25 },
      { m: 9, theta: 0.0625 },
    ];
    const budgets = [0.01, 0.03, 0.035];
    const channel = newSChannel();
    let live = new Map<number, Rational>([[0, rational(1)]]);
    let spent = rational(0);
    for (const [k, { m, theta }] of windows.entries()) {
      stepSChannel(channel, 0, m, theta, 1, budgets[k] ?? 0);
      const next = new Map<number, Rational>();
      for (const [x, mass] of live) {
        for (let more = 0; more <= m; more += 1) {
          const before = next.get(x + more) ?? rational(0);
          next.set(x + more, plus(before, times(mass, binomial(m, more, exactly(theta)))));
        }
      }
      let boundary = Math.max(...next.keys()) + 1;
      for (;;) {
        const wouldBe = plus(spent, next.get(boundary - 1) ?? rational(0));
        if (toNumber(wouldBe) > (budgets[k] ?? 0)) break;
        spent = wouldBe;
        boundary -= 1;
        next.delete(boundary);
      }
      live = next;
      expect(channel.boundary).toBe(boundary);
      expect(channel.spent).toBeCloseTo(toNumber(spent), 11);
    }
  });

  it('is kept by chance in large counts too, where the law is on cells', () => {
    // X is normal to all digits here: 400 releases of 4 windows with 10^6 bad ones each, alpha 30 %
    let seed = 1;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const [m, theta, releases] = [1e6, 0.12, 400];
    const deviation = Math.sqrt(m * theta * (1 - theta));
    const boundaries: number[] = [];
    const channel = newSChannel();
    for (let k = 1; k <= 4; k += 1) {
      stepSChannel(channel, 0, m, theta, 1, 0.075 * k);
      boundaries.push(channel.boundary);
    }
    expect(channel.cell).toBeGreaterThan(1);
    let crossed = 0;
    for (let release = 0; release < releases; release += 1) {
      let x = 0;
      const over = boundaries.some(boundary => {
        x += m * theta + deviation * Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
        return x >= boundary;
      });
      if (over) crossed += 1;
    }
    // 30 % is the promise, and little of it is given away; three standard errors are 7 points
    expect(crossed / releases).toBeGreaterThan(0.2);
    expect(crossed / releases).toBeLessThan(0.37);
  });
});

describe("Clopper and Pearson's bound, against exact rationals", () => {
  it.each([
    [0, 10],
    [1, 10],
    [9, 10],
    [3, 400],
    [25, 300],
    [120, 150],
  ])('%i of %i', (bad, requests) => {
    const bound = upperBound(bad, requests, 0.99);
    const p = exactly(bound);
    let tail = rational(0);
    for (let x = 0; x <= bad; x += 1) tail = plus(tail, binomial(requests, x, p));
    expect(toNumber(tail)).toBeCloseTo(0.01, 12);
    expect(atMost(bad, requests, bound)).toBeCloseTo(toNumber(tail), 12);
  });

  it('is 1 where everything failed, unknown without a request, and stands at 10^9', () => {
    expect(upperBound(5, 5, 0.99)).toBe(1);
    expect(() => upperBound(0, 0, 0.99)).toThrow(RangeError);
    // z = 2.3263 standard deviations of 31.6 above 1000 of a million a million, Wald to 4 digits
    expect(upperBound(1e6, 1e9, 0.99)).toBeCloseTo(1e-3 + (2.3263 * Math.sqrt(1e6)) / 1e9, 7);
  });
});

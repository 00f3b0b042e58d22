import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { albWeightsOf, dialOf } from '../../../../adapters/router/alb/weights.ts';
import { dialFor } from '../../../../domain/dial.ts';

const tenths = fc.integer({ min: 0, max: 1000 });
const everyTenth = Array.from({ length: 1001 }, (_, i) => i);

describe('ALB weights', () => {
  it('every weight of 0.0 to 100.0 is two integers from 0 to 999 with exactly its share', () => {
    void fc.assert(
      fc.property(tenths, fc.constantFrom('blue', 'green'), (tenth, canary) => {
        const weights = albWeightsOf(dialFor(canary, tenth / 10));
        for (const weight of [weights.blue, weights.green]) {
          expect(Number.isInteger(weight) && weight >= 0 && weight <= 999).toBe(true);
        }
        // share = tenth / 1000, without division
        expect(weights[canary] * 1000).toBe(tenth * (weights.blue + weights.green));
      }),
      { examples: everyTenth.map(tenth => [tenth, 'green']) },
    );
  });

  it('every weight reads back as the dial that was set', () => {
    for (const tenth of everyTenth) {
      const dial = dialFor('green', tenth / 10);
      expect(dialOf(albWeightsOf(dial))).toEqual(dial);
    }
  });

  it('whatever someone else set reads as 100 in sum, and what is not 0 never as 0', () => {
    const weight = fc.integer({ min: 0, max: 999 });
    void fc.assert(
      fc.property(weight, weight, (blue, green) => {
        fc.pre(blue + green > 0);
        const dial = dialOf({ blue, green });
        expect((dial?.blue ?? 0) * 10 + (dial?.green ?? 0) * 10).toBeCloseTo(1000, 9);
        expect(dial?.green === 0).toBe(green === 0);
        expect(dial?.blue === 0).toBe(blue === 0);
      }),
      {
        examples: [
          [999, 1],
          [1, 999],
        ],
      },
    );
  });

  it('0 and 0 is no dial', () => {
    expect(dialOf({ blue: 0, green: 0 })).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { blindAt } from '../../../domain/forecast/blind-at.ts';
import { planOf } from './plans.ts';

const past = (requests: number, bad: number) => ({ windows: 90, requests, bad: [bad], phi: [1], assumed: false });

describe('where a plan is blind at the traffic of before', () => {
  it('is told in the words of a forecast, stay by stay until it goes back', () => {
    // 1,620 requests in an hour and a half are 0.3 a second: 1 of a window is the canary's
    expect(blindAt(planOf(), { errors: past(1_620, 16) })).toEqual([
      'at 0.3 requests a second, 5 % weight and 0.988 % failures on stable, it takes more than 6 h 40 min of data to see a canary that fails 1.99 % of requests; this bake lasts 5 minutes: it holds for 30 minutes and then rolls back (noEvidence)',
    ]);
  });

  it('is told of each stay that goes on with no more than a gross fault seen', () => {
    const blind = blindAt(planOf({ steps: [{ setWeight: 5 }, { bake: '5m' }, { setWeight: 100 }], soak: '0s' }), {
      errors: past(16_200, 162),
    });
    expect(blind).toEqual([
      expect.stringMatching(
        /^at 3 requests a second, 5 % weight and 1 % failures on stable, .*: it holds for 30 minutes and then goes on, since a fault of 11 % would have been seen$/,
      ),
    ]);
  });

  it('is nowhere where there is traffic enough, and nowhere that anybody knows of without traffic', () => {
    const steps = [{ setWeight: 10 }, { bake: '20m' }, { setWeight: 100 }];
    expect(blindAt(planOf({ steps }), { errors: past(27_000_000, 27_000) })).toEqual([]);
    expect(blindAt(planOf(), {})).toEqual([]);
    expect(blindAt(planOf(), { errors: past(0, 0) })).toEqual([]);
  });
});

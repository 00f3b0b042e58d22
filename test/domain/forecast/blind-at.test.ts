import { describe, expect, it } from 'vitest';
import { blindAt } from '../../../domain/forecast/blind-at.ts';
import { planOf } from './plans.ts';

const past = (requests: number, bad: number) => ({ windows: 90, requests, bad: [bad], phi: [1], assumed: false });

describe('where a plan is blind at the traffic of before', () => {
  it('is told in the words of a forecast, stay by stay until it goes back', () => {
    // 16,200 requests in an hour and a half are 3 a second
    expect(blindAt(planOf(), { errors: past(16_200, 162) })).toEqual([
      'at 3 requests a second, 5 % and a failure rate of 1 % a doubling needs over 6 h 40 min; this bake lasts 5 minutes: it holds for 30 minutes and then goes back',
    ]);
  });

  it('is nowhere where there is traffic enough, and nowhere that anybody knows of without traffic', () => {
    const steps = [{ setWeight: 10 }, { bake: '20m' }, { setWeight: 100 }];
    expect(blindAt(planOf({ steps }), { errors: past(27_000_000, 27_000) })).toEqual([]);
    expect(blindAt(planOf(), {})).toEqual([]);
    expect(blindAt(planOf(), { errors: past(0, 0) })).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import type { Plan } from '../../domain/plan/plan.ts';
import { mostPerSecond, paceOf } from '../../lab/pacing.ts';

/** Of so many minutes: one weight before the whole, and a soak of a minute. */
const planOf = (minutes: number): Pick<Plan, 'steps' | 'soakSeconds' | 'metrics' | 'windowSeconds'> => ({
  steps: [
    { kind: 'setWeight', weight: 10 },
    { kind: 'bake', seconds: (minutes - 1) * 60 },
    { kind: 'setWeight', weight: 100 },
  ],
  soakSeconds: 60,
  metrics: [],
  windowSeconds: 60,
});
const pace = (minutes: number, options: { asked?: number; compress?: number } = {}) =>
  paceOf(planOf(minutes), { ...options, most: 300 });

describe('without --rps and --compress', () => {
  it.each([
    [30, 30],
    [20, 20],
    // no faster than a minute in a second
    [240, 60],
    // a short plan is not drawn out
    [2, 20],
  ])("a plan of %s minutes takes about a minute: %s times the wall's speed", (minutes, compress) => {
    expect(pace(minutes)).toMatchObject({ compress, sentPerSecond: 200, perPlanSecond: 200 / compress });
    expect(pace(minutes)).not.toHaveProperty('asked');
  });

  it('says how many requests the canary gets beside stable', () => {
    // 29 min at 10 % of 200/30 a second; none at 100 %
    expect(pace(30).canaryRequests).toBeCloseTo((29 * 60 * 0.1 * 200) / 30);
  });

  it('says how long it takes, shifts included', () => {
    // 60 s, and two shifts of 0.5 + 40/30 s
    expect(pace(30).wallSeconds).toBeCloseTo(60 + 2 * (0.5 + 40 / 30));
  });
});

describe('--rps is meant in a second of the plan', () => {
  it.each([
    // 300/5 = 60: all of it can be sent at the highest speed
    [5, 60, 300, 5],
    [1, 60, 60, 1],
    // 300/10 = 30: less compressed, all of it is sent
    [10, 30, 300, 10],
    // 300/50 = 6 would take 5 minutes: 30 min in two minutes is 15, and 20 in a plan's second
    [50, 15, 300, 20],
    [200, 15, 300, 20],
    [1000, 15, 300, 20],
  ])('%s of them in 30 minutes: %s times faster, %s sent a second, %s in a second of the plan', (...row) => {
    const [asked, compress, sentPerSecond, perPlanSecond] = row;
    expect(pace(30, { asked })).toMatchObject({ compress, sentPerSecond, perPlanSecond, asked });
  });

  it.each([
    [{ asked: 50, compress: 6 }, 300],
    [{ asked: 50, compress: 60 }, 300],
    [{ asked: 2, compress: 10 }, 20],
    [{ compress: 10 }, 200],
  ])('%j keeps to the given compression and to what the computer sends: %s a second', (options, sentPerSecond) => {
    expect(pace(30, options)).toMatchObject({ compress: options.compress, sentPerSecond });
  });
});

it('more cores send more', () => {
  expect([1, 2, 4].map(mostPerSecond)).toEqual([150, 300, 600]);
});

import { describe, expect, it } from 'vitest';
import { forecast } from '../../../domain/forecast/forecast.ts';
import type { Traffic } from '../../../domain/forecast/traffic.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { ERRORS, planOf, SEQUENTIAL, traffic } from './plans.ts';

const foresee = (plan: Plan, of: Traffic, releases = 100, ratios?: number[]) =>
  forecast(plan, of, { releases, seed: 1, ...(ratios !== undefined && { ratios }) });

describe('a forecast', () => {
  it('says where a plan is blind, in one sentence', () => {
    const { blind, healthySeconds } = foresee(planOf(), traffic(3, 0.01), 20, [10]);
    expect(blind).toEqual([
      'at 3 requests a second, 5 % and a failure rate of 1 % a doubling needs over 6 h 40 min; this bake lasts 5 minutes: it holds for 30 minutes and then goes back',
    ]);
    expect(healthySeconds).toBeNull();
  });

  it('of a plan that sees what it wants has nothing to say of blindness, and how long a healthy release takes', () => {
    const steps = [{ setWeight: 10 }, { bake: '10m' }, { setWeight: 100 }];
    const { blind, healthySeconds } = foresee(planOf({ steps }), traffic(5_000, 0.001), 20, [10]);
    expect(blind).toEqual([]);
    // 18 s until the first good instant, two shifts of 2 s, 10 minutes, the wait for the second one, and the soak
    expect(healthySeconds).toBeGreaterThanOrEqual(18 + 2 + 600 + 900);
    expect(healthySeconds).toBeLessThan(18 + 2 + 600 + 60 + 2 + 900 + 1);
  });

  it('knows what it costs: nothing is found by a bake that is over before the first window is judged', () => {
    // 100 s late: the bake of 60 s sees none; the fault of x10 is found in the next one
    const steps = [{ setWeight: 50 }, { bake: '1m' }, { setWeight: 60 }, { bake: '10m' }, { setWeight: 100 }];
    const judge = { kind: 'threshold', failureCondition: 'result[0] > 0.05', failureLimit: 0 };
    const plan = planOf({ steps, metrics: [{ ...ERRORS, judge }], soak: '0s' });
    const { effects, falseAlarms } = foresee(plan, traffic(100, 0.01), 20, [10]);
    expect(effects[0]).toMatchObject({ found: 1 });
    expect(effects[0]?.foundByStay[0]).toBe(0);
    // 9 % more of 50 requests a second for a minute and of 60 until found: at least a minute's and at most five minutes'
    expect(effects[0]?.excessFailed).toBeGreaterThan(60 * 50 * 0.09);
    expect(effects[0]?.excessFailed).toBeLessThan(300 * 60 * 0.09);
    expect(falseAlarms.promised).toBeNull();
  });

  it('counts the false alarms of a judge that promises nothing', () => {
    // at 1 % every second window of 100 requests has more than 1 % by chance alone
    const judge = { kind: 'threshold', failureCondition: 'result[0] > 0.01', failureLimit: 0 };
    const { falseAlarms } = foresee(planOf({ metrics: [{ ...ERRORS, judge }] }), traffic(20, 0.01), 20, []);
    expect(falseAlarms.seen).toBeGreaterThan(0.9);
  });

  it('names the metrics of which nothing can be foreseen', () => {
    const p99 = {
      name: 'p99',
      source: { kind: 'cloudwatch', value: { percentile: 99 } },
      judge: { kind: 'relative', max: 1.2 },
    };
    const { notForecast } = foresee(planOf({ metrics: [SEQUENTIAL, p99] }), traffic(500, 0.002), 5, [10]);
    expect(notForecast).toEqual(['p99']);
  });

  it('with the same seed is the same', () => {
    const made = () => foresee(planOf(), traffic(100, 0.005), 10, [2]);
    expect(made()).toEqual(made());
  });
});

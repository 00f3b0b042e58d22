import { describe, expect, it } from 'vitest';
import { type Forecast, forecast } from '../../../domain/forecast/forecast.ts';
import type { Traffic } from '../../../domain/forecast/traffic.ts';
import type { Fault } from '../../../domain/forecast/trial.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { ERRORS, planOf, SEQUENTIAL, traffic } from './plans.ts';

const foresee = (plan: Plan, of: Traffic, releases = 100, faults?: Fault[]): Forecast =>
  forecast(plan, of, { releases, seed: 1, ...(faults !== undefined && { faults }) });
const tenfold: Fault = { name: 'x10', failureRate: 0.1 };

describe('a forecast', () => {
  it('says where a plan is blind, in one sentence, and that no healthy release gets to its end there', () => {
    const { blind, healthy } = foresee(planOf(), traffic(0.3, 0.01), 20, []);
    expect(blind).toEqual([
      'at 0.3 requests a second, 5 % weight and 1 % failures on stable, it takes more than 6 h 40 min of data to see a canary that fails 2 % of requests; this bake lasts 5 minutes: it holds for 30 minutes and then rolls back (noEvidence)',
    ]);
    expect(healthy).toMatchObject({ promoted: 0, falseAlarms: 0, noEvidence: 1, seconds: null });
  });

  it('of a service with little traffic says that healthy releases get through, and after which hold', () => {
    const { blind, healthy, stays } = foresee(planOf(), traffic(3, 0.01), 40, []);
    // 9 requests of the canary in a window are too few for a point more, and enough for ten in half an hour
    expect(healthy).toMatchObject({ noEvidence: 0, held: healthy.promoted });
    expect(healthy.promoted).toBeGreaterThan(0.9);
    expect(stays[0]).toMatchObject({ weight: 5, holdSeconds: 1_800, unseen: true });
    expect(blind[0]).toMatch(/ it holds for 30 minutes and then goes on, since a fault of 11 % would have been seen$/);
  });

  it('of a plan that sees what it wants has nothing to say of blindness, and how long a healthy release takes', () => {
    const steps = [{ setWeight: 10 }, { bake: '10m' }, { setWeight: 100 }];
    const { blind, healthy } = foresee(planOf({ steps }), traffic(5_000, 0.001), 20, []);
    expect(blind).toEqual([]);
    expect(healthy).toMatchObject({ promoted: 1, held: 0, promised: 0.01 });
    // 18 s until the first good instant, two shifts of 2 s, 10 minutes, the wait for the second one, and the soak
    expect(healthy.seconds).toBeGreaterThanOrEqual(18 + 2 + 600 + 900);
    expect(healthy.seconds).toBeLessThan(18 + 2 + 600 + 60 + 2 + 900 + 1);
  });

  it('of a service that never fails is one as any other: a point more is seen, ten at once, and none is taken back', () => {
    const steps = [{ setWeight: 10 }, { bake: '10m' }, { setWeight: 50 }, { bake: '5m' }, { setWeight: 100 }];
    const { blind, healthy, effects } = foresee(planOf({ steps }), traffic(50, 0), 60);
    expect(blind).toEqual([]);
    expect(healthy).toMatchObject({ promoted: 1, falseAlarms: 0, noEvidence: 0 });
    const found = new Map(effects.map(effect => [effect.fault.name, effect]));
    expect([...found.keys()]).toEqual(['+0.5 points', '+1 point', '+2 points', '+10 points']);
    expect(found.get('+1 point')?.found).toBeGreaterThan(0.8);
    // two windows that agree, known 280 s after the start: 262 s after the first weight and 5 until the dial is back
    expect(found.get('+10 points')).toMatchObject({ found: 1, medianSeconds: 267, slowestTenthSeconds: 267 });
    // by then 5 requests a second, of which a tenth failed
    expect(found.get('+10 points')?.excessFailed).toBeCloseTo(267 * 5 * 0.1, -1);
  });

  it('knows what it costs: nothing is found by a bake that is over before the first window is judged', () => {
    // 100 s late: the bake of 60 s sees none, and does not wait for it; the fault is found in the next one
    const steps = [{ setWeight: 50 }, { bake: '1m' }, { setWeight: 60 }, { bake: '10m' }, { setWeight: 100 }];
    const judge = { kind: 'threshold', failureCondition: 'result[0] > 0.05', failureLimit: 0 };
    const hold = { atMost: '0s', then: 'proceed' };
    const plan = planOf({ steps, metrics: [{ ...ERRORS, judge }], soak: '0s', hold });
    const { effects, healthy } = foresee(plan, traffic(100, 0.01), 20, [tenfold]);
    expect(effects[0]).toMatchObject({ found: 1 });
    expect(effects[0]?.foundByStay[0]).toBe(0);
    // 9 % more of 50 requests a second for a minute and of 60 until found: at least a minute's and at most five minutes'
    expect(effects[0]?.excessFailed).toBeGreaterThan(60 * 50 * 0.09);
    expect(effects[0]?.excessFailed).toBeLessThan(300 * 60 * 0.09);
    expect(healthy.promised).toBeNull();
  });

  it('counts the false alarms of a judge that promises nothing', () => {
    // at 1 % every second window of 100 requests has more than 1 % by chance alone
    const judge = { kind: 'threshold', failureCondition: 'result[0] > 0.01', failureLimit: 0 };
    const { healthy } = foresee(planOf({ metrics: [{ ...ERRORS, judge }] }), traffic(20, 0.01), 20, []);
    expect(healthy.falseAlarms).toBeGreaterThan(0.9);
  });

  it('names the metrics of which nothing can be foreseen', () => {
    const p99 = {
      name: 'p99',
      source: { kind: 'cloudwatch', value: { percentile: 99 } },
      judge: { kind: 'relative', max: 1.2 },
    };
    const { notForecast } = foresee(planOf({ metrics: [SEQUENTIAL, p99] }), traffic(500, 0.002), 5, []);
    expect(notForecast).toEqual(['p99']);
  });

  it('with the same seed is the same, and with another seed is not', () => {
    const made = (seed: number) => forecast(planOf(), traffic(50, 0.005), { releases: 10, seed });
    expect(made(1)).toEqual(made(1));
    expect(made(2)).not.toEqual(made(1));
  });
});

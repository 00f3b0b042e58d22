import { describe, expect, it } from 'vitest';
import { type EffectForecast, faultsOf, forecast, foreseen } from '../../../domain/forecast/forecast.ts';
import { modelOf } from '../../../domain/forecast/model.ts';
import type { Traffic } from '../../../domain/forecast/traffic.ts';
import { drawPasts, playReleases } from '../../../domain/forecast/trial.ts';
import type { Metric, Plan } from '../../../domain/plan/plan.ts';
import type { Detect } from '../../../domain/statistics/sequential/detect.ts';
import { bake, errors, planOf, weight } from '../../support/ledger-lines.ts';

/*
 * By hand: 5 % from second 18 on, 25 % from 620 on, 100 % from 1222 on, and it ends at 1224. The first windows are known at
 * 220, 280, 340, ...; those from the tenth on, behind the second shift, at 820, 880, 940. The way back takes 5 s.
 */
const traffic: Traffic = { requestsPerSecond: 100, failureRate: 0.01, slowRate: 0.01, dispersion: 1 };
const above = (share: number, failureLimit: number, name = 'errors'): Metric => ({
  ...errors,
  name,
  judge: {
    kind: 'threshold',
    failureCondition: `result[0] > ${share}`,
    failureLimit,
    inconclusiveLimit: 0,
    consecutiveErrorLimit: 4,
    intervalSeconds: 60,
    initialDelaySeconds: 0,
  },
});
const sequential: Metric = { ...errors, judge: { kind: 'sequential', margin: 1.25, share: 1, guard: true } };
const steps = [weight(5), bake(600), weight(25), bake(600), weight(100)];
/** A threshold by which nothing was good yet holds nothing up here. */
const hold = { atMostSeconds: 0, then: 'proceed' } as const;
const stepped = (...metrics: Metric[]): Plan => planOf({ metrics, steps, hold });
const promising = (...metrics: Metric[]): Plan =>
  planOf({ metrics, steps, sequential: { alpha: 0.01, detect: { ratio: 2, power: 0.8 } } });
const DEFAULT = { alpha: 0.01, detect: { ratio: 2, atLeast: 0.01, power: 0.8, gross: 0.1 } };
const half = { name: 'x50', failureRate: 0.5 };
function effectOf(plan: Plan, fault = half, of = traffic): EffectForecast {
  const [effect] = forecast(plan, of, { releases: 20, seed: 1, faults: [fault] }).effects;
  if (effect === undefined) throw new Error('no fault was played');
  return effect;
}

describe('what is foreseen of a fault', () => {
  it('is when the dial is back at 0, and what it cost until then', () => {
    // the third window is known at 340: 327 s at 5 requests a second, of which 49 % more fail
    expect(effectOf(stepped(above(0.3, 2)))).toEqual({
      fault: half,
      found: 1,
      error: 0.05,
      noEvidence: 0,
      medianSeconds: 327,
      slowestTenthSeconds: 327,
      excessFailed: expect.closeTo(327 * 5 * 0.49, 6),
      // no release came to the second stay
      foundByStay: [1],
    });
  });

  it('costs what each weight cost for as long as it lasted', () => {
    // the twelfth window is known at 940: 602 s at 5 %, and 325 s at 25 %
    expect(effectOf(stepped(above(0.3, 11)))).toMatchObject({
      medianSeconds: 927,
      excessFailed: expect.closeTo((602 * 5 + 325 * 25) * 0.49, 6),
      foundByStay: [0, 1],
    });
  });

  it('that nobody finds costs until the release has ended, and takes no time to be found', () => {
    expect(effectOf(stepped(above(0.3, 99)))).toEqual({
      fault: half,
      found: 0,
      error: 0.05,
      noEvidence: 0,
      medianSeconds: null,
      slowestTenthSeconds: null,
      excessFailed: expect.closeTo((602 * 5 + 602 * 25 + 2 * 100) * 0.49, 6),
      foundByStay: [0, 0],
    });
  });

  it('that nobody finds costs until the release stops, where it holds too long to end', () => {
    // 2 requests a second show nothing: 18 to 620, and ten minutes of holding at 0.1 requests a second
    const fault = { name: 'x1.5', failureRate: 0.015 };
    const { found, noEvidence, excessFailed } = effectOf(promising(sequential), fault, {
      ...traffic,
      requestsPerSecond: 2,
    });
    expect([found, noEvidence]).toEqual([0, 1]);
    expect(excessFailed).toBeCloseTo(1202 * 0.1 * 0.005, 9);
  });

  it('is found by a stay whose end is the very instant at which the window is known', () => {
    const of = (seconds: number) =>
      effectOf(planOf({ metrics: [above(0.3, 0)], steps: [weight(5), bake(seconds), bake(600)], hold }));
    expect(of(200).foundByStay).toEqual([1]);
    expect(of(199).foundByStay).toEqual([0, 1]);
  });

  it('costs nothing in a plan that never gives the canary traffic', () => {
    expect(effectOf(planOf({ metrics: [above(0.3, 0)], steps: [bake(600)] }))).toMatchObject({
      found: 0,
      excessFailed: 0,
    });
  });

  it('costs all requests but those that stable would have failed, where every one fails', () => {
    expect(effectOf(stepped(above(0.3, 2)), { name: 'all', failureRate: 1 }).excessFailed).toBeCloseTo(
      327 * 5 * 0.99,
      6,
    );
  });

  it('counts from the first weight above 0', () => {
    // shifts at 18 and at 80; the third whole window, 240 to 300, is known at 400
    const plan = planOf({ metrics: [above(0.3, 2)], steps: [weight(0), bake(60), weight(5), bake(600)], hold });
    expect(effectOf(plan)).toMatchObject({ medianSeconds: 325, excessFailed: expect.closeTo(325 * 5 * 0.49, 6) });
  });

  it('is of many releases the middle one, the slowest tenth, and the share that was found by then', () => {
    // Prepare: in each window a coin is thrown, so that releases end in any of them
    const plan = stepped(above(0.01, 5));
    const options = { releases: 41, seed: 5 };
    const fault = { name: 'none', failureRate: 0.01 };
    const { releases } = playReleases(drawPasts(modelOf(plan, traffic), options), fault, options);
    const known = releases.filter(({ end }) => end === 'degraded').map(({ endSeconds }) => endSeconds);
    const sorted = known.map(seconds => seconds + 5 - 18).sort((a, b) => a - b);
    expect(new Set(sorted).size).toBeGreaterThan(3);
    // Act
    const [effect] = forecast(plan, traffic, { ...options, faults: [fault] }).effects;
    // Assess
    const share = known.length / 41;
    expect(effect).toMatchObject({
      found: share,
      error: Math.max(1 / 41, 1.96 * Math.sqrt((share * (1 - share)) / 41)),
      medianSeconds: sorted[Math.floor(known.length / 2)],
      slowestTenthSeconds: sorted[Math.floor(known.length * 0.9)],
      foundByStay: [
        known.filter(seconds => seconds <= 620).length / 41,
        known.filter(seconds => seconds <= 1222).length / 41,
      ],
    });
  });

  it('is found by the end of the stay in which it was, however long that held', () => {
    // no window was good by 620: the bake holds, and the twelfth bad one is known at 880, before the hold is over at 1220
    const plan = planOf({ metrics: [above(0.3, 11)], steps });
    expect(effectOf(plan)).toMatchObject({
      medianSeconds: 867,
      excessFailed: expect.closeTo(867 * 5 * 0.49, 6),
      foundByStay: [1],
    });
  });
});

describe('the faults of a forecast', () => {
  const named = (plan: Plan, failureRate: number) =>
    faultsOf(plan, { ...traffic, failureRate }).map(({ name, failureRate: rate }) => [
      name,
      Number(rate.toPrecision(6)),
    ]);
  const wishing = (detect: Partial<Detect> = {}) =>
    planOf({
      metrics: [sequential],
      sequential: { alpha: 0.01, detect: { ratio: 2, atLeast: 0.01, power: 0.8, gross: 0.1, ...detect } },
    });

  it('are multiples of what fails today, what the plan wants to see, and a gross one, the smallest first', () => {
    expect(named(wishing(), 0.002)).toEqual([
      ['x1.5', 0.003],
      ['x2', 0.004],
      ['x5', 0.01],
      ['+1 point', 0.012],
      ['x10', 0.02],
      ['+10 points', 0.102],
    ]);
  });

  it('are each named once: a doubling of 1 % is a point more', () => {
    expect(named(wishing(), 0.01).map(([name]) => name)).toEqual(['x1.5', 'x2', 'x5', 'x10', '+10 points']);
  });

  it('are points where nothing fails, and there is nothing to multiply', () => {
    expect(named(wishing(), 0)).toEqual([
      ['+0.5 points', 0.005],
      ['+1 point', 0.01],
      ['+2 points', 0.02],
      ['+10 points', 0.1],
    ]);
    expect(named(wishing({ atLeast: 0.03, gross: 0.2 }), 0).map(([name]) => name)).toEqual([
      '+0.5 points',
      '+1 point',
      '+2 points',
      '+3 points',
      '+10 points',
      '+20 points',
    ]);
  });

  it('leave out what cannot be: a canary that fails more often than always', () => {
    // what the plan wants to see is a doubling, and no gross fault is less than that
    expect(named(wishing(), 0.3).map(([name]) => name)).toEqual(['x1.5', 'x2']);
    expect(named(wishing(), 0.8)).toEqual([]);
  });

  it('are multiples alone where the plan wants to see nothing of its own', () => {
    expect(named(stepped(above(0.3, 2)), 0.002).map(([name]) => name)).toEqual(['x1.5', 'x2', 'x5', 'x10']);
  });
});

describe('a whole forecast', () => {
  const options = { releases: 10, seed: 3 };

  it('is of the traffic, the plan and the faults that it was asked for', () => {
    const plan = stepped(above(0.3, 2));
    const found = forecast(plan, traffic, options);
    expect(found).toMatchObject({ traffic, releases: 10, notForecast: [], blind: [] });
    expect(found.healthy).toMatchObject({ promoted: 1, held: 0, seconds: 1224 });
    expect(found.effects.map(({ fault }) => fault)).toEqual(faultsOf(plan, traffic));
    expect(found.stays.map(({ step, weight }) => [step, weight])).toEqual([
      [1, 5],
      [3, 25],
    ]);
    const some = forecast(plan, traffic, { ...options, faults: [half] });
    expect(some.effects.map(({ fault }) => fault)).toEqual([half]);
    expect(some.healthy).toEqual(found.healthy);
  });

  it.each<[string, Plan, number | null]>([
    ['sequential metrics', promising(sequential), 0.01],
    ['a threshold', stepped(above(0.3, 2)), null],
    ['both', promising(sequential, above(0.3, 2, 'share')), null],
    ['none', stepped(), null],
  ])('promises of false alarms what its metrics promise: %s', (_, plan, promised) => {
    expect(forecast(plan, traffic, { ...options, faults: [] }).healthy.promised).toBe(promised);
  });

  it('sees the false alarms of healthy releases, and says how sure it is of them', () => {
    const coin = stepped(above(0.01, 8));
    const fault = { name: 'none', failureRate: 0.01 };
    const played = playReleases(drawPasts(modelOf(coin, traffic), options), fault, { ...options, releases: 40 });
    const seen = played.releases.filter(({ end }) => end === 'degraded').length / 40;
    expect(seen).toBeGreaterThan(0.05);
    expect(seen).toBeLessThan(0.9);
    expect(forecast(coin, traffic, { ...options, releases: 40, faults: [] }).healthy).toEqual({
      promoted: 1 - seen,
      falseAlarms: seen,
      noEvidence: 0,
      held: 0,
      error: 1.96 * Math.sqrt((seen * (1 - seen)) / 40),
      promised: null,
      seconds: 1224,
    });
    const none = forecast(stepped(above(0.3, 0)), traffic, { ...options, faults: [] }).healthy;
    expect(none).toMatchObject({ falseAlarms: 0, error: 0.1 });
  });

  it.each([0.15, 2, 5, 20, 300])(
    'has three shares of healthy releases that add up, at %d requests a second',
    requestsPerSecond => {
      const plan = { ...promising(sequential), sequential: DEFAULT, soakSeconds: 0 };
      const { healthy } = forecast(plan, { ...traffic, requestsPerSecond }, { releases: 30, seed: 2, faults: [] });
      const { promoted, falseAlarms, noEvidence, held } = healthy;
      expect(promoted + falseAlarms + noEvidence).toBeCloseTo(1, 12);
      expect(held).toBeLessThanOrEqual(promoted);
      expect(healthy.seconds === null).toBe(promoted === 0);
      expect(Math.min(promoted, falseAlarms, noEvidence)).toBeGreaterThanOrEqual(0);
    },
  );

  it('has no time of healthy releases where none is promoted', () => {
    const plan = { ...promising(sequential), sequential: DEFAULT };
    const { healthy } = forecast(plan, { ...traffic, requestsPerSecond: 0.15 }, { ...options, faults: [] });
    expect(healthy).toMatchObject({ promoted: 0, falseAlarms: 0, noEvidence: 1, held: 0, seconds: null });
  });

  it('of healthy releases and of what the plan wants to see is the same where nothing else is asked', () => {
    const plan = { ...promising(sequential), sequential: DEFAULT };
    // a point more than 1 %
    const wanted = { name: 'detect', failureRate: 0.02 };
    const made = forecast(plan, traffic, { ...options, faults: [wanted] });
    expect(foreseen(plan, traffic, options)).toEqual({ healthy: made.healthy, effect: made.effects[0] });
    expect(foreseen(stepped(above(0.3, 2)), traffic, options).effect).toBeUndefined();
  });
});

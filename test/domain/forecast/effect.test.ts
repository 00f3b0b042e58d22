import { describe, expect, it } from 'vitest';
import { forecast, foreseenEffect, shareFound } from '../../../domain/forecast/forecast.ts';
import { enoughSeenBy, modelOf } from '../../../domain/forecast/model.ts';
import { scheduleOf } from '../../../domain/forecast/schedule.ts';
import type { Traffic } from '../../../domain/forecast/traffic.ts';
import { playReleases } from '../../../domain/forecast/trial.ts';
import type { Metric, Plan } from '../../../domain/plan/plan.ts';
import { bake, errors, planOf, weight } from '../../support/story.ts';

/*
 * By hand: 5 % from second 18 on, 25 % from 620 on, 100 % from 1222 on, and it ends at 1224. The first windows are known at
 * 220, 280, 340, ...; those from the tenth on, behind the second shift, at 820, 880, 940. The way back takes 5 s.
 */
const traffic: Traffic = { requestsPerSecond: 100, failureRate: 0.01, slowRate: 0.01, dispersion: 1 };
const above = (share: number, failureLimit: number): Metric => ({
  ...errors,
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
const stepped = (...metrics: Metric[]): Plan => planOf({ metrics, steps });
const promising = (...metrics: Metric[]): Plan =>
  planOf({ metrics, steps, sequential: { alpha: 0.01, detect: { ratio: 2, power: 0.8 } } });
const effectOf = (plan: Plan, ratio = 50, of = traffic) => foreseenEffect(plan, of, { ratio, releases: 20, seed: 1 });

describe('what is foreseen of a fault', () => {
  it('is when the dial is back at 0, and what it cost until then', () => {
    // the third window is known at 340: 327 s at 5 requests a second, of which 49 % more fail
    expect(effectOf(stepped(above(0.3, 2)))).toEqual({
      ratio: 50,
      found: 1,
      error: 0.05,
      medianSeconds: 327,
      slowestTenthSeconds: 327,
      excessFailed: expect.closeTo(327 * 5 * 0.49, 6),
      foundByStay: [1, 1],
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
      ratio: 50,
      found: 0,
      error: 0.05,
      medianSeconds: null,
      slowestTenthSeconds: null,
      excessFailed: expect.closeTo((602 * 5 + 602 * 25 + 2 * 100) * 0.49, 6),
      foundByStay: [0, 0],
    });
  });

  it('that nobody finds costs until the release stops, where it holds too long to end', () => {
    // 2 requests a second show nothing: 18 to 620, and ten minutes of holding at 0.1 requests a second
    const { found, excessFailed } = effectOf(promising(sequential), 1.5, { ...traffic, requestsPerSecond: 2 });
    expect(found).toBe(0);
    expect(excessFailed).toBeCloseTo(1202 * 0.1 * 0.005, 9);
  });

  it('is found by a stay whose end is the very instant at which the window is known', () => {
    const of = (seconds: number) =>
      effectOf(planOf({ metrics: [above(0.3, 0)], steps: [weight(5), bake(seconds), bake(600)] }));
    expect(of(200).foundByStay).toEqual([1, 1]);
    expect(of(199).foundByStay).toEqual([0, 1]);
  });

  it('costs nothing in a plan that never gives the canary traffic', () => {
    expect(effectOf(planOf({ metrics: [above(0.3, 0)], steps: [bake(600)] }))).toMatchObject({
      found: 0,
      excessFailed: 0,
    });
  });

  it('never costs more than every request', () => {
    expect(effectOf(stepped(above(0.3, 2)), 1_000).excessFailed).toBeCloseTo(327 * 5 * 0.99, 6);
  });

  it('counts from the first weight above 0', () => {
    // shifts at 18 and at 80; the third whole window, 240 to 300, is known at 400
    const plan = planOf({ metrics: [above(0.3, 2)], steps: [weight(0), bake(60), weight(5), bake(600)] });
    expect(effectOf(plan)).toMatchObject({ medianSeconds: 325, excessFailed: expect.closeTo(325 * 5 * 0.49, 6) });
  });

  it('is of many releases the middle one, the slowest tenth, and the share that was found by then', () => {
    // Prepare: in each window a coin is thrown, so that releases end in any of them
    const [plan, fault] = [stepped(above(0.01, 5)), { ratio: 1, releases: 41, seed: 5 }];
    const model = modelOf(plan, traffic);
    const schedule = scheduleOf(plan, enoughSeenBy(model));
    const known = [...playReleases(model, schedule, fault).foundIn].flatMap(
      index => schedule.windows[index]?.knownSeconds ?? [],
    );
    const sorted = known.map(seconds => seconds + 5 - 18).sort((a, b) => a - b);
    expect(new Set(sorted).size).toBeGreaterThan(3);
    // Act
    const effect = foreseenEffect(plan, traffic, fault);
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
});

describe('a whole forecast', () => {
  const options = { releases: 10, seed: 3 };

  it('is of four faults, of the traffic and the plan that it was asked for', () => {
    const plan = stepped(above(0.3, 2));
    const found = forecast(plan, traffic, options);
    expect(found).toMatchObject({ traffic, releases: 10, healthySeconds: 1224, notForecast: [], blind: [] });
    expect(found.effects.map(({ ratio }) => ratio)).toEqual([1.5, 2, 5, 10]);
    expect(found.stays.map(({ step, weight }) => [step, weight])).toEqual([
      [1, 5],
      [3, 25],
    ]);
    const some = forecast(plan, traffic, { ...options, ratios: [50] });
    expect(some.effects).toEqual([foreseenEffect(plan, traffic, { ...options, ratio: 50 })]);
  });

  it.each<[string, Plan, number | null]>([
    ['sequential metrics', promising(sequential), 0.01],
    ['a threshold', stepped(above(0.3, 2)), null],
    ['both', promising(sequential, above(0.3, 2)), null],
    ['none', stepped(), null],
  ])('promises of false alarms what its metrics promise: %s', (_, plan, promised) => {
    expect(forecast(plan, traffic, { ...options, ratios: [] }).falseAlarms.promised).toBe(promised);
  });

  it('sees the false alarms of healthy releases, and says how sure it is of them', () => {
    const coin = stepped(above(0.01, 8));
    const model = modelOf(coin, traffic);
    const seen = shareFound(
      playReleases(model, scheduleOf(coin, enoughSeenBy(model)), { ...options, ratio: 1, releases: 40 }),
    );
    expect(seen).toBeGreaterThan(0.05);
    expect(seen).toBeLessThan(0.9);
    expect(forecast(coin, traffic, { ...options, releases: 40, ratios: [] }).falseAlarms).toEqual({
      promised: null,
      seen,
      error: 1.96 * Math.sqrt((seen * (1 - seen)) / 40),
    });
    expect(forecast(stepped(above(0.3, 0)), traffic, { ...options, ratios: [] }).falseAlarms).toMatchObject({
      seen: 0,
      error: 0.1,
    });
  });
});

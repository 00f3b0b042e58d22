import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../domain/forecast/model.ts';
import type { ForecastWindow, Schedule } from '../../../domain/forecast/schedule.ts';
import type { Traffic } from '../../../domain/forecast/traffic.ts';
import { playReleases } from '../../../domain/forecast/trial.ts';
import type { Metric, Plan } from '../../../domain/plan/plan.ts';
import { bake, errors, planOf, weight } from '../../support/story.ts';

/** Half of the requests fail at x50, and none or so at x1. */
const traffic: Traffic = { requestsPerSecond: 20, failureRate: 0.01, slowRate: 0.01, dispersion: 1 };
const scheduled = (...weights: number[]): Schedule => {
  const windows = weights.map((weight, i): ForecastWindow => {
    const startSeconds = (i + 1) * 60;
    return { startSeconds, endSeconds: startSeconds + 60, knownSeconds: startSeconds + 160, weight };
  });
  return { windows, stays: [], weights: [], endSeconds: null, untilSeconds: 0 };
};
const tenAt50 = scheduled(...Array.from({ length: 10 }, () => 50));
const play = (
  plan: Plan,
  ratio: number,
  {
    schedule = tenAt50,
    of = traffic,
    releases = 20,
    seed = 1,
  }: { schedule?: Schedule; of?: Traffic; releases?: number; seed?: number } = {},
) => playReleases(modelOf(plan, of), schedule, { ratio, releases, seed });
const all = (index: number, releases = 20) => Array.from({ length: releases }, () => index);

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
const watching = (...metrics: Metric[]) =>
  planOf({ metrics, sequential: { alpha: 0.01, detect: { ratio: 2, power: 0.8 } } });
const slow = { ...errors.source, measure: { kind: 'slowerThan', thresholdsSeconds: [0.3, 1] } } as Metric['source'];

describe('releases that are played', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])(
    'go back with the window that breaks a limit of %d bad ones',
    failureLimit => {
      const { ratio, releases, foundIn } = play(planOf({ metrics: [above(0.3, failureLimit)] }), 50);
      expect([ratio, releases, [...foundIn]]).toEqual([50, 20, all(failureLimit)]);
    },
  );

  it.each([
    [42, 0],
    [43, 1],
    [120, 2],
  ])('are measured from the first window that begins %d s after the first weight', (initialDelaySeconds, index) => {
    // the first weight is at second 18, and the windows begin at 60, 120 and 180
    const late = { ...above(0.3, 0), judge: { ...above(0.3, 0).judge, initialDelaySeconds } } as Metric;
    expect([...play(planOf({ metrics: [late], steps: [weight(50), bake(600)] }), 50).foundIn]).toEqual(all(index));
  });

  it('do not go back where no limit is broken', () => {
    expect([...play(planOf({ metrics: [above(0.3, 10)] }), 50).foundIn]).toEqual(all(-1));
    expect([...play(planOf({ metrics: [above(0.3, 0)] }), 1).foundIn]).toEqual(all(-1));
    expect([...play(planOf({ metrics: [above(0.3, 0)] }), 50, { schedule: scheduled() }).foundIn]).toEqual(all(-1));
    expect([...play(planOf({ metrics: [] }), 50).foundIn]).toEqual(all(-1));
  });

  it('go back by the sequential judge as soon as two windows agree', () => {
    expect([...play(watching(sequential), 50).foundIn]).toEqual(all(1));
    expect([...play(watching(sequential), 1).foundIn]).toEqual(all(-1));
  });

  it('go back with the first of their judges', () => {
    expect([...play(watching(sequential, above(0.3, 0)), 50).foundIn]).toEqual(all(0));
    expect([...play(watching(above(0.3, 4, 'late'), sequential), 50).foundIn]).toEqual(all(1));
    expect([...play(planOf({ metrics: [above(0.3, 4), above(0.3, 2, 'b')] }), 50).foundIn]).toEqual(all(2));
    // one that finds nothing keeps nothing from the other
    expect([...play(watching({ ...sequential, source: slow }, above(0.3, 3)), 50).foundIn]).toEqual(all(3));
    expect([...play(watching(sequential, above(0.9, 0)), 50).foundIn]).toEqual(all(1));
  });

  it('have no values: a judge of those finds nothing', () => {
    const p99: Metric = {
      ...above(-1, 0),
      source: { kind: 'cloudwatch', measure: { kind: 'percentile', percentile: 99 } },
    };
    expect([...play(planOf({ metrics: [p99] }), 50).foundIn]).toEqual(all(-1));
  });

  it('fail more often and are not slower, whatever the thresholds', () => {
    expect([...play(planOf({ metrics: [{ ...above(0.3, 0), source: slow }] }), 50).foundIn]).toEqual(all(-1));
    const slower = { ...traffic, slowRate: 0.5 };
    expect([...play(planOf({ metrics: [{ ...above(0.3, 1), source: slow }] }), 1, { of: slower }).foundIn]).toEqual(
      all(1),
    );
    // the second threshold is counted too
    const second = {
      ...above(0.3, 1),
      source: slow,
      judge: { ...above(0, 1).judge, failureCondition: 'result[1] > 0.3' },
    };
    expect([...play(planOf({ metrics: [second as Metric] }), 1, { of: slower }).foundIn]).toEqual(all(1));
  });

  it('never fail more often than always', () => {
    const always = { ...above(0, 0), judge: { ...above(0, 0).judge, failureCondition: 'result[0] == 1' } } as Metric;
    expect([...play(planOf({ metrics: [always] }), 5_000).foundIn]).toEqual(all(0));
    expect([...play(watching(sequential), 5_000, { of: { ...traffic, dispersion: 9 } }).foundIn]).toEqual(all(1));
  });

  it('compare with a stable version that fails as it always did, while it has traffic', () => {
    // at 100 requests a second and 50 % both have 3,000 in a window, of which half and 30 fail
    const of = { ...traffic, requestsPerSecond: 100 };
    const relative = (max: number): Metric => ({
      ...errors,
      judge: { kind: 'relative', max, failureLimit: 0, minRequests: 1, ceiling: 0.3 },
    });
    expect([...play(planOf({ metrics: [relative(10)] }), 50, { of }).foundIn]).toEqual(all(0));
    expect([...play(planOf({ metrics: [relative(10)] }), 1, { of }).foundIn]).toEqual(all(-1));
    // at weight 100 there is nothing to compare with, and the ceiling judges
    const alone = scheduled(50, 50, 100, 100);
    expect([...play(planOf({ metrics: [relative(100_000)] }), 50, { schedule: alone }).foundIn]).toEqual(all(2));
    expect([
      ...play(watching({ ...sequential, judge: { ...sequential.judge, ceiling: 0.02 } } as Metric), 50, {
        schedule: scheduled(100, 100),
      }).foundIn,
    ]).toEqual(all(1));
  });

  it('are the same with the same seed, and others with another seed or another fault', () => {
    // a coin is thrown for each window: more than 1 % or not
    const coin = planOf({ metrics: [above(0.01, 2)] });
    const slowCoin = planOf({ metrics: [{ ...above(0.01, 2), source: slow }] });
    const found = (plan: Plan, ratio: number, seed: number) => [...play(plan, ratio, { seed, releases: 50 }).foundIn];
    expect(found(coin, 1, 7)).toEqual(found(coin, 1, 7));
    expect(found(coin, 1, 8)).not.toEqual(found(coin, 1, 7));
    // slow answers do not depend on the fault, but the numbers that are drawn do
    expect(found(slowCoin, 1.5, 7)).not.toEqual(found(slowCoin, 2, 7));
    expect(new Set(found(coin, 1, 7)).size).toBeGreaterThan(2);
  });
});

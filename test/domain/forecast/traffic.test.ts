import { describe, expect, it } from 'vitest';
import { countsSlowOnes, isCounted, rateOf, trafficOf } from '../../../domain/forecast/traffic.ts';
import type { Baseline } from '../../../domain/judges/sequential/baseline.ts';
import type { Metric } from '../../../domain/plan/plan.ts';
import { errors, planOf } from '../../support/ledger-lines.ts';

const slow: Metric = {
  ...errors,
  name: 'slow',
  source: { kind: 'cloudwatch', measure: { kind: 'slowerThan', thresholdsSeconds: [0.3, 1] } },
};
const p99: Metric = {
  ...errors,
  name: 'p99',
  source: { kind: 'cloudwatch', measure: { kind: 'percentile', percentile: 99 } },
};
const past = (requests: number, bad: number[], phi = [1]): Baseline => ({
  windows: 90,
  requests,
  bad,
  phi,
  assumed: false,
});
const of = (metrics: Metric[], seen: Record<string, Baseline>) => trafficOf(planOf({ metrics }), seen);

describe('the traffic that the past shows', () => {
  it('is its requests a second, how many failed, how many were slow, and the largest dispersion', () => {
    // 54,000 requests in 90 minutes are 10 a second
    const seen = { errors: past(54_000, [54], [1.2]), slow: past(54_000, [540, 27], [2.5, 9]) };
    const traffic = { requestsPerSecond: 10, failureRate: 0.001, slowRate: 0.01, dispersion: 2.5 };
    expect(of([errors, slow], seen)).toEqual(traffic);
    expect(of([slow, errors], seen)).toEqual(traffic);
  });

  it('has for what no metric counts the rate of one that does', () => {
    expect(of([errors], { errors: past(54_000, [54]) })).toMatchObject({ failureRate: 0.001, slowRate: 0.001 });
    expect(of([slow], { slow: past(54_000, [540, 27]) })).toMatchObject({ failureRate: 0.01, slowRate: 0.01 });
  });

  it('has no failures where there were none, and no dispersion below 1', () => {
    expect(of([errors], { errors: past(1_000, [0], [0.5]) })).toMatchObject({ failureRate: 0, dispersion: 1 });
    expect(of([errors], { errors: past(1_000, [], []) })).toMatchObject({ failureRate: 0, dispersion: 1 });
  });

  it('is what the first metric with requests says: one without, or that counts none, says nothing', () => {
    const seen = { p99: past(90_000, [9]), errors: past(0, [0], [7]), slow: past(54_000, [540], [2]) };
    expect(of([p99, errors, slow], seen)).toEqual({
      requestsPerSecond: 10,
      failureRate: 0.01,
      slowRate: 0.01,
      dispersion: 2,
    });
    expect(of([p99, errors], seen)).toBeUndefined();
    expect(of([errors], {})).toBeUndefined();
  });

  it('is by the length of the windows that the plan has', () => {
    const plan = planOf({ metrics: [errors], windowSeconds: 300 });
    expect(trafficOf(plan, { errors: past(54_000, [54]) })?.requestsPerSecond).toBe(2);
  });
});

it('of a metric the rate is that of what it counts: failures, or slow answers', () => {
  const traffic = { requestsPerSecond: 1, failureRate: 0.001, slowRate: 0.01, dispersion: 1 };
  expect([errors, slow].map(metric => rateOf(metric, traffic))).toEqual([0.001, 0.01]);
  expect([errors, slow, p99].map(isCounted)).toEqual([true, true, false]);
  expect([errors, slow].map(countsSlowOnes)).toEqual([false, true]);
});

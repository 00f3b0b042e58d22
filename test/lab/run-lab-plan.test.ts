import { describe, expect, it } from 'vitest';
import type { Plan } from '../../domain/plan/plan.ts';
import { emptyTally, type LoadReport } from '../../lab/load/report.ts';
import { defaultPlan, slowMsOf, type Usual, usualOf } from '../../lab/run-lab-plan.ts';

const fine: Usual = { failedShare: 0, slowShare: 0, p50Ms: 4, p99Ms: 20 };
const planFor = (usual: Usual, requestsPerSecond = 50): Plan =>
  defaultPlan({ workload: 'app', usual, requestsPerSecond, compress: 40 });
const weightsOf = (plan: Plan) => plan.steps.flatMap(step => (step.kind === 'setWeight' ? [step.weight] : []));
const conditionOf = (plan: Plan, name: string) => {
  const judge = plan.metrics.find(metric => metric.name === name)?.judge;
  return judge?.kind === 'threshold' ? judge.failureCondition : undefined;
};

describe('the plan of a lab without --plan', () => {
  it('goes through several weights and a soak, and judges failed and slow requests', () => {
    const plan = planFor(fine);
    expect(weightsOf(plan)).toEqual([10, 25, 50, 100]);
    expect(plan).toMatchObject({ workload: 'app', strategy: 'canary', soakSeconds: 180 });
    expect(conditionOf(plan, 'errors')).toBe('result[0] > 0.05');
    expect(plan.metrics[1]?.source.measure).toEqual({ kind: 'slowerThan', thresholdsSeconds: [0.25] });
  });

  it.each([
    // requests in a window of 60 s / 40 = 1.5 s: 10 % of 50/s are 7.5; of 10/s 1.5, and 25 % are 3.75; of 1/s nothing is enough
    [50, [10, 25, 50, 100]],
    [10, [25, 50, 100]],
    [1, [50, 100]],
  ])('has no weight that %s requests a second are too few for', (requestsPerSecond, weights) => {
    expect(weightsOf(planFor(fine, requestsPerSecond))).toEqual(weights);
  });

  it('allows the canary what stable does itself', () => {
    // twice the 10 % that fail; three times its p50 of 2 s is more than 1.5 times its p99 of 3 s
    const plan = planFor({ failedShare: 0.1, slowShare: 1, p50Ms: 2_000, p99Ms: 3_000 });
    expect(conditionOf(plan, 'errors')).toBe('result[0] > 0.2');
    expect(plan.metrics[1]?.source.measure).toEqual({ kind: 'slowerThan', thresholdsSeconds: [6] });
  });

  it('is not moved by a stall that made few answers late', () => {
    expect(slowMsOf({ failedShare: 0, slowShare: 0.05, p50Ms: 5, p99Ms: 1_000 })).toBe(250);
  });

  it('is a plan whatever stable does, none of its requests answered included', () => {
    expect(planFor({ failedShare: 1, slowShare: 0 }).steps.length).toBeGreaterThan(2);
    expect(slowMsOf({ failedShare: 0, slowShare: 1, p50Ms: 1e9, p99Ms: 1e9 })).toBe(900_000);
    expect(planFor({ failedShare: 0, slowShare: 1, p50Ms: 1e9, p99Ms: 1e9 }).metrics).toHaveLength(2);
  });
});

it('what is usual is counted of the live group', () => {
  const blue = { ...emptyTally(), answers: { '2xx': 18, '3xx': 0, '4xx': 0, '5xx': 2 }, slow: 5, p50Ms: 3, p99Ms: 9 };
  const report: LoadReport = {
    startedAtEpochMs: 0,
    sent: 20,
    inFlight: 0,
    groups: { blue },
    noGroup: emptyTally(),
    latestMs: 0,
  };
  expect(usualOf(report, 'blue')).toEqual({ failedShare: 0.1, slowShare: 0.25, p50Ms: 3, p99Ms: 9 });
  expect(usualOf({ ...report, sent: 0, groups: {} }, 'blue')).toEqual({ failedShare: 0, slowShare: 0 });
});

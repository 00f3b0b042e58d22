import { describe, expect, it } from 'vitest';
import type { Plan } from '../../domain/plan/plan.ts';
import { emptyTally, type LoadReport } from '../../lab/load/report.ts';
import { defaultPlan, slowMsOf, type Usual, usualOf } from '../../lab/run-lab-plan.ts';

const fine: Usual = { failedShare: 0, share4xx: 0, p50Ms: 4, p99Ms: 20 };
const planFor = (usual: Usual, perPlanSecond = 10, mostMinutes = 60): Plan =>
  defaultPlan({ usual, perPlanSecond, mostMinutes });
const bakesOf = (plan: Plan) => plan.steps.flatMap(step => (step.kind === 'bake' ? [step.seconds / 60] : []));
const weightsOf = (plan: Plan) => plan.steps.flatMap(step => (step.kind === 'setWeight' ? [step.weight] : []));

describe('the plan of a lab without --plan', () => {
  it('goes through several weights and a soak; the default judge compares failures, 4xx, redirects and late answers, and has a ceiling for each in the soak', () => {
    const plan = planFor(fine);
    expect(weightsOf(plan)).toEqual([10, 25, 50, 100]);
    expect(plan).toMatchObject({ workload: 'app', strategy: 'canary', soakSeconds: 300 });
    expect(plan.metrics.map(({ source }) => source.measure)).toEqual([
      { kind: 'failedRequests' },
      { kind: 'target4xx' },
      { kind: 'target3xx' },
      // 50 + 1.5 x 4 ms
      { kind: 'slowerThan', thresholdsSeconds: [0.056, 0.5] },
    ]);
    // without a ceiling nothing is seen at 100 %, where there is no stable to compare with
    for (const { judge } of plan.metrics) expect(judge).toMatchObject({ kind: 'sequential', ceiling: 'auto' });
  });

  it.each([
    // 10 a second: 480 requests of the canary at 10 % in 8 minutes, 22 bad ones among them are 4.6 %
    [10, [8, 5, 5], { atLeast: 0.046, gross: 0.183 }],
    // the more the smaller, but not below what Sluice looks for by default
    [100, [8, 5, 5], { atLeast: 0.01, gross: 0.04 }],
    // 1 a second: 48 in 8 minutes, 100 in 16.7, of which 22 are more than a fifth
    [1, [17, 10, 10], { atLeast: 0.2, gross: 0.5 }],
    // and no longer than it may: 23 minutes of bakes and soak become 60
    [0.01, [21, 13, 13], { atLeast: 0.2, gross: 0.5 }],
  ])("at %s requests in a plan's second it bakes %j minutes, and is content with %j", (perPlanSecond, bakes, seen) => {
    const plan = planFor(fine, perPlanSecond);
    expect(bakesOf(plan)).toEqual(bakes);
    expect(plan.sequential?.detect).toMatchObject(seen);
  });

  it.each([
    // fast: what a busy computer adds is not late
    [2, [53, 500]],
    // slow: later than its own median, so that a few times slower is seen
    [100, [200, 500]],
    [1_000, [1_600, 3_100]],
    [1e9, [450_000, 900_000]],
  ])('where the median of stable is %s ms late is %j ms', (p50Ms, late) => {
    expect(slowMsOf({ p50Ms })).toEqual(late);
  });

  it('is a plan whatever stable does, none of its requests answered included', () => {
    expect(planFor({ failedShare: 1, share4xx: 0 }).steps.length).toBeGreaterThan(2);
    expect(planFor({ failedShare: 0, share4xx: 1, p50Ms: 1e9, p99Ms: 1e9 }).metrics).toHaveLength(4);
  });
});

it('what is usual is counted of the live group', () => {
  const blue = { ...emptyTally(), answers: { '2xx': 14, '3xx': 0, '4xx': 4, '5xx': 2 }, p50Ms: 3, p99Ms: 9 };
  const report: LoadReport = {
    startedAtEpochMs: 0,
    sent: 20,
    inFlight: 0,
    groups: { blue },
    noGroup: emptyTally(),
    latestMs: 0,
  };
  expect(usualOf(report, 'blue')).toEqual({ failedShare: 0.1, share4xx: 0.2, p50Ms: 3, p99Ms: 9 });
  expect(usualOf({ ...report, sent: 0, groups: {} }, 'blue')).toEqual({ failedShare: 0, share4xx: 0 });
});

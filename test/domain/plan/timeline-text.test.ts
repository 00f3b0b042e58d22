import { describe, expect, it } from 'vitest';
import { planTimeline } from '../../../domain/plan/timeline.ts';
import { clockText, timelineText } from '../../../domain/plan/timeline-text.ts';
import { measureText } from '../../../domain/sources/measure.ts';
import { changed, planOf, SMALL_PLAN } from '../../adapters/plan-file/plan-text.ts';
import { withMetric } from './issue-text.ts';

const textOf = (plan: string) => timelineText(planOf(plan), planTimeline(planOf(plan)));
const BARE = 'apiVersion: sluice/v1\nkind: Plan\nworkload: a\nstrategy: canary\nsteps: [{ setWeight: 100 }]\n';
const COUNTS = '{ kind: cloudwatch, bad: failedRequests }';

describe('a plan, printed', () => {
  it('tells what will happen, what judges and what it cannot promise', () => {
    expect(textOf(SMALL_PLAN)).toBe(`checkout: canary, promoted after 0:25:00 at the earliest, deadline 1:00:00

What will happen
  from start  weight  step
     0:00:00     0 %  deploy the canary to the idle slot, ready within 10m
     0:00:00     0 %  hook smoke: POST https://hooks.example.com/smoke (timeout 5m, 1 attempt)
     0:00:00     5 %  setWeight 5: scale up the canary, change traffic weights
     0:00:00     5 %  bake 5m
                        judged by errors, failing, p99
     0:05:00     5 %  analysis until failing has 10 measurements
                        judged by errors, failing, p99
     0:10:00     5 %  approval go-live: 1 of leads within 4h
                        judged by errors, failing, p99
     0:10:00   100 %  setWeight 100: scale up the canary, change traffic weights
     0:10:00   100 %  soak 15m: stable keeps its full size for a quick roll back
                        judged by errors, failing
     0:25:00   100 %  promoted: the canary is live, stable is scaled down
  Times are the earliest: readiness, hooks, approvals and holds come on top.
  Degraded: roll back at once.
  The canary's own pods: more than 3 restarts since they were ready, or replicas missing under traffic for more than 5m: roll back (notReady); hold where stable has the same trouble; none healthy while it has requests: roll back at once (notReady).
  Too little data when a step is over: hold for at most 0:30:00, then ask a person.

What judges
  - errors: failed requests, at most 1.5 times stable's; at weight 100 at most 1 %; 0 bad windows allowed
  - failing: failed requests, limit 5 %; every 1m; 0 bad windows allowed
  - p99: p99 of the response time in seconds, at most 1.2 times stable's; 0 bad windows allowed

What this plan cannot promise
${planTimeline(planOf(SMALL_PLAN))
  .caveats.map(sentence => `  - ${sentence}\n`)
  .join('')}`);
  });

  it('has no judges where there are none, and no soak', () => {
    expect(textOf(BARE)).toContain(`     0:00:00   100 %  promoted: the canary is live, stable is scaled down
  Times are the earliest: readiness, hooks, approvals and holds come on top.
  Degraded: roll back at once.
  The canary's own pods: more than 3 restarts since they were ready, or replicas missing under traffic for more than 5m: roll back (notReady); hold where stable has the same trouble; none healthy while it has requests: roll back at once (notReady).
  Too little data when a step is over: hold for at most 0:30:00, then roll back (noEvidence).

What this plan cannot promise
  - No metric`);
  });

  const AT_ONCE = 'none healthy while it has requests: roll back at once (notReady)';
  const ALIKE = 'roll back (notReady); hold where stable has the same trouble';
  it.each([
    [
      '{ restarts: 0, lostReplicas: 90s }',
      `more than 0 restarts since they were ready, or replicas missing under traffic for more than 1m 30s: ${ALIKE}; ${AT_ONCE}`,
    ],
    [
      '{ restarts: 1, lostReplicas: off }',
      `more than 1 restart since they were ready: ${ALIKE}; lost replicas are no evidence (off); ${AT_ONCE}`,
    ],
    [
      '{ restarts: off }',
      `replicas missing under traffic for more than 5m: ${ALIKE}; restarts are no evidence (off); ${AT_ONCE}`,
    ],
    ['{ restarts: off, lostReplicas: off }', `restarts and lost replicas are no evidence (off); ${AT_ONCE}`],
  ])('says what the pods are held to with canaryHealth: %s', (health, said) => {
    expect(textOf(`${BARE}canaryHealth: ${health}\n`)).toContain(`  The canary's own pods: ${said}.\n`);
  });

  it('says of a plan that was frozen before there were such limits that there are none', () => {
    const { canaryHealth: _, ...older } = planOf(BARE);
    expect(timelineText(older, planTimeline(older))).toContain(
      `  The canary's own pods: restarts and lost replicas are no evidence (off); ${AT_ONCE}.\n`,
    );
  });

  it('is as wide as its widest time', () => {
    const plan = planOf(BARE);
    const timeline = {
      ...planTimeline(plan),
      entries: [{ atSeconds: 36_000_000, weight: 100, what: 'x', judging: ['y'] }],
    };
    expect(timelineText(plan, timeline).split('\n').slice(2, 6)).toEqual([
      'What will happen',
      '   from start  weight  step',
      '  10000:00:00   100 %  x',
      '                         judged by y',
    ]);
  });

  it.each([
    [
      "hook: { name: a, url: 'https://a.example', timeout: 90s, retries: 2 }",
      'hook a: POST https://a.example (timeout 1m 30s, 3 attempts)',
    ],
    [
      'approval: { name: a, groups: [g, h], required: 2, within: 1h, notTheStarter: true }',
      'approval a: 2 of g, h within 1h, not by the starter',
    ],
    ['analysis: { metrics: [errors, p99], count: 3 }', 'analysis until errors, p99 have 3 measurements each'],
  ])('says of the step %s: %s', (step, said) => {
    expect(
      textOf(changed('bake: 5m', step))
        .split('\n')
        .map(line => line.replace(/^ +\S+ +\S+ % +/, '')),
    ).toContain(said);
  });
});

describe('how a metric judges, printed', () => {
  const judgeText = (plan: string, name = 'p99') =>
    textOf(plan)
      .split('\n')
      .find(line => line.startsWith(`  - ${name}: `))
      ?.slice(name.length + 6);

  it.each([
    [
      COUNTS,
      '{ kind: sequential }',
      "failed requests, bad if more than 1.25 times stable's share (sequential test); 100 % of alpha",
    ],
    [
      COUNTS,
      '{ kind: sequential, margin: 1.5, ceiling: auto, floor: 0.1% }',
      "failed requests, bad if more than 1.5 times stable's share and above 0.1 % (sequential test); at weight 100 at most a ceiling from stable's history; 100 % of alpha",
    ],
    [
      COUNTS,
      '{ kind: sequential, ceiling: 0.7% }',
      "failed requests, bad if more than 1.25 times stable's share (sequential test); at weight 100 at most 0.7 %; 100 % of alpha",
    ],
    [
      '{ kind: cloudwatch, alarm: burn }',
      '{ kind: alarm, failureLimit: 2 }',
      'the alarm burn, good if OK, bad if ALARM; 2 bad windows allowed',
    ],
    [
      '{ kind: cloudwatch, metric: { namespace: Shop, name: Orders } }',
      '{ kind: anomalyBand, bad: below, width: 3 }',
      'Average of Shop/Orders and its band of 3 standard deviations, bad if below; 1 bad window allowed',
    ],
    [
      COUNTS,
      "{ kind: threshold, successCondition: 'result[0] < 1', failureCondition: 'result[0] > 0.2', interval: 2m, failureLimit: -1, consecutiveSuccessLimit: 3 }",
      'failed requests, good if result[0] < 1, bad if result[0] > 0.2; every 2m; any number of bad windows allowed; done after 3 good in a row',
    ],
    [
      COUNTS,
      "{ kind: threshold, failureCondition: 'result[0] > 0.2', failureLimit: 1 }",
      'failed requests, limit 20 %; every 1m; 1 bad window allowed',
    ],
    [
      COUNTS,
      '{ kind: flagger, thresholdRange: { max: 500 } }',
      "failed requests, at most 500 in Flagger's units; every 1m; roll back at 1 failed check",
    ],
    [
      COUNTS,
      '{ kind: flagger, thresholdRange: { min: 99 }, threshold: 5 }',
      "failed requests, at least 99 in Flagger's units; every 1m; roll back at 5 failed checks",
    ],
    [
      COUNTS,
      '{ kind: flagger, thresholdRange: { min: 0, max: 100 }, interval: 2m }',
      "failed requests, at least 0 and at most 100 in Flagger's units; every 2m; roll back at 1 failed check",
    ],
    [
      COUNTS,
      '{ kind: mannWhitney }',
      "failed requests, bad if more than stable's at 98 % confidence (Mann-Whitney), in the group all; every 10m; roll back below a score of 75, hold below 95",
    ],
    [
      COUNTS,
      '{ kind: mannWhitney, direction: decrease, critical: true }',
      "failed requests, bad if less than stable's at 98 % confidence (Mann-Whitney), critical; every 10m; roll back below a score of 75, hold below 95",
    ],
    [
      COUNTS,
      '{ kind: mannWhitney, direction: either, confidence: 99.5%, groups: [a, b] }',
      "failed requests, bad if different from stable's at 99.5 % confidence (Mann-Whitney), in the groups a, b; every 10m; roll back below a score of 75, hold below 95",
    ],
    [
      COUNTS,
      '{ kind: relative, min: 0.99, failureLimit: 2 }',
      "failed requests, at least 0.99 times stable's; 2 bad windows allowed",
    ],
  ])('%s %s', (source, judge, said) => {
    expect(judgeText(withMetric(source, judge))).toBe(said);
  });

  it('sequentially tells of the promise that all such metrics share', () => {
    const plan = withMetric(COUNTS, '{ kind: sequential }');
    expect(judgeText(plan, 'alpha 1 %')).toBeUndefined();
    expect(textOf(plan)).toContain(`What judges
  - alpha 1 % for all sequential metrics together
  - a step goes on once a fault would have been found (power 80 %): 2 times the failures of stable, and at least 1 % of requests more
  - errors: `);
    expect(textOf(`${plan}promoteEarly: { beta: 5%, nonInferiority: 1.5, after: 90s }\n`)).toContain(
      '- alpha 1 % for all sequential metrics together; healthy: not 1.5 times as bad as stable (chance of error 5 %), ends a bake after 0:01:30\n',
    );
    expect(textOf(SMALL_PLAN)).not.toContain('alpha');
  });
});

describe('what a metric measures, in words', () => {
  it.each([
    [{ kind: 'failedRequests' }, 'failed requests'],
    [{ kind: 'target5xxAndConnectionErrors' }, 'target 5xx and connection errors'],
    [{ kind: 'target4xx' }, 'answers 4xx'],
    [{ kind: 'target3xx' }, 'redirects (answers 3xx)'],
    [{ kind: 'slowerThan', thresholdsSeconds: [0.3, 1.5] }, 'requests slower than 300 ms, 1500 ms'],
    [{ kind: 'percentile', percentile: 99.9 }, 'p99.9 of the response time in seconds'],
    [{ kind: 'alarm', alarm: 'burn' }, 'the alarm burn'],
    [
      { kind: 'metricValue', metric: { namespace: 'Shop', name: 'Orders', dimensions: {}, stat: 'Sum' } },
      'Sum of Shop/Orders',
    ],
    [
      { kind: 'band', width: 2, metric: { namespace: 'Shop', name: 'Orders', dimensions: {}, stat: 'p99' } },
      'p99 of Shop/Orders and its band of 2 standard deviations',
    ],
    [{ kind: 'counters', requests: 'hits', bad: 'errors' }, 'errors of hits'],
    [{ kind: 'histogram', buckets: 'd_bucket', thresholdsSeconds: [1.1] }, 'd_bucket above 1100 ms'],
    [{ kind: 'queryValue', query: 'sum(cpu)' }, 'sum(cpu)'],
    [{ kind: 'query', query: 'up', series: 'one' }, 'up'],
    [{ kind: 'json', url: 'https://a.example', jsonPath: '$.ok', headers: {} }, '$.ok of https://a.example'],
  ] as const)('%o: %s', (measure, said) => {
    expect(measureText(measure as Parameters<typeof measureText>[0])).toBe(said);
  });
});

describe('a time of the clock', () => {
  it.each([
    [0, '0:00:00'],
    [59, '0:00:59'],
    [60, '0:01:00'],
    [3599, '0:59:59'],
    [3600, '1:00:00'],
    [36_061, '10:01:01'],
  ])('%s s is %s', (seconds, said) => {
    expect(clockText(seconds)).toBe(said);
  });
});

import { describe, expect, it } from 'vitest';
import { changed, mistakesOf } from '../../adapters/plan-file/plan-text.ts';
import { issuesOf, withMetric } from './issue-text.ts';

const P99 = '{ kind: cloudwatch, value: { percentile: 99 } }';
const QUANTILE =
  "{ kind: prometheus, query: 'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))' }";
const threshold = (condition: string, source = P99) =>
  withMetric(source, `{ kind: threshold, successCondition: '${condition}' }`);
const flagger = (range: string, source = P99) => withMetric(source, `{ kind: flagger, thresholdRange: ${range} }`);

describe('a limit that no response time can reach is refused, with its unit and what was probably meant', () => {
  it.each([
    ['result[0] < 500', '500', '0.5'],
    ['result[0] <= 61', '61', '0.061'],
    ['500 > result[0]', '500', '0.5'],
    ['result[0] < 250000', '250000', '0.25'],
    ['max(result) < 500', '500', '0.5'],
    ['all(result, {# < 500})', '500', '0.5'],
    ['result[0] < 300 && result[0] > 0.001', '300', '0.3'],
    ['first(result) < 1e3', '1e3', '1'],
    ['default(result[0], 0) < 500', '500', '0.5'],
    ['result[0] < 0', '0', undefined],
    ['result[0] > -1', '-1', undefined],
    ['result[0] < 0.0000001', '0.0000001', undefined],
  ])('%s', (condition, under, guess) => {
    // Act
    const [mistake, ...others] = mistakesOf(threshold(condition));
    // Assess
    expect(others).toEqual([]);
    const { lineText = '', column = 0, length = 0 } = mistake?.at ?? {};
    expect(lineText.slice(column - 1, column - 1 + length)).toBe(under);
    expect(mistake?.found).toMatch(/, and this time is in seconds$/);
    expect(mistake?.guess).toBe(guess);
    if (guess !== undefined) expect(issuesOf(threshold(condition.replace(under, guess)))).toEqual([]);
  });

  it.each([
    [
      'of a metric of the load balancer',
      "{ kind: cloudwatch, metric: { namespace: AWS/ApplicationELB, name: TargetResponseTime, dimensions: { TargetGroup: '${targetGroup}' }, stat: p99 } }",
      'seconds',
    ],
    ['of a quantile of seconds', QUANTILE, 'seconds'],
    [
      'of a value of seconds',
      QUANTILE.replace('query:', 'value:').replace('bucket[', 'bucket{slot="${slot}"}['),
      'seconds',
    ],
  ])('%s', (_, source, unit) => {
    expect(issuesOf(threshold('result[0] < 500', source))).toEqual([
      expect.stringMatching(new RegExp(`500, and this time is in ${unit}; .*; perhaps 0.5$`)),
    ]);
  });

  it.each([
    ['{ max: 250000 }', '250'],
    ['{ max: 0.0005 }', undefined],
    ['{ min: 100000, max: 200000 }', '100'],
  ])("of Flagger's range, in milliseconds: %s", (range, guess) => {
    const [first] = issuesOf(flagger(range));
    expect(first).toContain('this time is in milliseconds');
    expect(first?.endsWith(`; perhaps ${guess}`)).toBe(guess !== undefined);
  });

  it('of slow requests too', () => {
    expect(
      issuesOf(withMetric('{ kind: cloudwatch, bad: { slowerThan: [1s, 90s] } }', '{ kind: relative, max: 2 }')),
    ).toEqual([
      "value metrics[2].source.bad.slowerThan[1]: '90s'; expected at most 1m, the load balancer's idle time-out (idleTimeout)",
    ]);
  });
});

describe('a limit that no share of requests can reach is refused', () => {
  const COUNTED = '{ kind: cloudwatch, bad: failedRequests }';
  const failure = (condition: string) =>
    withMetric(COUNTED, `{ kind: threshold, failureCondition: '${condition}', failureLimit: 1 }`);
  it.each([
    ['result[0] > 5', '> 5', '0.05'],
    ['result[0] > 2', '> 2', '0.02'],
    ['result[0] > 1', '> 1', undefined],
    ['1 < result[0]', '> 1', undefined],
    ['result[0] >= 1.5', '>= 1.5', '0.015'],
    ['result[0] > 0.1 || result[0] > 300', '> 300', undefined],
    ['result[0] < 0', '< 0', undefined],
    ['result[0] == -1', '== -1', undefined],
    ['max(result) > 50', '> 50', '0.5'],
  ])('%s', (condition, found, guess) => {
    const [said, ...others] = issuesOf(failure(condition));
    expect(others).toEqual([]);
    expect(said).toContain(`${found}, which no share of requests is; expected a limit from 0 (none) to 1`);
    expect(said?.endsWith(`; perhaps ${guess}`)).toBe(guess !== undefined);
  });

  it.each(['result[0] >= 1', 'result[0] > 0', 'result[0] > 0.999', 'len(result) > 5', 'result[0] * 100 > 5'])(
    'and %s is fine',
    condition => expect(issuesOf(failure(condition))).toEqual([]),
  );

  it('as it is of a count or a per cent of something else', () => {
    const orders = '{ kind: cloudwatch, metric: { namespace: Shop, name: Orders, dimensions: { Slot: "${slot}" } } }';
    expect(issuesOf(threshold('result[0] > 5', orders))).toEqual([]);
  });
});

describe('a limit of a response time is fine', () => {
  it.each([
    ['in seconds', threshold('result[0] < 0.5')],
    ['of the time-out itself', threshold('result[0] <= 60')],
    ['of what is computed in milliseconds', threshold('result[0] * 1000 < 500')],
    ['of how many there are', threshold('len(result) < 500')],
    ['of a sum that is one', threshold('result[0] < 500 / 1000')],
    ["in milliseconds in Flagger's range", flagger('{ min: 0, max: 500 }')],
    ['of what a query makes milliseconds of', threshold('result[0] < 500', QUANTILE.replace(")' }", ") * 1000' }"))],
    [
      'of a metric of which the unit is not known',
      threshold('result[0] < 500', "{ kind: prometheus, query: 'max(queue_depth)' }"),
    ],
    [
      'of a time-out that was made longer',
      changed('window: 60s', 'window: 60s\nidleTimeout: 10m', threshold('result[0] < 500')),
    ],
  ])('%s', (_, text) => {
    expect(issuesOf(text)).toEqual([]);
  });
});

it('a time-out is one that a load balancer takes', () => {
  expect(issuesOf(changed('window: 60s', 'window: 60s\nidleTimeout: 2h'))).toEqual([
    "value idleTimeout: '2h'; expected a duration of at most 4000s, which is the most that a load balancer takes",
  ]);
});

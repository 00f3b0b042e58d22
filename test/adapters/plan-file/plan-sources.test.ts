import { describe, expect, it } from 'vitest';
import { parseWorkload } from '../../../adapters/plan-file/read-plan.ts';
import type { Metric } from '../../../domain/plan/plan.ts';
import type { Workload } from '../../../domain/workload.ts';
import { changed, mistakesOf, planOf, shortly } from './plan-text.ts';

const THRESHOLD = "{ kind: threshold, failureCondition: 'result[0] > 0.5' }";
/** The small plan with its last metric replaced. */
const withMetric = (source: string, judge = THRESHOLD) =>
  changed(
    '{ kind: cloudwatch, value: { percentile: 99 } }\n    judge: { kind: relative, max: 1.2 }',
    `${source}\n    judge: ${judge}`,
  );
const metricOf = (source: string, judge?: string): Metric | undefined => planOf(withMetric(source, judge)).metrics[2];

describe('a metric source', () => {
  it.each([
    [
      '{ kind: prometheus, requests: \'hits{slot="${slot}"}\', bad: \'hits{slot="${slot}",code=~"5.."}\' }',
      '{ kind: relative, max: 2 }',
      { kind: 'counters', requests: 'hits{slot="${slot}"}', bad: 'hits{slot="${slot}",code=~"5.."}' },
    ],
    [
      '{ kind: prometheus, histogram: \'d_bucket{rev="${revision}"}\', slowerThan: [300ms, 1s] }',
      '{ kind: relative, max: 2, ceiling: 5% }',
      { kind: 'histogram', buckets: 'd_bucket{rev="${revision}"}', thresholdsSeconds: [0.3, 1] },
    ],
    [
      '{ kind: prometheus, value: \'sum(cpu{slot="${slot}"})\' }',
      '{ kind: relative, max: 2 }',
      { kind: 'queryValue', query: 'sum(cpu{slot="${slot}"})' },
    ],
    ["{ kind: prometheus, query: 'up' }", THRESHOLD, { kind: 'query', query: 'up', series: 'one' }],
    [
      "{ kind: prometheus, query: 'up', series: many }",
      "{ kind: threshold, successCondition: 'len(result) > 1' }",
      { kind: 'query', query: 'up', series: 'many' },
    ],
    [
      "{ kind: json, url: 'https://c.example/${workload}', jsonPath: '$.errors[0]' }",
      THRESHOLD,
      { kind: 'json', url: 'https://c.example/${workload}', jsonPath: '$.errors[0]', headers: {} },
    ],
    ['{ kind: cloudwatch, alarm: late }', '{ kind: alarm }', { kind: 'alarm', alarm: 'late' }],
    [
      '{ kind: cloudwatch, metric: { namespace: Shop, name: Orders } }',
      '{ kind: anomalyBand, width: 3 }',
      { kind: 'band', metric: { namespace: 'Shop', name: 'Orders', dimensions: {}, stat: 'Average' }, width: 3 },
    ],
    [
      "{ kind: cloudwatch, metric: { namespace: Shop, name: Orders, stat: Sum, dimensions: { Slot: '${slot}' } } }",
      '{ kind: relative, min: 0.5 }',
      {
        kind: 'metricValue',
        metric: { namespace: 'Shop', name: 'Orders', dimensions: { Slot: '${slot}' }, stat: 'Sum' },
      },
    ],
  ])('%s is read', (source, judge, measure) => {
    expect(metricOf(source, judge)?.source.measure).toEqual(measure);
  });

  it.each([
    ["{ kind: prometheus, query: 'up', value: 'up' }", 'query <- both value and query'],
    ["{ kind: prometheus, query: 'up', requests: 'a', bad: 'b' }", 'query <- both requests and query'],
    ['{ kind: prometheus, requests: \'hits{slot="${slot}"}\' }', 'no bad'],
    ["{ kind: prometheus, histogram: 'd_bucket' }", 'no slowerThan'],
    ['{ kind: prometheus }', 'none of requests with bad, histogram with slowerThan, value, query'],
    ['{ kind: prometheus, value: \'up{slot="${slot}"}\', series: one }', 'series <- series without query'],
    ['{ kind: prometheus, query: \'up{s="${slott}"}\' }', "the unknown variable '${slott}'"],
    ['{ kind: prometheus, query: \'up{s="${slot"}\' }', "'${' that is not closed"],
    ["{ kind: cloudwatch, alarm: '${targetGroup}' }", "the unknown variable '${targetGroup}'"],
    [
      '{ kind: prometheus, requests: \'sum(hits{slot="${slot}"})\', bad: \'hits{slot="${slot}"}\' }',
      '\'sum(hits{slot="${slot}"})\'',
    ],
    ['{ kind: prometheus, histogram: \'d_sum{slot="${slot}"}\', slowerThan: [1s] }', '\'d_sum{slot="${slot}"}\''],
    ["{ kind: prometheus, value: 'up' }", 'the same metric for both versions'],
    ["{ kind: json, url: 'http://c.example', jsonPath: $ }", "'http://c.example'"],
    ["{ kind: json, url: 'https://me:secret@c.example', jsonPath: $ }", "'https://me:secret@c.example'"],
    ["{ kind: json, url: 'https://c.example', jsonPath: '$.a[' }", "'$.a[': unclosed bracketed selection"],
    ["{ kind: json, url: 'https://c.example', jsonPath: 'a.b' }", "'a.b': expected '$', found 'a'"],
    ['{ kind: cloudwatch, alarm: late }', "the judge 'threshold' for the state of an alarm"],
  ])('%s is one mistake', (source, found) => {
    const mistakes = mistakesOf(withMetric(source));
    expect(mistakes.map(shortly)).toEqual([expect.stringContaining(found)]);
  });

  it.each([
    [
      "{ kind: prometheus, query: 'up' }",
      '{ kind: relative, max: 2 }',
      "the judge 'relative' for the result of a query",
    ],
    ['{ kind: cloudwatch, bad: failedRequests }', '{ kind: alarm }', "the judge 'alarm' for counts"],
    ['{ kind: cloudwatch, bad: failedRequests }', '{ kind: anomalyBand }', "the judge 'anomalyBand' for counts"],
    [
      '{ kind: cloudwatch, metric: { namespace: Shop, name: Orders } }',
      '{ kind: relative, max: 2 }',
      'the same metric for both versions',
    ],
    ["{ kind: prometheus, value: '${slot}' }", '{ kind: relative, max: 2, ceiling: 5% }', 'a ceiling for a value'],
  ])('%s with %s is one mistake', (source, judge, found) => {
    expect(mistakesOf(withMetric(source, judge)).map(shortly)).toEqual([expect.stringContaining(found)]);
  });

  it('shows the column of an unknown variable and of a mistake in a JSONPath, and what was probably meant', () => {
    const [variable] = mistakesOf(withMetric('{ kind: prometheus, query: \'up{s="${slott}"}\' }'));
    expect(variable?.at?.lineText.slice(variable.at.column - 1)).toMatch(/^\$\{slott\}/);
    expect(variable?.guess).toBe('${slot}');
    const [path] = mistakesOf(withMetric("{ kind: json, url: 'https://c.example', jsonPath: '$.a.b c' }"));
    expect(path?.at?.lineText.slice(path.at.column - 1)).toMatch(/^c'/);
  });

  it('has windows of any length where CloudWatch is not asked', () => {
    const prometheus = changed('{ kind: cloudwatch, bad: failedRequests }', "{ kind: prometheus, query: 'up' }");
    expect(mistakesOf(changed('window: 60s', 'window: 20s', prometheus)).map(shortly)).toEqual([
      expect.stringContaining("'20s'"),
      expect.stringContaining("the judge 'relative'"),
    ]);
  });

  it('of Prometheus needs a workload that names one', () => {
    const workload = (sources: string): Workload => {
      const text = `apiVersion: sluice/v1
kind: Workload
name: checkout
cluster: { name: prod, namespace: shop }
deployment: checkout
container: app
repositories: [{ name: checkout, tags: 'v*' }]
router:
  kind: alb
  rules: ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/shop/50dc6c495c0c9188/f2f7/9683']
  targetGroups:
    blue: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/checkout-blue/73e2'
    green: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/checkout-green/943f'
${sources}`;
      const parsed = parseWorkload(text, 'workload.yaml');
      if (parsed.kind === 'mistakes') throw new Error(JSON.stringify(parsed.mistakes));
      return parsed.workload;
    };
    const plan = withMetric("{ kind: prometheus, query: 'up' }");
    expect(mistakesOf(plan, workload('')).map(shortly)).toEqual([
      "prometheus <- 'prometheus', and the workload 'checkout' names none",
    ]);
    const named = workload("sources: { prometheus: { url: 'https://p.example/workspaces/ws-1', sigv4: true } }");
    expect(named.sources).toEqual({ prometheus: { url: 'https://p.example/workspaces/ws-1', sigv4: true } });
    expect(mistakesOf(plan, named)).toEqual([]);
  });
});

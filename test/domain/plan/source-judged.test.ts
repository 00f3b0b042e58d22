import { describe, expect, it } from 'vitest';
import { issuesOf, withMetric } from './issue-text.ts';

const RELATIVE = '{ kind: relative, max: 2 }';
const ANY = "{ kind: threshold, failureCondition: 'result > 5' }";
const cloudwatch = (keys: string, judge?: string) => withMetric(`{ kind: cloudwatch${keys} }`, judge);
const prometheus = (keys: string, judge?: string) => withMetric(`{ kind: prometheus${keys} }`, judge);
const json = (url: string, judge = ANY) => withMetric(`{ kind: json, url: '${url}', jsonPath: $ }`, judge);
const dimensions = (text: string, judge = RELATIVE) =>
  cloudwatch(`, metric: { namespace: A, name: B, dimensions: { Slot: '${text}' } }`, judge);
const HITS = 'hits{slot="${slot}"}';

const refused: [sentence: string, plan: string, mistakes: string[]][] = [
  [
    'a relative judge reads a query',
    prometheus(', query: up', RELATIVE),
    [
      "value metrics[2].judge.kind: the judge 'relative' for the result of a query; expected a source that counts requests or a source with a value of each version, or the judge threshold or flagger",
    ],
  ],
  [
    'a relative judge reads an endpoint',
    json('https://c.example', RELATIVE),
    [
      "value metrics[2].judge.kind: the judge 'relative' for the result of a query; expected a source that counts requests or a source with a value of each version, or the judge threshold or flagger",
    ],
  ],
  [
    'a relative judge reads an alarm',
    cloudwatch(', alarm: a', RELATIVE),
    [
      "value metrics[2].judge.kind: the judge 'relative' for the state of an alarm; expected a source that counts requests or a source with a value of each version, or the judge alarm",
    ],
  ],
  [
    'a source is a mistake as a whole: what it gives is not known',
    withMetric('5', '{ kind: alarm }'),
    ['value metrics[2].source: 5; expected a source: cloudwatch, prometheus or json'],
  ],
  [
    'the kind of a source is a mistake: what it gives is not known',
    withMetric('{ kind: clod, alarm: a }', '{ kind: alarm }'),
    ["value metrics[2].source.kind: 'clod'; expected cloudwatch, prometheus or json"],
  ],
  [
    'a threshold reads an alarm',
    cloudwatch(', alarm: a'),
    [
      "value metrics[2].judge.kind: the judge 'threshold' for the state of an alarm; expected a source that counts requests, a source with a value of each version or a query or a JSON endpoint, or the judge alarm",
    ],
  ],
  [
    'a sequential judge reads a percentile',
    cloudwatch(', value: { percentile: 9 }', '{ kind: sequential }'),
    [
      "value metrics[2].judge.kind: the judge 'sequential' for a value; expected a source that counts requests, or the judge threshold, relative, flagger or mannWhitney",
    ],
  ],
  [
    'a sequential judge reads a metric',
    dimensions('${slot}', '{ kind: sequential }'),
    [
      "value metrics[2].judge.kind: the judge 'sequential' for a value or a band; expected a source that counts requests, or the judge threshold, relative, flagger, mannWhitney or anomalyBand",
    ],
  ],
  [
    'a sequential judge reads a value of Prometheus',
    prometheus(`, value: '${HITS}'`, '{ kind: sequential }'),
    [
      "value metrics[2].judge.kind: the judge 'sequential' for a value; expected a source that counts requests, or the judge threshold, relative, flagger or mannWhitney",
    ],
  ],
  [
    'Kayenta reads a query',
    prometheus(', query: up', '{ kind: mannWhitney }'),
    [
      "value metrics[2].judge.kind: the judge 'mannWhitney' for the result of a query; expected a source that counts requests or a source with a value of each version, or the judge threshold or flagger",
    ],
  ],
  [
    'Flagger reads an alarm',
    cloudwatch(', alarm: a', '{ kind: flagger, thresholdRange: { min: 1 } }'),
    [
      "value metrics[2].judge.kind: the judge 'flagger' for the state of an alarm; expected a source that counts requests, a source with a value of each version or a query or a JSON endpoint, or the judge alarm",
    ],
  ],
  [
    'an alarm judge reads counters',
    prometheus(`, requests: '${HITS}', bad: '${HITS}'`, '{ kind: alarm }'),
    [
      "value metrics[2].judge.kind: the judge 'alarm' for counts; expected a cloudwatch source with an alarm, or the judge sequential, threshold, relative, flagger, mannWhitney or burnRate",
    ],
  ],
  [
    'an alarm judge reads counts',
    cloudwatch(', bad: failedRequests', '{ kind: alarm }'),
    [
      "value metrics[2].judge.kind: the judge 'alarm' for counts; expected a cloudwatch source with an alarm, or the judge sequential, threshold, relative, flagger, mannWhitney or burnRate",
    ],
  ],
  [
    'a band judge reads an alarm',
    cloudwatch(', alarm: a', '{ kind: anomalyBand }'),
    [
      "value metrics[2].judge.kind: the judge 'anomalyBand' for the state of an alarm; expected a cloudwatch source with a metric, or the judge alarm",
    ],
  ],
  [
    'a band judge reads a percentile',
    cloudwatch(', value: { percentile: 9 }', '{ kind: anomalyBand }'),
    [
      "value metrics[2].judge.kind: the judge 'anomalyBand' for a value; expected a cloudwatch source with a metric, or the judge threshold, relative, flagger or mannWhitney",
    ],
  ],
  [
    'counters are the same for both versions',
    prometheus(', requests: hits, bad: bad', RELATIVE),
    [
      'value metrics[2].source.requests: the same metric for both versions; expected ${slot} or ${revision} in it, which tells the canary from the stable version',
      'value metrics[2].source.bad: the same metric for both versions; expected ${slot} or ${revision} in it, which tells the canary from the stable version',
    ],
  ],
  [
    'a histogram is the same for both versions',
    prometheus(', histogram: d_bucket, slowerThan: [1s]', RELATIVE),
    [
      'value metrics[2].source.histogram: the same metric for both versions; expected ${slot} or ${revision} in it, which tells the canary from the stable version',
    ],
  ],
  [
    'a value is the same for both versions',
    prometheus(', value: up', '{ kind: mannWhitney }'),
    [
      'value metrics[2].source.value: the same metric for both versions; expected ${slot} or ${revision} in it, which tells the canary from the stable version',
    ],
  ],
  [
    'a metric is the same for both versions',
    dimensions('${workload}'),
    [
      'value metrics[2].source.metric.dimensions: the same metric for both versions; expected ${slot}, ${targetGroup} or ${revision} in it, which tells the canary from the stable version',
    ],
  ],
  [
    'a metric without dimensions is the same for both versions',
    cloudwatch(', metric: { namespace: A, name: B }', '{ kind: mannWhitney }'),
    [
      'value metrics[2].source.metric.dimensions: the same metric for both versions; expected ${slot}, ${targetGroup} or ${revision} in it, which tells the canary from the stable version',
    ],
  ],
];

describe('a source and its judge is refused where', () => {
  it.each(refused)('%s', (_, plan, mistakes) => {
    expect(issuesOf(plan)).toEqual(mistakes);
  });
});

describe('a source and its judge is as it should be where', () => {
  it.each([
    ['a dimension tells the target groups apart', dimensions('${loadBalancer}/${targetGroup}')],
    [
      'one of two dimensions tells the slots apart',
      cloudwatch(", metric: { namespace: A, name: B, dimensions: { App: x, Slot: '${slot}' } }", RELATIVE),
    ],
    ['a dimension tells the revisions apart', dimensions('${revision}')],
    [
      'the same metric is held against its band',
      cloudwatch(', metric: { namespace: A, name: B }', '{ kind: anomalyBand }'),
    ],
    [
      'the same metric is held against a limit',
      cloudwatch(', metric: { namespace: A, name: B }', "{ kind: threshold, failureCondition: 'result[0] > 5' }"),
    ],
  ])('%s', (_, plan) => {
    expect(issuesOf(plan)).toEqual([]);
  });
});

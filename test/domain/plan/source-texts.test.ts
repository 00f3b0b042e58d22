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
    'an alarm has an unknown variable',
    cloudwatch(", alarm: '${workload}-${slott}'", '{ kind: alarm }'),
    [
      "value metrics[2].source.alarm column 13: the unknown variable '${slott}'; expected ${namespace}, ${workload}, ${slot}, ${revision} or ${window}; perhaps ${slot}",
    ],
  ],
  [
    'an alarm has a variable of dimensions',
    cloudwatch(", alarm: 'a ${loadBalancer}'", '{ kind: alarm }'),
    [
      "value metrics[2].source.alarm column 3: the unknown variable '${loadBalancer}'; expected ${namespace}, ${workload}, ${slot}, ${revision} or ${window}",
    ],
  ],
  [
    'a dimension has an unknown variable',
    dimensions('${slot} ${target}'),
    [
      "value metrics[2].source.metric.dimensions.Slot column 9: the unknown variable '${target}'; expected ${namespace}, ${workload}, ${slot}, ${revision}, ${window}, ${loadBalancer} or ${targetGroup}",
    ],
  ],
  [
    'requests have an unknown variable',
    prometheus(', requests: \'hits{s="${slots}"}\', bad: \'bad{s="${slot}"}\'', RELATIVE),
    [
      "value metrics[2].source.requests column 9: the unknown variable '${slots}'; expected ${namespace}, ${workload}, ${slot}, ${revision} or ${window}; perhaps ${slot}",
    ],
  ],
  [
    'bad ones have an unknown variable',
    prometheus(', requests: \'hits{s="${slot}"}\', bad: \'bad{s="${zzzzzzzzz}"}\'', RELATIVE),
    [
      "value metrics[2].source.bad column 8: the unknown variable '${zzzzzzzzz}'; expected ${namespace}, ${workload}, ${slot}, ${revision} or ${window}",
    ],
  ],
  [
    'a histogram has an unknown variable',
    prometheus(', histogram: \'d_bucket{s="${}"}\', slowerThan: [1s]', RELATIVE),
    [
      "value metrics[2].source.histogram column 13: the unknown variable '${}'; expected ${namespace}, ${workload}, ${slot}, ${revision} or ${window}",
    ],
  ],
  [
    'a value has an unknown variable',
    prometheus(', value: \'up{s="${targetGroup}"}\'', RELATIVE),
    [
      "value metrics[2].source.value column 7: the unknown variable '${targetGroup}'; expected ${namespace}, ${workload}, ${slot}, ${revision} or ${window}",
    ],
  ],
  [
    'a query has a variable that is not closed',
    prometheus(', query: \'up{s="${slot"}\''),
    [
      "value metrics[2].source.query column 7: a '${' that is not closed; expected ${namespace}, ${workload}, ${slot}, ${revision} or ${window}",
    ],
  ],
  [
    'a query has two unknown variables',
    prometheus(", query: '${a1} ${b2}'"),
    [
      "value metrics[2].source.query column 1: the unknown variable '${a1}'; expected ${namespace}, ${workload}, ${slot}, ${revision} or ${window}",
      "value metrics[2].source.query column 7: the unknown variable '${b2}'; expected ${namespace}, ${workload}, ${slot}, ${revision} or ${window}",
    ],
  ],
  [
    'the name of a header cannot be one',
    withMetric("{ kind: json, url: 'https://a.example', jsonPath: $, headers: { 'a b': x, good: y } }"),
    ["key metrics[2].source.headers.a b: 'a b'; expected the name of a header"],
  ],
  [
    'an address has an unknown variable',
    json('https://c.example/${slott}'),
    [
      "value metrics[2].source.url column 19: the unknown variable '${slott}'; expected ${namespace}, ${workload}, ${slot}, ${revision} or ${window}; perhaps ${slot}",
    ],
  ],
  [
    'an address is http to somewhere else',
    json('http://c.example'),
    [
      "value metrics[2].source.url: 'http://c.example'; expected an https address without a user name and password in it; perhaps https://c.example",
    ],
  ],
  [
    'an address is ftp to this computer',
    json('ftp://localhost'),
    [
      "value metrics[2].source.url: 'ftp://localhost', on this computer, which only the lab asks; expected an https address without a user name and password in it",
    ],
  ],
  [
    'an address is a number',
    withMetric('{ kind: json, url: 5, jsonPath: $ }'),
    ['value metrics[2].source.url: 5; expected an https address without a user name and password in it'],
  ],
  [
    'an address is none',
    json('nowhere'),
    ["value metrics[2].source.url: 'nowhere'; expected an https address without a user name and password in it"],
  ],
  [
    'an address has a user name',
    json('https://me@c.example'),
    [
      "value metrics[2].source.url: 'https://me@c.example'; expected an https address without a user name and password in it",
    ],
  ],
  [
    'an address has a password',
    json('https://:secret@c.example'),
    [
      "value metrics[2].source.url: 'https://:secret@c.example'; expected an https address without a user name and password in it",
    ],
  ],
  [
    'requests are counted by a function',
    prometheus(`, requests: 'sum(${HITS})', bad: '${HITS}'`, RELATIVE),
    [
      'value metrics[2].source.requests: \'sum(hits{slot="${slot}"})\'; expected a metric and its labels, name{label="value"}: its raw counters are read, so no function and no range',
    ],
  ],
  [
    'requests are counted after a product',
    prometheus(`, requests: '5 * ${HITS}', bad: '${HITS}'`, RELATIVE),
    [
      'value metrics[2].source.requests: \'5 * hits{slot="${slot}"}\'; expected a metric and its labels, name{label="value"}: its raw counters are read, so no function and no range',
    ],
  ],
  [
    'bad ones are counted over a range',
    prometheus(`, requests: '${HITS}', bad: '${HITS}[1m]'`, RELATIVE),
    [
      'value metrics[2].source.bad: \'hits{slot="${slot}"}[1m]\'; expected a metric and its labels, name{label="value"}: its raw counters are read, so no function and no range',
    ],
  ],
  [
    'buckets have a label that is not closed',
    prometheus(", histogram: 'd_bucket{slot=\"${slot}', slowerThan: [1s]", RELATIVE),
    [
      'value metrics[2].source.histogram: \'d_bucket{slot="${slot}\'; expected a metric and its labels, name{label="value"}: its raw counters are read, so no function and no range',
    ],
  ],
  [
    'buckets are a sum',
    prometheus(', histogram: \' d_sum{slot="${slot}"} \', slowerThan: [1s]', RELATIVE),
    [
      'value metrics[2].source.histogram: \' d_sum{slot="${slot}"} \'; expected the buckets of a histogram, a name that ends with \'_bucket\'; perhaps d_bucket{slot="${slot}"}',
    ],
  ],
  [
    'buckets are a count',
    prometheus(', histogram: \'http:d_count{slot="${slot}"}\', slowerThan: [1s]', RELATIVE),
    [
      'value metrics[2].source.histogram: \'http:d_count{slot="${slot}"}\'; expected the buckets of a histogram, a name that ends with \'_bucket\'; perhaps http:d_bucket{slot="${slot}"}',
    ],
  ],
  [
    'buckets have a sum in the middle of their name',
    prometheus(', histogram: \'d_sum_total{slot="${slot}"}\', slowerThan: [1s]', RELATIVE),
    [
      'value metrics[2].source.histogram: \'d_sum_total{slot="${slot}"}\'; expected the buckets of a histogram, a name that ends with \'_bucket\'; perhaps d_sum_total_bucket{slot="${slot}"}',
    ],
  ],
  [
    'buckets have no ending',
    prometheus(', histogram: \'d{slot="${slot}"}\', slowerThan: [1s]', RELATIVE),
    [
      'value metrics[2].source.histogram: \'d{slot="${slot}"}\'; expected the buckets of a histogram, a name that ends with \'_bucket\'; perhaps d_bucket{slot="${slot}"}',
    ],
  ],
  [
    'all three selectors are wrong in their way',
    prometheus(`, requests: '1', bad: '2'`, RELATIVE),
    [
      'value metrics[2].source.requests: \'1\'; expected a metric and its labels, name{label="value"}: its raw counters are read, so no function and no range',
      'value metrics[2].source.bad: \'2\'; expected a metric and its labels, name{label="value"}: its raw counters are read, so no function and no range',
    ],
  ],
];

describe('a text of a source is refused where', () => {
  it.each(refused)('%s', (_, plan, mistakes) => {
    expect(issuesOf(plan)).toEqual(mistakes);
  });
});

describe('a text of a source is as it should be where', () => {
  it.each([
    [
      'it has every variable that a query may have',
      prometheus(", query: '${namespace}${workload}${slot}${revision}${window}'"),
    ],
    ['an alarm has the workload in its name', cloudwatch(", alarm: '${workload}-late'", '{ kind: alarm }')],
    ['the host of an endpoint has a variable', json('https://${workload}.example/${namespace}')],
    [
      'selectors have spaces and all kinds of quotes',
      prometheus(', requests: \' a:b_1 {x="\\"}",slot="${slot}"} \', bad: \'_b{slot="${slot}",x=`a}b`}\'', RELATIVE),
    ],
    [
      'a selector has quotes in quotes',
      prometheus(
        ", requests: \"hits{slot='${slot}',x='\\\\'}'}\", bad: 'hits{slot=\"${slot}\",x=\"it''s\"}'",
        RELATIVE,
      ),
    ],
  ])('%s', (_, plan) => {
    expect(issuesOf(plan)).toEqual([]);
  });
});

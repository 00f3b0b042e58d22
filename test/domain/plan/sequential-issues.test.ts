import { describe, expect, it } from 'vitest';
import { changed, SMALL_PLAN } from '../../adapters/plan-file/plan-text.ts';
import { issuesOf, withMetric } from './issue-text.ts';

const COUNTS = '{ kind: cloudwatch, bad: failedRequests }';
/** The small plan with errors and one more metric, and keys of the plan. */
const judged = (errors: string, other: string, keys = '') =>
  `${changed('{ kind: relative, max: 1.5, ceiling: 1% }', `{ kind: sequential${errors} }`, withMetric(COUNTS, other === '' ? '' : `{ kind: sequential${other} }`))}${keys}\n`;
/** The same with failing, too, each with a share. */
const thirds = (first: string, second: string, third: string) =>
  judged(`, share: ${first}`, `, share: ${third}`)
    .replace(/{ kind: threshold.*/, `{ kind: sequential, share: ${second} }`)
    .replace('soak: 15m', 'soak: 0s');

const refused: [sentence: string, plan: string, mistakes: string[]][] = [
  [
    'a percentile names no judge',
    withMetric('{ kind: cloudwatch, value: { percentile: 9 } }', ''),
    [
      "missing metrics[2].judge: no judge: the default is sequential, which judges counts of requests, and this is a value; expected a line 'judge: { kind: … }' beside source, of the kind threshold, relative, flagger or mannWhitney",
    ],
  ],
  [
    'a metric of the team names no judge',
    withMetric('{ kind: cloudwatch, metric: { namespace: A, name: B } }', ''),
    [
      "missing metrics[2].judge: no judge: the default is sequential, which judges counts of requests, and this is a value or a band; expected a line 'judge: { kind: … }' beside source, of the kind threshold, relative, flagger, mannWhitney or anomalyBand",
    ],
  ],
  [
    'an alarm names no judge',
    withMetric('{ kind: cloudwatch, alarm: a }', ''),
    [
      "missing metrics[2].judge: no judge: the default is sequential, which judges counts of requests, and this is the state of an alarm; expected a line 'judge: { kind: … }' beside source, of the kind alarm",
    ],
  ],
  [
    'a query names no judge',
    withMetric('{ kind: prometheus, query: up }', ''),
    [
      "missing metrics[2].judge: no judge: the default is sequential, which judges counts of requests, and this is the result of a query; expected a line 'judge: { kind: … }' beside source, of the kind threshold or flagger",
    ],
  ],
  [
    'an endpoint names no judge',
    withMetric("{ kind: json, url: 'https://a.example', jsonPath: $ }", ''),
    [
      "missing metrics[2].judge: no judge: the default is sequential, which judges counts of requests, and this is the result of a query; expected a line 'judge: { kind: … }' beside source, of the kind threshold or flagger",
    ],
  ],
  [
    'a source without a measure names no judge',
    withMetric('{ kind: cloudwatch }', ''),
    [
      'missing metrics[2].source: none of bad, value, metric, alarm; expected exactly one of bad, value, metric or alarm',
    ],
  ],
  [
    'a source that is a mistake names no judge',
    withMetric('{ kind: clod }', ''),
    ["value metrics[2].source.kind: 'clod'; expected cloudwatch, prometheus or json"],
  ],
  [
    'a source is a mistake as a whole and names no judge',
    withMetric('5', ''),
    ['value metrics[2].source: 5; expected a source: cloudwatch, prometheus or json'],
  ],
  [
    'a source whose kind is a mistake names no judge',
    withMetric('{ kind: clod, query: up }', ''),
    ["value metrics[2].source.kind: 'clod'; expected cloudwatch, prometheus or json"],
  ],
  [
    'a source counts and measures a value, and names no judge',
    withMetric('{ kind: cloudwatch, bad: failedRequests, value: { percentile: 9 } }', ''),
    ['key metrics[2].source.value: both bad and value; expected exactly one of bad, value, metric or alarm'],
  ],
  [
    'a source has requests and a query, and names no judge',
    withMetric('{ kind: prometheus, requests: a, query: up }', ''),
    [
      'key metrics[2].source.query: both requests and query; expected exactly one of requests with bad, histogram with slowerThan, value or query',
    ],
  ],
  [
    'a source has a histogram and a value, and names no judge',
    withMetric('{ kind: prometheus, histogram: a, value: up }', ''),
    [
      'key metrics[2].source.value: both histogram and value; expected exactly one of requests with bad, histogram with slowerThan, value or query',
      "value metrics[2].source.histogram: 'a'; expected the buckets of a histogram, a name that ends with '_bucket'; perhaps a_bucket",
    ],
  ],
  [
    'all shares are 0',
    judged(', share: 0', ', share: 0%'),
    [
      'value metrics[2].judge.share: shares that are all 0; expected shares that sum to 1: nothing would be rolled back',
    ],
  ],
  [
    'shares sum to less than 1',
    judged(', share: 0.1', ', share: 0.2'),
    ['value metrics[2].judge.share: shares that sum to 0.3; expected shares that sum to 1'],
  ],
  [
    'shares sum to more than 1',
    judged(', share: 70%', ', share: 40%'),
    ['value metrics[2].judge.share: shares that sum to 1.1; expected shares that sum to 1'],
  ],
  [
    'three shares sum to a little more than 1',
    thirds('0.7', '0.2', '0.100001'),
    ['value metrics[2].judge.share: shares that sum to 1.000001; expected shares that sum to 1'],
  ],
  [
    'one share takes all of what two want',
    judged(', share: 1', ''),
    [
      'value metrics[0].judge.share: shares that sum to 1; expected less than 1 in sum: p99 names no share and has what is left',
    ],
  ],
  [
    'one share takes all and another metric has no name',
    changed('name: p99', 'name: p 9', judged(', share: 1', '')),
    [
      "value metrics[2].name: 'p 9'; expected a name of letters, digits, dashes and underscores, at most 63 characters",
      'value metrics[0].judge.share: shares that sum to 1; expected less than 1 in sum: another metric names no share and has what is left',
    ],
  ],
  [
    'the first share is open and the second takes all',
    judged('', ', share: 100%'),
    [
      'value metrics[2].judge.share: shares that sum to 1; expected less than 1 in sum: errors names no share and has what is left',
    ],
  ],
  [
    'a share is a mistake: what they sum to is not known',
    judged(', share: 1.5', ', share: 0.2'),
    ['value metrics[0].judge.share: 1.5; expected a share from 0 to 1, such as 0.7 or 70%; perhaps 1.5%'],
  ],
  [
    'a metric is a mistake: what its share would be is not known',
    changed('  - name: p99\n', '  - 5\n  - name: p99\n', judged(', share: 0.1', ', share: 0.2')),
    ['value metrics[2]: 5; expected a map of keys and values'],
  ],
  [
    'a share is a mistake and another takes all: it is not said to be open',
    judged(', share: x', ', share: 1'),
    ["value metrics[0].judge.share: 'x'; expected a share from 0 to 1, such as 0.7 or 70%"],
  ],
  [
    'a judge is a mistake: it may have a share',
    changed('kind: threshold', 'kind: treshold', judged(', share: 0.1', ', share: 0.2')),
    [
      "value metrics[1].judge.kind: 'treshold'; expected sequential, threshold, relative, flagger, mannWhitney, alarm, anomalyBand or burnRate; perhaps threshold",
    ],
  ],
  [
    'a margin tolerates all that detect looks for',
    judged(', margin: 2', ', margin: 1.5'),
    [
      'value metrics[0].judge.margin: 2, and detect.ratio is 2; expected a margin below 2, or a larger detect.ratio: what the margin tolerates cannot be detected',
    ],
  ],
  [
    'the widest margin is the second one',
    judged(', margin: 2', ', margin: 2.5', 'detect: { power: 90% }'),
    [
      'value metrics[2].judge.margin: 2.5, and detect.ratio is 2; expected a margin below 2, or a larger detect.ratio: what the margin tolerates cannot be detected',
    ],
  ],
  [
    'detect looks for less than the widest margin',
    judged(', margin: 1.4', ', margin: 1.5', 'detect: { ratio: 1.5 }'),
    ['value detect.ratio: 1.5; expected more than 1.5, the margin of p99: what it tolerates cannot be detected'],
  ],
  [
    'detect looks for less than the margin that is not named',
    judged('', '', 'detect: { ratio: 1.25 }'),
    ['value detect.ratio: 1.25; expected more than 1.25, the margin of errors: what it tolerates cannot be detected'],
  ],
  [
    'detect looks for less than the margin of a metric without a name',
    changed('name: p99', 'name: p 9', judged('', ', margin: 3', 'detect: { ratio: 1.5 }')),
    [
      "value metrics[2].name: 'p 9'; expected a name of letters, digits, dashes and underscores, at most 63 characters",
      'value detect.ratio: 1.5; expected more than 3, the margin of a metric: what it tolerates cannot be detected',
    ],
  ],
  [
    'detect is a mistake: the default of it is not held against the margin',
    judged(', margin: 3', '', 'detect: { ratio: x }'),
    ["value detect.ratio: 'x'; expected a number above 1, such as 2"],
  ],
];

describe('a sequential metric is refused where', () => {
  it.each(refused)('%s', (_, plan, mistakes) => {
    expect(issuesOf(plan)).toEqual(mistakes);
  });
});

describe('a sequential metric is as it should be where', () => {
  it.each([
    ['counts of CloudWatch name no judge', withMetric(COUNTS, '')],
    [
      'counters of Prometheus name no judge',
      withMetric('{ kind: prometheus, requests: \'a{s="${slot}"}\', bad: \'b{s="${slot}"}\' }', ''),
    ],
    [
      'a histogram names no judge',
      withMetric('{ kind: prometheus, histogram: \'d_bucket{s="${slot}"}\', slowerThan: [1s] }', ''),
    ],
    ['shares sum to 1', judged(', share: 0.7', ', share: 30%')],
    ['three shares that no computer adds up exactly sum to 1', thirds('0.7', '0.2', '0.1')],
    ['one share leaves something for another', judged(', share: 0.99', '')],
    ['a share of 0 leaves all to another', judged(', share: 0', '')],
    ['one metric has all', judged(', share: 0', ', share: 1')],
    ['detect looks for a little more than the margin', judged(', margin: 1.5', '', 'detect: { ratio: 1.51 }')],
    ['the margin is a little less than what detect looks for by default', judged(', margin: 1.99', '')],
    ['no metric is sequential, whatever detect looks for', `${SMALL_PLAN}detect: { ratio: 1.1 }\n`],
  ])('%s', (_, plan) => {
    expect(issuesOf(plan)).toEqual([]);
  });
});

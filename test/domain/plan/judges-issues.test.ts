import { describe, expect, it } from 'vitest';
import { changed, SMALL_PLAN } from '../../adapters/plan-file/plan-text.ts';
import { issuesOf, withMetric } from './issue-text.ts';

const COUNTS = '{ kind: cloudwatch, bad: failedRequests }';
/** The small plan with errors and one more metric, and keys of the plan. */
const judged = (errors: string, other: string, keys = '') =>
  `${changed('{ kind: relative, max: 1.5, ceiling: 1% }', `{ kind: sequential${errors} }`, withMetric(COUNTS, other === '' ? '' : `{ kind: sequential${other} }`))}${keys}\n`;
const flagger = (range: string) => withMetric(COUNTS, `{ kind: flagger, thresholdRange: ${range} }`);
/** Two metrics in Kayenta's way: errors in the groups a and b, the other in the group all. */
const kayenta = (keys: string, groups = ', groups: [slow, errors]') =>
  `${changed('{ kind: relative, max: 1.5, ceiling: 1% }', `{ kind: mannWhitney${groups} }`, withMetric(COUNTS, '{ kind: mannWhitney }'))}kayenta: { ${keys} }\n`;

const refused: [sentence: string, plan: string, mistakes: string[]][] = [
  [
    'a percentile names no judge',
    withMetric('{ kind: cloudwatch, value: { percentile: 9 } }', ''),
    [
      'missing metrics[2].judge: no judge, which is sequential, for a source that does not count requests; expected a judge that reads such a source, or a source with bad',
    ],
  ],
  [
    'a metric of the team names no judge',
    withMetric('{ kind: cloudwatch, metric: { namespace: A, name: B } }', ''),
    [
      'missing metrics[2].judge: no judge, which is sequential, for a source that does not count requests; expected a judge that reads such a source, or a source with bad',
    ],
  ],
  [
    'an alarm names no judge',
    withMetric('{ kind: cloudwatch, alarm: a }', ''),
    [
      'missing metrics[2].judge: no judge, which is sequential, for a source that does not count requests; expected a judge that reads such a source, or a source with bad',
    ],
  ],
  [
    'a query names no judge',
    withMetric('{ kind: prometheus, query: up }', ''),
    [
      'missing metrics[2].judge: no judge, which is sequential, for a source that does not count requests; expected a judge that reads such a source, or a source with bad',
    ],
  ],
  [
    'an endpoint names no judge',
    withMetric("{ kind: json, url: 'https://a.example', jsonPath: $ }", ''),
    [
      'missing metrics[2].judge: no judge, which is sequential, for a source that does not count requests; expected a judge that reads such a source, or a source with bad',
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
    'Flagger has no range',
    withMetric(COUNTS, '{ kind: flagger }'),
    ['missing metrics[2].judge.thresholdRange: no thresholdRange; expected a range: { min: 99 }'],
  ],
  [
    'a range has no end',
    flagger('{}'),
    ['value metrics[2].judge.thresholdRange: a range without an end; expected min, max or both'],
  ],
  ['a range is a mistake', flagger('5'), ['value metrics[2].judge.thresholdRange: 5; expected a range: { min: 99 }']],
  [
    'an end of a range is a mistake',
    flagger('{ min: x }'),
    [
      "value metrics[2].judge.thresholdRange.min: 'x'; expected a number, in Flagger's units: per cent of good requests, milliseconds, or the value as it is",
    ],
  ],
  [
    'a range is upside down',
    flagger('{ min: 1, max: 0.5 }'),
    ['value metrics[2].judge.thresholdRange.max: 0.5; expected min, 1, or more'],
  ],
  [
    'nothing is scored',
    `${SMALL_PLAN}kayenta: {}\n`,
    ['key kayenta: kayenta, and no metric that it scores; expected a metric with the judge mannWhitney, or no kayenta'],
  ],
  [
    'nothing is scored, or a judge that is a mistake is',
    `${withMetric(COUNTS, '{ kind: manWhitney }')}kayenta: {}\n`,
    [
      "value metrics[2].judge.kind: 'manWhitney'; expected sequential, threshold, relative, flagger, mannWhitney, alarm or anomalyBand; perhaps mannWhitney",
    ],
  ],
  [
    'nothing is scored, or a metric that is a mistake is',
    `${changed('  - name: p99\n', '  - 5\n  - name: p99\n')}kayenta: {}\n`,
    ['value metrics[2]: 5; expected a map of keys and values'],
  ],
  [
    'a run would pass below where it fails',
    kayenta('pass: 50, marginal: 60'),
    ['value kayenta.marginal: 60; expected at most pass, 50'],
  ],
  [
    'a run would pass below where it fails by default',
    kayenta('pass: 74.9'),
    ['value kayenta.pass: 74.9; expected at least marginal, 75'],
  ],
  [
    'a run would fail above where it passes by default',
    kayenta('marginal: 95.1'),
    ['value kayenta.marginal: 95.1; expected at most pass, 95'],
  ],
  [
    'a weight is of no group',
    kayenta('groups: { slo: 50, zzzzzz: 10 }'),
    [
      "key kayenta.groups.slo: the group 'slo', which no metric has; expected a group of a metric: slow, errors or all; perhaps slow",
      "key kayenta.groups.zzzzzz: the group 'zzzzzz', which no metric has; expected a group of a metric: slow, errors or all",
    ],
  ],
  [
    'a weight is of the group of a metric that names none',
    kayenta('groups: { allo: 50 }', ''),
    ["key kayenta.groups.allo: the group 'allo', which no metric has; expected a group of a metric: all; perhaps all"],
  ],
  [
    'the weights of all groups sum to too little',
    kayenta('groups: { slow: 50, errors: 20, all: 29 }'),
    ['value kayenta.groups: weights that sum to 99; expected weights that sum to 100'],
  ],
  [
    'the weights of all groups sum to too much',
    kayenta('groups: { slow: 50, errors: 20, all: 31 }'),
    ['value kayenta.groups: weights that sum to 101; expected weights that sum to 100'],
  ],
  [
    'the weights of some groups sum to too much',
    kayenta('groups: { slow: 50, errors: 50.5 }'),
    [
      'value kayenta.groups: weights that sum to 100.5; expected weights that sum to at most 100: the other groups share the rest',
    ],
  ],
  [
    'the groups are a mistake',
    kayenta('groups: 5'),
    ['value kayenta.groups: 5; expected a map of groups and their weights, 0 to 100'],
  ],
  [
    'a weight is a mistake',
    kayenta('groups: { slow: x, errors: 60 }'),
    ["value kayenta.groups.slow: 'x'; expected a number from 0 to 100"],
  ],
  [
    'a weight is of a name that cannot be one',
    kayenta("groups: { 'a b': 50 }"),
    [
      "key kayenta.groups.a b: 'a b'; expected a name of letters, digits, dashes and underscores, at most 63 characters",
    ],
  ],
  [
    'the name of a group is a mistake',
    kayenta('groups: { slow: 50 }', ', groups: [slow, 5]'),
    [
      'value metrics[0].judge.groups[1]: 5; expected a name of letters, digits, dashes and underscores, at most 63 characters',
    ],
  ],
];

describe('what judges is refused where', () => {
  it.each(refused)('%s', (_, plan, mistakes) => {
    expect(issuesOf(plan)).toEqual(mistakes);
  });
});

describe('what judges is as it should be where', () => {
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
    ['shares that no computer adds up exactly sum to 1', judged(', share: 0.58', ', share: 0.42')],
    ['one share leaves something for another', judged(', share: 0.99', '')],
    ['a share of 0 leaves all to another', judged(', share: 0', '')],
    ['one metric has all', judged(', share: 0', ', share: 1')],
    ['detect looks for a little more than the margin', judged(', margin: 1.5', '', 'detect: { ratio: 1.51 }')],
    ['the margin is a little less than what detect looks for by default', judged(', margin: 1.99', '')],
    ['no metric is sequential, whatever detect looks for', `${SMALL_PLAN}detect: { ratio: 1.1 }\n`],
    ['a range is one number', flagger('{ min: 1, max: 1 }')],
    ['a range has a lower end', flagger('{ min: 99 }')],
    ['a range has an upper end', flagger('{ max: 0 }')],
    ['there is no space between pass and fail', kayenta('pass: 75, marginal: 75')],
    ['pass and fail are as they are by default', kayenta('')],
    ['the weights of all groups sum to 100', kayenta('groups: { slow: 50, errors: 20, all: 30 }')],
    ['the weights of some groups sum to 100', kayenta('groups: { slow: 50, errors: 50 }')],
    ['the weights of some groups sum to less', kayenta('groups: { slow: 1, all: 0 }')],
    ['the only group has all', kayenta('groups: { all: 100 }', '')],
  ])('%s', (_, plan) => {
    expect(issuesOf(plan)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { changed, SMALL_PLAN } from '../../adapters/plan-file/plan-text.ts';
import { issuesOf, withMetric } from './issue-text.ts';

const COUNTS = '{ kind: cloudwatch, bad: failedRequests }';
const flagger = (range: string) => withMetric(COUNTS, `{ kind: flagger, thresholdRange: ${range} }`);
/** Two metrics in Kayenta's way: errors in two groups, the other in the group all. */
const kayenta = (keys: string, groups = ', groups: [slow, errors]') =>
  `${changed('{ kind: relative, max: 1.5, ceiling: 1% }', `{ kind: mannWhitney${groups} }`, withMetric(COUNTS, '{ kind: mannWhitney }'))}kayenta: { ${keys} }\n`;

const refused: [sentence: string, plan: string, mistakes: string[]][] = [
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
      "value metrics[2].judge.kind: 'manWhitney'; expected sequential, threshold, relative, flagger, mannWhitney, alarm, anomalyBand or burnRate; perhaps mannWhitney",
    ],
  ],
  [
    'nothing is scored, or what stands for a judge is',
    `${withMetric(COUNTS, '5')}kayenta: {}\n`,
    [
      'value metrics[2].judge: 5; expected a judge: sequential, threshold, relative, flagger, mannWhitney, alarm, anomalyBand or burnRate',
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
    'a score is a mistake: the default of it is not held against the other',
    kayenta('pass: x, marginal: 96'),
    ["value kayenta.pass: 'x'; expected a number from 0 to 100"],
  ],
  [
    'the other score is a mistake',
    kayenta('marginal: x, pass: 70'),
    ["value kayenta.marginal: 'x'; expected a number from 0 to 100"],
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
    'the only group of a metric is a mistake: it may be the one that is weighed',
    kayenta('groups: { slow: 50 }', ', groups: [5]'),
    [
      'value metrics[0].judge.groups[0]: 5; expected a name of letters, digits, dashes and underscores, at most 63 characters',
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

describe("a range of Flagger's or a score of Kayenta's is refused where", () => {
  it.each(refused)('%s', (_, plan, mistakes) => {
    expect(issuesOf(plan)).toEqual(mistakes);
  });
});

describe("a range of Flagger's or a score of Kayenta's is as it should be where", () => {
  it.each([
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

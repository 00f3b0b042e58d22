import { describe, expect, it } from 'vitest';
import { changed, mistakesOf, shortly } from './plan-text.ts';

/** Each row: what is replaced, by what; the text under the caret; what the mistake says; the guess. */
type Row = [from: string, to: string, under: string, found: string, expected: string, guess?: string];

const KEYS_AND_WORDS: Row[] = [
  ['deadline: 1h', 'deadlin: 1h', 'deadlin', "the unknown key 'deadlin'", 'deadline', 'deadline'],
  ['soak: 15m', 'Soak: 15m', 'Soak', "the unknown key 'Soak'", 'soak', 'soak'],
  ['soak: 15m', 'soak: 15m\nquux: 1', 'quux', "the unknown key 'quux'", 'apiVersion'],
  ['- setWeight: 5\n', '- setWeigth: 5\n', 'setWeigth', "the unknown key 'setWeigth'", 'setWeight', 'setWeight'],
  ['- setWeight: 5\n', '- set-weight: 5\n', 'set-weight', "the unknown key 'set-weight'", 'setWeight', 'setWeight'],
  ['- bake: 5m', '- pause: 5m', 'pause', "the unknown key 'pause'", 'bake', 'bake'],
  [
    'max: 1.2',
    'max: 1.2, failureLimt: 1',
    'failureLimt',
    "the unknown key 'failureLimt'",
    'failureLimit',
    'failureLimit',
  ],
  ['percentile: 99', 'percentil: 99', 'percentil', "the unknown key 'percentil'", 'percentile', 'percentile'],
  ['soak: 15m', 'soak: 15m\n__proto__: { a: 1 }', '__proto__', "the unknown key '__proto__'", 'soak'],
  ['soak: 15m', 'soak: 15m\n<<: { a: 1 }', '<<', "the unknown key '<<'", 'soak'],
  ['sluice/v1', 'sluice/v2', 'sluice/v2', "'sluice/v2'", 'sluice/v1', 'sluice/v1'],
  ['kind: Plan', 'kind: Rollout', 'Rollout', "'Rollout'", 'Plan'],
  ['canary', 'canry', 'canry', "'canry'", 'canary or blueGreen', 'canary'],
  ['canary', 'blue-green', 'blue-green', "'blue-green'", 'canary or blueGreen', 'blueGreen'],
  ['deadline: 1h', 'hold: { then: rollback }', 'rollback', "'rollback'", 'rollBack, ask or proceed', 'rollBack'],
  ['deadline: 1h', 'onNewImage: yes', 'yes', "'yes'", 'queue, replace or reject'],
  ['bad: failedRequests', 'bad: failedRequest', 'failedRequest', "'failedRequest'", 'failedRequests', 'failedRequests'],
  [
    'kind: relative, max: 1.2',
    'kind: relativ, max: 1.2',
    'relativ',
    "'relativ'",
    'threshold, relative, flagger, mannWhitney, alarm, anomalyBand or burnRate',
    'relative',
  ],
  ['kind: cloudwatch, value', 'kind: cloudWatch, value', 'cloudWatch', "'cloudWatch'", 'cloudwatch', 'cloudwatch'],
  ['soak: 15m', 'soak: 15m\nnotify: [{ kind: slack, on: [held] }]', 'slack', "'slack'", 'sns'],
  ['soak: 15m', 'soak: 15m\nnotify: [{ kind: sns, on: [startd] }]', 'startd', "'startd'", 'started', 'started'],
];

const VALUES: Row[] = [
  ['workload: checkout', 'workload: Checkout', 'Checkout', "'Checkout'", 'lower-case letters'],
  ['workload: checkout', 'workload:', 'workload', 'nothing', 'a name'],
  ['bake: 5m', 'bake: 300', '300', '300', 'a duration', '300s'],
  ['bake: 5m', 'bake: 5 min', '5 min', "'5 min'", 'a duration', '5m'],
  ['bake: 5m', 'bake: 1d', '1d', "'1d'", 'a duration', '24h'],
  ['bake: 5m', 'bake: 5.5m', '5.5m', "'5.5m'", 'a duration', '5m30s'],
  ['bake: 5m', 'bake: 300ms', '300ms', "'300ms'", 'a duration'],
  ['bake: 5m', 'bake: 0s', '0s', "'0s'", 'above 0s'],
  ['bake: 5m', 'bake: 999999h', '999999h', "'999999h'", 'at most 8760h'],
  ['bake: 5m', 'bake: -5m', '-5m', "'-5m'", 'a duration'],
  ['bake: 5m', 'bake: [5m]', '[', 'a list', 'a duration'],
  ['setWeight: 5\n', 'setWeight: 101\n', '101', '101', 'a number from 0 to 100'],
  ['setWeight: 5\n', 'setWeight: -1\n', '-1', '-1', 'a number from 0 to 100'],
  ['setWeight: 5\n', 'setWeight: 5.25\n', '5.25', '5.25', 'at most one decimal'],
  ['setWeight: 5\n', 'setWeight: 5%\n', '5%', "'5%'", 'a number from 0 to 100', '5'],
  ['setWeight: 5\n', 'setWeight: .nan\n', '.nan', 'NaN', 'a number from 0 to 100'],
  ['setWeight: 5\n', 'setWeight:\n', 'setWeight', 'nothing', 'a number from 0 to 100'],
  ['ceiling: 1%', 'ceiling: 5', '5', '5', 'a share', '5%'],
  ['ceiling: 1%', 'ceiling: 100%', '100%', "'100%'", 'a share from 0 to below 1'],
  ['ceiling: 1%', 'ceiling: low', 'low', "'low'", 'a share'],
  ['max: 1.2', 'max: 0', '0', '0', 'a number above 0'],
  ['max: 1.2', 'max: 1.2x', '1.2x', "'1.2x'", 'a number above 0', '1.2'],
  ['percentile: 99', 'percentile: 100', '100', '100', 'below 100'],
  ['percentile: 99', 'percentile: p99', 'p99', "'p99'", 'a number', '99'],
  ['bad: failedRequests', 'bad: { slowerThan: [300] }', '300', '300', '300ms', '300ms'],
  ['bad: failedRequests', 'bad: { slowerThan: 300ms }', '300ms', "'300ms'", 'a list', '[300ms]'],
  ['bad: failedRequests', 'bad: { slowerThan: [] }', '[', 'an empty list', 'at least one time'],
  ['bad: failedRequests', 'bad: 5', '5', '5', 'slowerThan'],
  ['count: 10 }\n  - name', 'count: 0 }\n  - name', '0', '0', '1 or more'],
  ['count: 10 }\n  - name', 'count: 1.5 }\n  - name', '1.5', '1.5', 'a whole number'],
  ["'https://hooks.example.com/smoke'", 'ftp://a/b', 'ftp://a/b', "'ftp://a/b'", 'an https address'],
  [
    "'https://hooks.example.com/smoke'",
    'https://me:pw@a/b',
    'https://me:pw@a/b',
    "'https://me:pw@a/b'",
    'without a user name and password',
  ],
  ["'https://hooks.example.com/smoke'", 'nowhere', 'nowhere', "'nowhere'", 'an https address'],
  ['groups: [leads]', 'groups: []', '[', 'an empty list', 'at least one group'],
  ['groups: [leads]', 'groups: [leads], required: 0', '0', '0', '1 or more'],
  ['groups: [leads]', 'groups: [leads], notTheStarter: yes', 'yes', "'yes'", 'true or false', 'true'],
  ['name: go-live', 'name: go live', 'go live', "'go live'", 'a name of letters'],
  ['metrics: [failing]', 'metrics: []', '[', 'an empty list', 'at least one metric'],
  ['soak: 15m', 'soak: 15m\nnotify: [{ kind: sns, on: [] }]', '[', 'an empty list', 'at least one event'],
  [
    'soak: 15m',
    'soak: 15m\nnotify: [{ kind: sns, on: [held], topicArn: here }]',
    'here',
    "'here'",
    'the ARN of an SNS topic',
  ],
  ['soak: 15m', "soak: 15m\npreview: { header: { name: 'a b', value: c } }", "'a b'", "'a b'", 'the name of a header'],
];

const MISSING: Row[] = [
  ['workload: checkout\n', '', 'apiVersion', 'no workload', 'a name'],
  ['strategy: canary\n', '', 'apiVersion', 'no strategy', 'canary or blueGreen'],
  [
    '    judge: { kind: relative, max: 1.2 }\n',
    '',
    'name',
    'no judge',
    'of the kind threshold, relative, flagger or mannWhitney',
  ],
  [
    'judge: { kind: relative, max: 1.2 }',
    'judge: { max: 1.2 }',
    '{',
    'no kind',
    'threshold, relative, flagger, mannWhitney, alarm, anomalyBand or burnRate',
  ],
  ['{ name: smoke, url', '{ url', '{', 'no name', 'a name'],
  ['groups: [leads]', 'required: 1', '{', 'no groups', 'a list of groups'],
];

const NOT_YET: Row[] = [
  ['strategy: canary', 'strategy: rolling', 'rolling', "'rolling', which is not available yet", 'canary or blueGreen'],
];

const OTHER_JUDGES: Row[] = [
  ['{ kind: relative, max: 1.2 }', '{ kind: flagger }', '{', 'no thresholdRange', 'a range: { min: 99 }'],
  [
    '{ kind: relative, max: 1.2 }',
    '{ kind: flagger, thresholdRange: {} }',
    '{',
    'a range without an end',
    'min, max or both',
  ],
  [
    '{ kind: relative, max: 1.2 }',
    '{ kind: flagger, thresholdRange: { min: 500, max: 300 } }',
    '300',
    '300',
    'min, 500, or more',
  ],
  [
    '{ kind: relative, max: 1.2 }',
    '{ kind: flagger, thresholdRange: { max: 500 }, threshold: 0 }',
    '0',
    '0',
    'a whole number, 1 or more',
  ],
  [
    '{ kind: relative, max: 1.2 }',
    '{ kind: flagger, thresholdRange: { max: 500 }, interval: 90s }',
    '90s',
    "'90s'",
    'a multiple of the window',
    '120s',
  ],
  [
    '{ kind: relative, max: 1.2 }',
    '{ kind: mannWhitney, direction: up }',
    'up',
    "'up'",
    'increase, decrease or either',
  ],
  [
    '{ kind: relative, max: 1.2 }',
    '{ kind: mannWhitney, confidence: 40% }',
    '40%',
    "'40%'",
    'a confidence of at least 50%',
  ],
  ['{ kind: relative, max: 1.2 }', '{ kind: mannWhitney, tolerance: 2 }', '2', '2', 'a number from 0 to 1'],
  ['{ kind: relative, max: 1.2 }', '{ kind: mannWhitney, groups: [] }', '[', 'an empty list', 'at least one group'],
  [
    '{ kind: relative, max: 1.2 }',
    '{ kind: mannWhitney, interval: 61s }',
    '61s',
    "'61s'",
    'a multiple of the window',
    '120s',
  ],
  ['soak: 15m', 'soak: 15m\nkayenta: { pass: 90 }', 'kayenta', 'kayenta, and no metric', 'the judge mannWhitney'],
  ["'result[0] < 0.05'", "'result[0] < 0.05', failureLimit: -1", '-1', '-1 without', 'a consecutiveSuccessLimit'],
  ["'result[0] < 0.05'", "'result[0] < 0.05', failureLimit: -2", '-2', '-2', 'a whole number, -1 or more'],
];

/** Of a plan whose p99 is judged by Kayenta's judge. */
const SCORES: Row[] = [
  ['deadline: 1h', 'kayenta: { pass: 101 }', '101', '101', 'a number from 0 to 100'],
  ['deadline: 1h', 'kayenta: { marginal: 96 }', '96', '96', 'at most pass, 95'],
  ['deadline: 1h', 'kayenta: { pass: 70 }', '70', '70', 'at least marginal, 75'],
  ['deadline: 1h', 'kayenta: { groups: { slw: 50 } }', 'slw', "the group 'slw'", 'a group of a metric: slow', 'slow'],
  ['deadline: 1h', 'kayenta: { groups: { slow: 50 } }', '{', 'weights that sum to 50', 'weights that sum to 100'],
];

const BETWEEN_KEYS: Row[] = [
  ['  - setWeight: 5\n', '  - setWeight: 5\n  - setWeight: 5\n', '5', '5 after 5', 'more than 5'],
  ['  - setWeight: 5\n', '  - setWeight: 50\n  - setWeight: 20\n', '20', '20 after 50', 'more than 50'],
  ['setWeight: 100', 'setWeight: 90', '90', '90 as the last weight', '100'],
  ['strategy: canary', 'strategy: blueGreen', '5', '5 in a blueGreen plan', 'one setWeight only, 100'],
  [
    '  - setWeight: 5\n',
    '  - setWeight: 5\n    bake: 1m\n',
    'bake',
    "'bake' in the same step as 'setWeight'",
    'one key in a step',
  ],
  [
    '  - setWeight: 5\n',
    '  - {}\n  - setWeight: 5\n',
    '{',
    'an empty step',
    'setWeight, bake, analysis, hook or approval',
  ],
  [
    '  - bake: 5m\n',
    '  - approval: { name: go-live, groups: [leads] }\n',
    'go-live',
    "'go-live' a second time",
    'a name of its own',
  ],
  [
    '  - bake: 5m\n',
    "  - hook: { name: smoke, url: 'https://a.example' }\n",
    'smoke',
    "'smoke' a second time",
    'a name of its own',
  ],
  [
    '  - hook:',
    '  - analysis: { metrics: [p99], count: 1 }\n  - hook:',
    'analysis',
    'an analysis before the canary gets requests',
    'a setWeight above 0',
  ],
  ['- name: p99', '- name: errors', 'errors', "'errors' a second time", 'metrics[0]'],
  [
    'metrics: [failing]',
    'metrics: [faling]',
    'faling',
    "the unknown metric 'faling'",
    'errors, failing or p99',
    'failing',
  ],
  ['metrics: [failing], count: 10', 'metrics: [failing], count: 11', '11', '11', 'at most 10'],
  [
    'bad: failedRequests }\n    judge: { kind: rel',
    'bad: failedRequests, value: { percentile: 9 } }\n    judge: { min: 1, kind: rel',
    'value',
    'both bad and value',
    'exactly one of bad, value, metric or alarm',
  ],
  [
    'kind: cloudwatch, value: { percentile: 99 }',
    'kind: cloudwatch',
    '{',
    'none of bad, value, metric, alarm',
    'exactly one of bad, value, metric or alarm',
  ],
  ['max: 1.5', 'max: 1.5, min: 0.9', 'min', 'both max and min', 'exactly one of max and min'],
  ['max: 1.2', 'failureLimit: 1', '{', 'neither max nor min', 'exactly one of max and min'],
  ['max: 1.2', 'min: 0.9', 'min', 'min for a percentile', 'max: of a response time more is worse', 'max'],
  ['max: 1.2', 'max: 1.2, ceiling: 5%', 'ceiling', 'a ceiling for a percentile', 'slowerThan'],
  [
    "successCondition: 'result[0] < 0.05', ",
    '',
    '{',
    'a threshold without a condition',
    'successCondition, a failureCondition or both',
  ],
  ["'result[0] < 0.05'", "'result[0] < < 1'", '<', "'result[0] < < 1'", 'a condition such as'],
  ["'result[0] < 0.05'", '"result[0] <"', '"', "'result[0] <'", 'a condition such as'],
  [
    'count: 10 }\n  - name',
    'count: 10, interval: 30s }\n  - name',
    '30s',
    "'30s'",
    'a multiple of the window, 1m',
    '60s',
  ],
  ['count: 10 }\n  - name', 'count: 10, interval: 90s }\n  - name', '90s', "'90s'", 'a multiple of the window', '120s'],
  ['window: 60s', 'window: 30s', '30s', "'30s'", 'a multiple of 60s', '60s'],
  ['window: 60s', 'window: 90s', '90s', "'90s'", 'a multiple of 60s', '120s'],
  ['deadline: 1h', 'deadline: 20m', '20m', "'20m'", 'more than 20m'],
  ['bake: 5m', 'bake: 3h', '1h', "'1h'", 'more than 3h 15m'],
];

describe.each([
  ['a key or word that is not known', KEYS_AND_WORDS],
  ['a value that cannot be', VALUES],
  ['something that is missing', MISSING],
  ['what the design has and this version does not', NOT_YET],
  ['a rule between keys', BETWEEN_KEYS],
  ['the judges of Argo, Flagger and Kayenta', OTHER_JUDGES],
])('one mistake for %s', (_, rows) => {
  it.each(rows)('%j -> %j', (from, to, under, found, expected, guess) => {
    // Act
    const mistakes = mistakesOf(changed(from, to));
    // Assess
    const [mistake] = mistakes.filter(one => shortly(one).startsWith(`${under} <- ${found}`));
    expect(mistake, mistakes.map(shortly).join('\n')).toBeDefined();
    expect(mistake?.expected).toContain(expected);
    expect(mistake?.guess).toBe(guess);
    // `bad and value` with min, and a canary made blueGreen, are two mistakes on purpose or by nature; all others are one.
    if (!from.includes('judge: { kind: rel')) expect(mistakes.map(shortly)).toHaveLength(1);
  });
});

describe('one mistake for the scores of Kayenta', () => {
  const plan = changed('{ kind: relative, max: 1.2 }', '{ kind: mannWhitney, groups: [slow] }');

  it.each(SCORES)('%j -> %j', (from, to, under, found, expected, guess) => {
    // Act
    const mistakes = mistakesOf(changed(from, to, plan));
    // Assess
    expect(mistakes.map(shortly)).toEqual([expect.stringContaining(`${under} <- ${found}`)]);
    expect(mistakes[0]?.expected).toContain(expected);
    expect(mistakes[0]?.guess).toBe(guess);
  });
});

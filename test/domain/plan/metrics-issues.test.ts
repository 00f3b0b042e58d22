import { describe, expect, it } from 'vitest';
import { changed, SMALL_PLAN } from '../../adapters/plan-file/plan-text.ts';
import { issuesOf, withMetric } from './issue-text.ts';

const QUERY = "{ kind: prometheus, query: 'up' }";
const SLOT_VALUE = '{ kind: prometheus, value: \'up{slot="${slot}"}\' }';
const threshold = (keys: string, source = QUERY) => withMetric(source, `{ kind: threshold${keys} }`);
const LIST_AS_NUMBER = ", failureCondition: 'result > 1'";
/** Of a plan with nothing in it but this. */
const bare = (keys: string, strategy = 'canary') =>
  `apiVersion: sluice/v1\nkind: Plan\nworkload: a\nstrategy: ${strategy}\nsteps: [{ setWeight: 100 }]\n${keys}\n`;

const refused: [sentence: string, plan: string, mistakes: string[]][] = [
  [
    'two metrics have one name',
    changed('- name: p99', '- name: errors'),
    ["value metrics[2].name: 'errors' a second time; expected a name of its own: metrics[0] has this one"],
  ],
  [
    'three metrics have one name',
    changed('- name: p99', '- name: errors', changed('- name: failing', '- name: errors')).replace(
      '[failing]',
      '[errors]',
    ),
    [
      "value metrics[1].name: 'errors' a second time; expected a name of its own: metrics[0] has this one",
      "value metrics[2].name: 'errors' a second time; expected a name of its own: metrics[0] has this one",
    ],
  ],
  [
    'two names are none: they are not also equal',
    changed('name: p99', 'name: 5 p', changed('name: errors', 'name: a b')),
    [
      "value metrics[0].name: 'a b'; expected a name of letters, digits, dashes and underscores, at most 63 characters",
      "value metrics[2].name: '5 p'; expected a name of letters, digits, dashes and underscores, at most 63 characters",
    ],
  ],
  [
    'a threshold has no condition',
    threshold(''),
    [
      'missing metrics[2].judge: a threshold without a condition; expected a successCondition, a failureCondition or both',
    ],
  ],
  [
    'both conditions cannot be read',
    threshold(", successCondition: 'result <', failureCondition: 'result < < 1'"),
    [
      "value metrics[2].judge.successCondition column 9: 'result <': found the end, expected a number, result, a function or '('; expected a condition such as 'result[0] < 0.01'",
      "value metrics[2].judge.failureCondition column 10: 'result < < 1': found '<', expected a number, result, a function or '('; expected a condition such as 'result[0] < 0.01'",
    ],
  ],
  [
    'a condition is wrong in its second line',
    threshold(', failureCondition: "result < 1 ||\\n\\n  result < < 1"'),
    [
      "value metrics[2].judge.failureCondition column 27: 'result < 1 || result < < 1': line 3, column 12: found '<', expected a number, result, a function or '('; expected a condition such as 'result[0] < 0.01'",
    ],
  ],
  [
    'counts are compared like a number',
    threshold(LIST_AS_NUMBER, '{ kind: cloudwatch, bad: failedRequests }'),
    [
      "value metrics[2].judge.failureCondition column 1: 'result > 1': '>' needs a number, found a list: result is a list here, its first entry is result[0]; expected a condition such as 'result[0] < 0.01'",
    ],
  ],
  [
    'values of Prometheus are compared like a number',
    threshold(LIST_AS_NUMBER, SLOT_VALUE),
    [
      "value metrics[2].judge.failureCondition column 1: 'result > 1': '>' needs a number, found a list: result is a list here, its first entry is result[0]; expected a condition such as 'result[0] < 0.01'",
    ],
  ],
  [
    'the source is a mistake: what its result would be is not known',
    threshold(LIST_AS_NUMBER, '{ kind: jso }'),
    ["value metrics[2].source.kind: 'jso'; expected cloudwatch, prometheus or json; perhaps json"],
  ],
  [
    'the source is a mistake as a whole',
    threshold(LIST_AS_NUMBER, '5'),
    ['value metrics[2].source: 5; expected a source: cloudwatch, prometheus or json'],
  ],
  [
    'nothing would ever be decided',
    threshold(", failureCondition: 'result > 1', failureLimit: -1"),
    [
      'value metrics[2].judge.failureLimit: -1 without a consecutiveSuccessLimit; expected a failureLimit of 0 or more, or a consecutiveSuccessLimit: with neither nothing is ever decided',
    ],
  ],
  [
    'nothing would ever be decided, by a limit of 0',
    threshold(", failureCondition: 'result > 1', failureLimit: -1, consecutiveSuccessLimit: 0"),
    [
      'value metrics[2].judge.failureLimit: -1 without a consecutiveSuccessLimit; expected a failureLimit of 0 or more, or a consecutiveSuccessLimit: with neither nothing is ever decided',
    ],
  ],
  [
    'a ratio has both ends',
    changed('max: 1.5', 'max: 1.5, min: 0.9'),
    ['key metrics[0].judge.min: both max and min; expected exactly one of max and min'],
  ],
  [
    'a ratio has no end',
    changed('max: 1.5, ', ''),
    ['missing metrics[0].judge: neither max nor min; expected exactly one of max and min'],
  ],
  [
    'a percentile has a ceiling',
    changed('max: 1.2', 'max: 1.2, ceiling: 5%'),
    [
      'key metrics[2].judge.ceiling: a ceiling for a percentile; expected a ceiling with a count of bad requests only: { slowerThan: [1s] } counts slow ones',
    ],
  ],
  [
    'a metric of the team has a ceiling',
    withMetric(
      "{ kind: cloudwatch, metric: { namespace: A, name: B, dimensions: { s: '${slot}' } } }",
      '{ kind: relative, max: 2, ceiling: 5% }',
    ),
    [
      'key metrics[2].judge.ceiling: a ceiling for a value; expected a ceiling with a count of bad requests only: { slowerThan: [1s] } counts slow ones',
    ],
  ],
  [
    'a value of Prometheus has a ceiling',
    withMetric(SLOT_VALUE, '{ kind: relative, max: 2, ceiling: 5% }'),
    [
      'key metrics[2].judge.ceiling: a ceiling for a value; expected a ceiling with a count of bad requests only: { slowerThan: [1s] } counts slow ones',
    ],
  ],
  [
    'a source that is a mistake is compared',
    withMetric('5', '{ kind: relative, max: 2, ceiling: 5% }'),
    ['value metrics[2].source: 5; expected a source: cloudwatch, prometheus or json'],
  ],
  [
    'a source whose kind is a mistake is compared',
    withMetric('{ kind: clod, value: up }', '{ kind: relative, max: 2, ceiling: 5% }'),
    ["value metrics[2].source.kind: 'clod'; expected cloudwatch, prometheus or json"],
  ],
  [
    'less of a response time would be bad',
    changed('max: 1.2', 'min: 0.9'),
    ['key metrics[2].judge.min: min for a percentile; expected max: of a response time more is worse; perhaps max'],
  ],
  [
    'an analysis names no metric, and two have one name',
    changed('[failing]', '[zzzzzz]', changed('- name: failing', '- name: errors')),
    [
      "value metrics[1].name: 'errors' a second time; expected a name of its own: metrics[0] has this one",
      "value steps[3].analysis.metrics[0]: the unknown metric 'zzzzzz'; expected errors or p99",
    ],
  ],
  [
    'the count of an analysis is a mistake',
    changed('count: 10 }\n  - app', 'count: x }\n  - app'),
    ["value steps[3].analysis.count: 'x'; expected a whole number, 1 or more"],
  ],
  [
    'an analysis names a metric that is nearly there',
    changed('[failing]', '[failing, faling]'),
    [
      "value steps[3].analysis.metrics[1]: the unknown metric 'faling'; expected errors, failing or p99; perhaps failing",
    ],
  ],
  [
    'an analysis names a metric that is not there',
    changed('[failing]', '[zzzzzz]'),
    ["value steps[3].analysis.metrics[0]: the unknown metric 'zzzzzz'; expected errors, failing or p99"],
  ],
  [
    'an analysis names one metric of none',
    bare('').replace('[{', '[{ setWeight: 5 }, { analysis: { metrics: [a], count: 1 } }, {'),
    [
      "value steps[1].analysis.metrics[0]: the unknown metric 'a'; expected the name of a metric, and the plan has none",
    ],
  ],
  [
    'an analysis names a metric whose name may be the mistake',
    changed('[failing]', '[faling]', changed('name: p99', 'name: a b')),
    ["value metrics[2].name: 'a b'; expected a name of letters, digits, dashes and underscores, at most 63 characters"],
  ],
  [
    'an analysis names a metric after one that is a mistake',
    changed('  - name: errors', '  - 5\n  - name: errors'),
    ['value metrics[0]: 5; expected a map of keys and values'],
  ],
  [
    'an analysis names no text',
    changed('[failing]', '[failing, 5]'),
    ["value steps[3].analysis.metrics[1]: 5; expected a metric's name"],
  ],
  [
    'an analysis waits for more than there will be',
    changed('count: 10 }\n  - app', 'count: 11 }\n  - app'),
    ["value steps[3].analysis.count: 11; expected at most 10: 'failing' is done after that many"],
  ],
];

describe('metrics are refused where', () => {
  it.each(refused)('%s', (_, plan, mistakes) => {
    expect(issuesOf(plan)).toEqual(mistakes);
  });
});

describe('metrics are as they should be where', () => {
  it.each([
    ['a query is compared like a number', threshold(LIST_AS_NUMBER)],
    [
      'an endpoint is compared like a number',
      threshold(LIST_AS_NUMBER, "{ kind: json, url: 'https://a.example', jsonPath: $ }"),
    ],
    [
      'enough good ones in a row decide',
      threshold(", failureCondition: 'result > 1', failureLimit: -1, consecutiveSuccessLimit: 1"),
    ],
    [
      'a limit of 0 decides',
      threshold(", failureCondition: 'result > 1', failureLimit: 0, consecutiveSuccessLimit: 0"),
    ],
    [
      'counters have a ceiling',
      withMetric(
        '{ kind: prometheus, requests: \'up{slot="${slot}"}\', bad: \'b{slot="${slot}"}\' }',
        '{ kind: relative, max: 2, ceiling: 5% }',
      ),
    ],
    ['less of a value would be bad', withMetric(SLOT_VALUE, '{ kind: relative, min: 0.9 }')],
    ['fewer good requests would be bad', changed('max: 1.5', 'min: 0.9')],
    ['an analysis waits for as many as there will be', SMALL_PLAN],
    [
      'an analysis waits for many of a metric that names no judge',
      changed('[failing], count: 10', '[p99], count: 11', withMetric('{ kind: cloudwatch, bad: failedRequests }', '')),
    ],
    ['an analysis waits for many of a metric without an end', changed('[failing], count: 10', '[errors], count: 11')],
  ])('%s', (_, plan) => {
    expect(issuesOf(plan)).toEqual([]);
  });
});

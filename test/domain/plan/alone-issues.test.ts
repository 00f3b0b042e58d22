import { describe, expect, it } from 'vitest';
import { SMALL_PLAN } from '../../adapters/plan-file/plan-text.ts';
import { issuesOf, withMetric } from './issue-text.ts';

/** Of a plan with nothing in it but this. */
const bare = (keys: string, strategy = 'canary') =>
  `apiVersion: sluice/v1\nkind: Plan\nworkload: a\nstrategy: ${strategy}\nsteps: [{ setWeight: 100 }]\n${keys}\n`;
/** The small plan with its soak and no other metrics than errors, without a ceiling, and this one. */
const soaking = (source: string, judge: string) =>
  withMetric(source, judge)
    .replace(', ceiling: 1%', '')
    .replace(/ {2}- name: failing\n.*\n.*\n/, '')
    .replace(/ {2}- analysis.*\n/, '');

const refused: [sentence: string, plan: string, mistakes: string[]][] = [
  [
    'a soak is judged by nothing',
    bare('soak: 1m'),
    [
      'value soak: a soak of 1m, and no metric that can judge when all requests go to the canary; expected a metric with a threshold, flagger, alarm, anomalyBand or burnRate judge, or a sequential or relative one with a ceiling; or control, which keeps some requests on stable',
    ],
  ],
  [
    'a soak is judged by comparisons only',
    soaking('{ kind: cloudwatch, bad: failedRequests }', '{ kind: mannWhitney }'),
    [
      'value soak: a soak of 15m, and no metric that can judge when all requests go to the canary; expected a metric with a threshold, flagger, alarm, anomalyBand or burnRate judge, or a sequential or relative one with a ceiling; or control, which keeps some requests on stable',
    ],
  ],
  [
    'the judge that is missing may be one that judges the soak',
    soaking('{ kind: cloudwatch, value: { percentile: 99 } }', ''),
    [
      "missing metrics[1].judge: no judge: the default is sequential, which judges counts of requests, and this is a value; expected a line 'judge: { kind: … }' beside source, of the kind threshold, relative, flagger or mannWhitney",
    ],
  ],
  [
    'a blueGreen plan is judged by nothing',
    bare('', 'blueGreen'),
    [
      'value strategy: blueGreen, and no metric that can judge when all requests go to the canary; expected a metric with a threshold, flagger, alarm, anomalyBand or burnRate judge, or a sequential or relative one with a ceiling; or control, which keeps some requests on stable',
    ],
  ],
  [
    'a blueGreen plan with a soak is judged by nothing',
    bare('soak: 5m', 'blueGreen'),
    [
      'value soak: a soak of 5m, and no metric that can judge when all requests go to the canary; expected a metric with a threshold, flagger, alarm, anomalyBand or burnRate judge, or a sequential or relative one with a ceiling; or control, which keeps some requests on stable',
    ],
  ],
  [
    'a blueGreen plan is judged by a comparison only',
    bare('metrics: [{ name: a, source: { kind: cloudwatch, bad: failedRequests } }]', 'blueGreen'),
    [
      'value strategy: blueGreen, and no metric that can judge when all requests go to the canary; expected a metric with a threshold, flagger, alarm, anomalyBand or burnRate judge, or a sequential or relative one with a ceiling; or control, which keeps some requests on stable',
    ],
  ],
  [
    'a control has no soak',
    bare('control: 5'),
    [
      'value control: 5, and no soak, which is 0s; expected a soak above 0s: control is what stays on stable through it',
    ],
  ],
  [
    'a control has a soak of 0s',
    bare('soak: 0s\ncontrol: 5'),
    ['value control: 5, and a soak of 0s; expected a soak above 0s: control is what stays on stable through it'],
  ],
  [
    'a control has ceilings beside it',
    `${SMALL_PLAN}control: 2.5\n`,
    [
      'key metrics[0].judge.ceiling: a ceiling in a plan with control; expected one of the two: a ceiling judges only where stable gets no requests, and with control it always does',
    ],
  ],
  [
    'a control has a soak that is a mistake',
    bare('soak: 5\ncontrol: 5'),
    ['value soak: 5; expected a duration such as 90s, 5m, 2h or 1h30m; perhaps 5m'],
  ],
  [
    'the metrics are a mistake: one of them might have judged',
    bare('metrics: 5', 'blueGreen'),
    ['value metrics: 5; expected a list of metrics'],
  ],
  [
    'a metric is a mistake: it might have judged',
    bare('metrics: [5]', 'blueGreen'),
    ['value metrics[0]: 5; expected a map of keys and values'],
  ],
  [
    'a judge is a mistake: it might have judged',
    bare('metrics: [{ name: a, source: { kind: cloudwatch, bad: failedRequests }, judge: { kind: x } }]', 'blueGreen'),
    [
      "value metrics[0].judge.kind: 'x'; expected sequential, threshold, relative, flagger, mannWhitney, alarm, anomalyBand or burnRate",
    ],
  ],
  [
    'the soak is a mistake: there may be none',
    bare('soak: 5'),
    ['value soak: 5; expected a duration such as 90s, 5m, 2h or 1h30m; perhaps 5m'],
  ],
];

describe('with all requests on the canary a plan is refused where', () => {
  it.each(refused)('%s', (_, plan, mistakes) => {
    expect(issuesOf(plan)).toEqual(mistakes);
  });
});

describe('with all requests on the canary a plan is fine where', () => {
  it.each([
    ['a soak of 0s is judged by nothing', bare('soak: 0s')],
    [
      "a soak is judged in Flagger's way",
      soaking('{ kind: cloudwatch, bad: failedRequests }', '{ kind: flagger, thresholdRange: { min: 99 } }'),
    ],
    ['a soak is judged by an alarm', soaking('{ kind: cloudwatch, alarm: a }', '{ kind: alarm }')],
    [
      'a soak is judged by a band',
      soaking('{ kind: cloudwatch, metric: { namespace: A, name: B } }', '{ kind: anomalyBand }'),
    ],
    [
      'a soak is judged by a threshold',
      soaking('{ kind: cloudwatch, bad: failedRequests }', "{ kind: threshold, successCondition: 'result[0] < 0.1' }"),
    ],
    [
      'a soak is judged by a ceiling',
      soaking('{ kind: cloudwatch, bad: failedRequests }', '{ kind: sequential, ceiling: auto }'),
    ],
  ])('%s', (_, plan) => {
    expect(issuesOf(plan)).toEqual([]);
  });
});

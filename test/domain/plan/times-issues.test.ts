import { describe, expect, it } from 'vitest';
import { changed } from '../../adapters/plan-file/plan-text.ts';
import { issuesOf } from './issue-text.ts';

const stepsOf = (...steps: string[]) =>
  `apiVersion: sluice/v1\nkind: Plan\nworkload: a\nstrategy: canary\nsteps:\n${steps.map(step => `  - ${step}\n`).join('')}`;
const LAST = 'setWeight: 100';

const refused: [sentence: string, plan: string, mistakes: string[]][] = [
  [
    'the window is no multiple of a minute',
    changed('window: 60s', 'window: 61s'),
    [
      "value window: '61s'; expected a multiple of 60s: CloudWatch keeps the load balancer's metrics by the minute; perhaps 120s",
    ],
  ],
  [
    'the window is less than a minute',
    changed('window: 60s', 'window: 1s'),
    [
      "value window: '1s'; expected a multiple of 60s: CloudWatch keeps the load balancer's metrics by the minute; perhaps 60s",
    ],
  ],
  [
    'a source is a mistake: it may not be of CloudWatch',
    `${stepsOf(LAST)}window: 7s\nmetrics: [{ name: a, source: 5, judge: { kind: alarm } }]\n`,
    ['value metrics[0].source: 5; expected a source: cloudwatch, prometheus or json'],
  ],
  [
    'a threshold measures more often than there are windows',
    changed('count: 10 }', 'count: 10, interval: 30s }', changed('window: 60s', 'window: 120s')),
    [
      "value metrics[1].judge.interval: '30s'; expected a multiple of the window, 2m: a measurement is one window; perhaps 120s",
    ],
  ],
  [
    'the window is a mistake: the default of it is not held against the interval',
    changed('count: 10 }', 'count: 10, interval: 30s }', changed('window: 60s', 'window: 30')),
    ['value window: 30; expected a duration such as 90s, 5m, 2h or 1h30m, above 0s; perhaps 30s'],
  ],
  [
    'an interval is a mistake',
    changed('count: 10 }', 'count: 10, interval: 90 }'),
    ['value metrics[1].judge.interval: 90; expected a duration such as 90s, 5m, 2h or 1h30m, above 0s; perhaps 90s'],
  ],
  [
    'Flagger checks between two windows',
    changed('{ kind: relative, max: 1.2 }', '{ kind: flagger, thresholdRange: { max: 9 }, interval: 119s }'),
    [
      "value metrics[2].judge.interval: '119s'; expected a multiple of the window, 1m: a measurement is one window; perhaps 120s",
    ],
  ],
  [
    'Kayenta runs between two windows',
    changed('{ kind: relative, max: 1.2 }', '{ kind: mannWhitney, interval: 10m1s }'),
    [
      "value metrics[2].judge.interval: '10m1s'; expected a multiple of the window, 1m: a measurement is one window; perhaps 660s",
    ],
  ],
  [
    'an interval is longer than the default window',
    changed('count: 10 }', 'count: 10, interval: 90s }', changed('window: 60s\n', '')),
    [
      "value metrics[1].judge.interval: '90s'; expected a multiple of the window, 1m: a measurement is one window; perhaps 120s",
    ],
  ],
  [
    'the deadline is what bakes and soak take',
    changed('deadline: 1h', 'deadline: 20m'),
    ["value deadline: '20m'; expected more than 20m, which bakes and soak take without any waiting"],
  ],
  [
    'the deadline is less than the bakes take',
    changed('soak: 15m\n', 'soak: 0s\n', changed('deadline: 1h', 'deadline: 1m')),
    ["value deadline: '1m'; expected more than 5m, which bakes and soak take without any waiting"],
  ],
  [
    'the deadline is a mistake: the default of it is not held against the bakes',
    changed('deadline: 1h', 'deadline: 1', changed('bake: 5m', 'bake: 3h')),
    ['value deadline: 1; expected a duration such as 90s, 5m, 2h or 1h30m, above 0s; perhaps 1h'],
  ],
  [
    'a bake is a mistake: the others are still counted',
    changed('deadline: 1h', 'deadline: 15m', changed('bake: 5m', 'bake: 5')),
    [
      'value steps[2].bake: 5; expected a duration such as 90s, 5m, 2h or 1h30m, above 0s; perhaps 5m',
      "value deadline: '15m'; expected more than 15m, which bakes and soak take without any waiting",
    ],
  ],
  [
    'the deadline of a plan that names none is too short',
    changed('bake: 5m', 'bake: 1h45m', changed('deadline: 1h\n', '')),
    [
      'missing deadline: no deadline, which is 2h; expected more than 2h, which bakes and soak take without any waiting',
    ],
  ],
];

describe('times are refused where', () => {
  it.each(refused)('%s', (_, plan, mistakes) => {
    expect(issuesOf(plan)).toEqual(mistakes);
  });
});

describe('times are as they should be where', () => {
  it.each([
    ['the window is two minutes', changed('window: 60s', 'window: 2m')],
    [
      'an interval is two windows',
      changed('count: 10 }', 'count: 10, interval: 4m }', changed('window: 60s', 'window: 120s')),
    ],
    ['an interval is one window', changed('count: 10 }', 'count: 10, interval: 1m }')],
    ['the deadline is a second longer than bakes and soak', changed('deadline: 1h', 'deadline: 20m1s')],
    [
      'the deadline of a plan that names none is a second longer',
      changed('bake: 5m', 'bake: 1h44m59s', changed('deadline: 1h\n', '')),
    ],
    ['no metric comes from CloudWatch: a window may have any length', `${stepsOf(LAST)}window: 7s\n`],
    [
      'all metrics come from Prometheus: a window may have any length',
      `${stepsOf(LAST)}window: 7s\nmetrics: [{ name: a, source: { kind: prometheus, query: up }, judge: { kind: threshold, failureCondition: 'true' } }]\n`,
    ],
    ['there is more time than the steps of no time take', `${stepsOf(LAST)}deadline: 1s\n`],
  ])('%s', (_, plan) => {
    expect(issuesOf(plan)).toEqual([]);
  });
});

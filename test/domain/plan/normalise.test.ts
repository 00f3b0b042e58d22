import { describe, expect, it } from 'vitest';
import { latencySecondsOf, secondsOf, shareOf } from '../../../domain/file/checked-units.ts';
import type { Metric } from '../../../domain/plan/plan.ts';
import { measuredOf } from '../../../domain/sources/measured-of.ts';
import { changed, planOf, SMALL_PLAN } from '../../adapters/plan-file/plan-text.ts';
import { withMetric } from './issue-text.ts';

const COUNTS = '{ kind: cloudwatch, bad: failedRequests }';
const lastMetric = (source: string, judge: string, keys = ''): Metric | undefined =>
  planOf(`${withMetric(source, judge)}${keys}`).metrics.at(-1);
const SOURCES: Record<string, string> = {
  alarm: '{ kind: cloudwatch, alarm: a }',
  anomalyBand: '{ kind: cloudwatch, metric: { namespace: A, name: B } }',
};
const judgeOf = (judge: string, keys = '') =>
  lastMetric(SOURCES[/kind: (\w+)/.exec(judge)?.[1] ?? ''] ?? COUNTS, judge, keys)?.judge;
const measureOf = (source: string, judge: string) => lastMetric(source, judge)?.source;
const ANY = "{ kind: threshold, failureCondition: 'result[0] > 0.5' }";
const SCORES = { pass: 95, marginal: 75, weights: {} };
const THRESHOLD = {
  kind: 'threshold',
  failureLimit: 0,
  inconclusiveLimit: 0,
  consecutiveErrorLimit: 4,
  intervalSeconds: 60,
  initialDelaySeconds: 0,
};
const KAYENTA = {
  kind: 'mannWhitney',
  direction: 'increase',
  tolerance: 0.25,
  confidence: 0.98,
  nanStrategy: 'remove',
  critical: false,
  groups: ['all'],
  scores: SCORES,
  effectSize: {
    measure: 'meanRatio',
    allowedIncrease: 1,
    allowedDecrease: 1,
    criticalIncrease: 1,
    criticalDecrease: 1,
  },
  intervalSeconds: 600,
};

describe('a judge is read with its defaults, and with nothing that was not said', () => {
  it.each([
    ["{ kind: threshold, failureCondition: 'true' }", { ...THRESHOLD, failureCondition: 'true' }],
    [
      "{ kind: threshold, successCondition: 'true', count: 3, interval: 2m, initialDelay: 30s, failureLimit: 1, inconclusiveLimit: 2, consecutiveErrorLimit: 3, consecutiveSuccessLimit: 5 }",
      {
        kind: 'threshold',
        successCondition: 'true',
        count: 3,
        intervalSeconds: 120,
        initialDelaySeconds: 30,
        failureLimit: 1,
        inconclusiveLimit: 2,
        consecutiveErrorLimit: 3,
        consecutiveSuccessLimit: 5,
      },
    ],
    ['{ kind: relative, max: 2 }', { kind: 'relative', max: 2, failureLimit: 0, minRequests: 10 }],
    [
      '{ kind: relative, min: 0.9, failureLimit: 1, minRequests: 50, ceiling: 5% }',
      { kind: 'relative', min: 0.9, failureLimit: 1, minRequests: 50, ceiling: 0.05 },
    ],
    [
      '{ kind: relative, min: 0.9, ceiling: 0 }',
      { kind: 'relative', min: 0.9, failureLimit: 0, minRequests: 10, ceiling: 0 },
    ],
    ['{ kind: flagger, thresholdRange: { min: 99 } }', { kind: 'flagger', min: 99, threshold: 1, intervalSeconds: 60 }],
    [
      '{ kind: flagger, thresholdRange: { max: 500 } }',
      { kind: 'flagger', max: 500, threshold: 1, intervalSeconds: 60 },
    ],
    [
      '{ kind: flagger, thresholdRange: { min: 0, max: 0 }, threshold: 5, interval: 2m }',
      { kind: 'flagger', min: 0, max: 0, threshold: 5, intervalSeconds: 120 },
    ],
    ['{ kind: mannWhitney }', KAYENTA],
    ['{ kind: mannWhitney, outliers: remove }', { ...KAYENTA, outlierFactor: 3 }],
    [
      '{ kind: mannWhitney, effectSize: { measure: cles } }',
      {
        ...KAYENTA,
        effectSize: {
          measure: 'cles',
          allowedIncrease: 0.5,
          allowedDecrease: 0.5,
          criticalIncrease: 0.5,
          criticalDecrease: 0.5,
        },
      },
    ],
    [
      '{ kind: mannWhitney, interval: 5m, direction: either, tolerance: 0, confidence: 0.5, nanStrategy: replace, outliers: remove, outlierFactor: 1.5, critical: true, groups: [a, b], effectSize: { allowedIncrease: 0, allowedDecrease: 2, criticalIncrease: 3, criticalDecrease: 4 } }',
      {
        ...KAYENTA,
        intervalSeconds: 300,
        direction: 'either',
        tolerance: 0,
        confidence: 0.5,
        nanStrategy: 'replace',
        outlierFactor: 1.5,
        critical: true,
        groups: ['a', 'b'],
        effectSize: {
          measure: 'meanRatio',
          allowedIncrease: 0,
          allowedDecrease: 2,
          criticalIncrease: 3,
          criticalDecrease: 4,
        },
      },
    ],
    ['{ kind: anomalyBand, bad: below, failureLimit: 2 }', { kind: 'anomalyBand', bad: 'below', failureLimit: 2 }],
    ['{ kind: alarm, failureLimit: 2 }', { kind: 'alarm', failureLimit: 2 }],
    ['{ kind: sequential }', { kind: 'sequential', margin: 1.25, share: 1, guard: true }],
    [
      '{ kind: sequential, warmUp: {}, guard: off }',
      { kind: 'sequential', margin: 1.25, share: 1, guard: false, warmUp: { margin: 8, seconds: 60 } },
    ],
  ])('%s', (judge, expected) => {
    expect(judgeOf(judge)).toStrictEqual(expected);
  });

  it('each interval is one window of the plan where it is not said, and ten for Kayenta', () => {
    const intervals = (judge: string) =>
      planOf(changed('window: 60s', 'window: 2m', withMetric(COUNTS, judge))).metrics.at(-1)?.judge;
    expect(intervals(ANY)).toMatchObject({ intervalSeconds: 120 });
    expect(intervals('{ kind: flagger, thresholdRange: { min: 1 } }')).toMatchObject({ intervalSeconds: 120 });
    expect(intervals('{ kind: mannWhitney }')).toMatchObject({ intervalSeconds: 1200 });
  });

  it('the scores of a plan are those of each of its metrics', () => {
    expect(
      judgeOf('{ kind: mannWhitney }', 'kayenta: { pass: 90, marginal: 50, groups: { all: 100 } }\n'),
    ).toStrictEqual({
      ...KAYENTA,
      scores: { pass: 90, marginal: 50, weights: { all: 100 } },
    });
  });

  it('what says nothing of a share has in equal parts what the others leave', () => {
    const shares = planOf(
      `${SMALL_PLAN.replace(
        '{ kind: relative, max: 1.5, ceiling: 1% }',
        '{ kind: sequential, ceiling: auto, share: 40% }',
      )
        .replace('judge: { kind: relative, max: 1.2 }', '')
        .replace('value: { percentile: 99 }', 'bad: failedRequests')
        .replace('steps:', '  - name: more\n    source: { kind: cloudwatch, bad: failedRequests }\nsteps:')}`,
    ).metrics.map(({ judge }) => (judge.kind === 'sequential' ? judge.share : undefined));
    expect(shares).toStrictEqual([0.4, undefined, 0.3, 0.3]);
  });
});

describe('a source is read as what is measured', () => {
  it.each([
    [
      '{ kind: cloudwatch, bad: target5xxAndConnectionErrors }',
      ANY,
      { kind: 'cloudwatch', measure: { kind: 'target5xxAndConnectionErrors' } },
    ],
    ['{ kind: cloudwatch, bad: target4xx }', ANY, { kind: 'cloudwatch', measure: { kind: 'target4xx' } }],
    ['{ kind: cloudwatch, bad: target3xx }', ANY, { kind: 'cloudwatch', measure: { kind: 'target3xx' } }],
    [
      '{ kind: cloudwatch, bad: { slowerThan: [300ms, 1.5s] } }',
      ANY,
      { kind: 'cloudwatch', measure: { kind: 'slowerThan', thresholdsSeconds: [0.3, 1.5] } },
    ],
    [
      '{ kind: cloudwatch, metric: { namespace: A, name: B } }',
      '{ kind: anomalyBand }',
      {
        kind: 'cloudwatch',
        measure: { kind: 'band', metric: { namespace: 'A', name: 'B', dimensions: {}, stat: 'Average' }, width: 2 },
      },
    ],
    [
      '{ kind: cloudwatch, metric: { namespace: A, name: B } }',
      ANY,
      {
        kind: 'cloudwatch',
        measure: { kind: 'metricValue', metric: { namespace: 'A', name: 'B', dimensions: {}, stat: 'Average' } },
      },
    ],
    [
      "{ kind: json, url: 'https://a.example', jsonPath: $.a, headers: { accept: b } }",
      ANY,
      { kind: 'json', measure: { kind: 'json', url: 'https://a.example', jsonPath: '$.a', headers: { accept: 'b' } } },
    ],
  ])('%s with %s', (source, judge, expected) => {
    expect(measureOf(source, judge)).toStrictEqual(expected);
  });
});

describe('what passed the checks and cannot be read is a fault', () => {
  it.each([
    ['a duration', () => secondsOf('5 min'), '5 min passed the checks and cannot be read'],
    ['a time', () => latencySecondsOf('5m'), '5m passed the checks and cannot be read'],
    ['a share', () => shareOf(5), '5 passed the checks and cannot be read'],
    [
      'a source of CloudWatch',
      () => measuredOf({ kind: 'cloudwatch' }),
      'a source that measures nothing passed the checks',
    ],
    [
      'a source of Prometheus',
      () => measuredOf({ kind: 'prometheus', requests: 'a', slowerThan: ['1s'] }),
      'a source that measures nothing passed the checks',
    ],
    [
      'a source of Prometheus without its other half',
      () => measuredOf({ kind: 'prometheus', bad: 'a', histogram: 'b' }),
      'a source that measures nothing passed the checks',
    ],
  ])('%s', (_, read, message) => {
    expect(read).toThrow(new Error(message));
  });
});

describe('a plan is read with', () => {
  it('every key of its own', () => {
    const keys =
      'onNewImage: replace\nprogressDeadline: 3m\nhold: { atMost: 7m, then: ask }\npreview: { header: { name: a, value: b } }\n';
    const notify =
      "notify: [{ kind: sns, on: [held] }, { kind: sns, on: [promoted], topicArn: 'arn:aws:sns:eu-west-1:123456789012:a' }]\n";
    expect(planOf(`${SMALL_PLAN}${keys}${notify}`)).toStrictEqual({
      ...planOf(SMALL_PLAN),
      onNewImage: 'replace',
      progressDeadlineSeconds: 180,
      hold: { atMostSeconds: 420, then: 'ask' },
      preview: { header: { name: 'a', value: 'b' } },
      notify: [
        { kind: 'sns', on: ['held'] },
        { kind: 'sns', on: ['promoted'], topicArn: 'arn:aws:sns:eu-west-1:123456789012:a' },
      ],
    });
  });

  it('every key of its steps', () => {
    const steps =
      "hook: { name: a, url: 'https://a.example', timeout: 90s, retries: 3 }\n  - approval: { name: b, groups: [g, h], required: 2, notTheStarter: true, within: 30m }\n  - analysis: { metrics: [errors, p99], count: 2 }";
    expect(planOf(changed('bake: 5m', steps)).steps.slice(2, 5)).toStrictEqual([
      { kind: 'hook', name: 'a', url: 'https://a.example', timeoutSeconds: 90, retries: 3 },
      { kind: 'approval', name: 'b', groups: ['g', 'h'], required: 2, notTheStarter: true, withinSeconds: 1800 },
      { kind: 'analysis', metrics: ['errors', 'p99'], count: 2 },
    ]);
  });

  it('what ends a bake early, whatever judges', () => {
    expect(planOf(`${SMALL_PLAN}promoteEarly: {}\n`).promoteEarly).toStrictEqual({
      beta: 0.05,
      nonInferiority: 2,
      afterSeconds: 300,
    });
    expect(planOf(SMALL_PLAN)).not.toHaveProperty('preview');
    expect(planOf(SMALL_PLAN)).not.toHaveProperty('promoteEarly');
    expect(planOf(SMALL_PLAN)).not.toHaveProperty('sequential');
  });
});

import { describe, expect, it } from 'vitest';
import type { JudgementContext } from '../../../domain/judges/context.ts';
import { analysisComplete, judgeMetric, judgeRelease } from '../../../domain/judges/judge-release.ts';
import type { Metric } from '../../../domain/plan/plan.ts';
import type { WindowRecord } from '../../../domain/windows/reading.ts';
import { context, counts, frozen, MINUTE, NOON } from './records.ts';
import { sequential as sequentialContext, metric as sequentialMetric } from './sequential/sequential-records.ts';

const threshold = (name: string, count?: number): Metric => ({
  name,
  source: { kind: 'cloudwatch', measure: { kind: 'failedRequests' } },
  judge: {
    kind: 'threshold',
    successCondition: 'result[0] < 0.01',
    failureLimit: 0,
    inconclusiveLimit: 0,
    consecutiveErrorLimit: 1,
    intervalSeconds: 60,
    initialDelaySeconds: 0,
    ...(count === undefined ? {} : { count }),
  },
});
const relative: Metric = {
  name: 'compared',
  source: { kind: 'cloudwatch', measure: { kind: 'failedRequests' } },
  judge: { kind: 'relative', max: 1.1, failureLimit: 0, minRequests: 10 },
};
const sequential = (name: string) => sequentialMetric({}, name);
const scored = (name: string, group: string): Metric => ({
  name,
  source: { kind: 'cloudwatch', measure: { kind: 'failedRequests' } },
  judge: {
    ...{ kind: 'mannWhitney', direction: 'increase', tolerance: 0.25, confidence: 0.98, nanStrategy: 'remove' },
    effectSize: {
      measure: 'meanRatio',
      allowedIncrease: 1,
      allowedDecrease: 1,
      criticalIncrease: 1,
      criticalDecrease: 1,
    },
    ...{ critical: false, groups: [group], intervalSeconds: 300 },
    scores: { pass: 95, marginal: 60, weights: { main: 70, side: 30 } },
  },
});
const good = (n: number): WindowRecord =>
  frozen(n, { kind: 'counts', canary: counts(400, 2), stable: counts(3600, 18) });
const bad = (n: number): WindowRecord =>
  frozen(n, { kind: 'counts', canary: counts(400, 40), stable: counts(3600, 18) });
const quiet = (n: number): WindowRecord =>
  frozen(n, { kind: 'counts', canary: counts(0, 0), stable: counts(3600, 18) });
const soon = context({ nowEpochMs: NOON + 3 * MINUTE });

describe('the verdict on a release', () => {
  it('is degraded as soon as one metric is, and names it', () => {
    const { verdict, byMetric } = judgeRelease([threshold('a'), threshold('b')], { a: [good(0)], b: [bad(0)] }, soon);
    expect(verdict).toEqual({
      kind: 'degraded',
      metric: 'b',
      because: 'b: 40 of 400 canary requests failed (10 %), limit 1 %, 0 bad windows allowed',
    });
    expect(byMetric.a?.kind).toBe('watching');
  });

  it('is degraded whatever the source and the other metrics say', () => {
    const asked = judgeRelease([threshold('a'), relative], { a: [bad(0)] }, { ...soon, sourceFault: 'throttled' });
    expect(asked.verdict.kind).toBe('degraded');
  });

  it('is inconclusive when one metric is', () => {
    const { verdict } = judgeRelease([threshold('a'), relative], { a: [good(0)] }, soon);
    expect(verdict).toEqual({ kind: 'inconclusive', because: 'compared: no window was measured yet', fault: false });
    const both = judgeRelease([threshold('a'), relative, threshold('b')], { a: [good(0)] }, soon).verdict;
    expect(both.because).toBe('compared: no window was measured yet; b: no window was measured yet');
  });

  it.each<[string, Metric['judge'], WindowRecord, string]>([
    ['an alarm', { kind: 'alarm', failureLimit: 0 }, frozen(0, { kind: 'alarm', state: 'ALARM' }), 'was in ALARM'],
    [
      'a band',
      { kind: 'anomalyBand', bad: 'above', failureLimit: 0 },
      frozen(0, { kind: 'band', value: 9, low: 1, high: 8 }),
      '9 where 1 to 8 is expected',
    ],
    ['a comparison', relative.judge, bad(0), '40 of 400 canary requests failed (10 %), 18 of 3600'],
  ])('asks %s of the judge that the plan names', (_, judge, record, because) => {
    const { verdict } = judgeRelease([{ ...threshold('a'), judge }], { a: [record] }, soon);
    expect(verdict).toMatchObject({ kind: 'degraded', because: expect.stringContaining(because) });
  });

  it('is inconclusive by a fault while the source cannot be read', () => {
    const { verdict } = judgeRelease([threshold('a')], { a: [good(0)] }, { ...soon, sourceFault: 'throttled' });
    expect(verdict).toEqual({ kind: 'inconclusive', because: 'the metrics cannot be read: throttled', fault: true });
  });

  it('is healthy when every metric is, else watching', () => {
    const windows = { a: [good(0), good(1)], b: [good(0), good(1)] };
    expect(judgeRelease([threshold('a', 2), threshold('b', 2)], windows, soon).verdict.kind).toBe('healthy');
    expect(judgeRelease([threshold('a', 2), threshold('b', 3)], windows, soon).verdict.kind).toBe('watching');
  });

  it('in an analysis step is held by its metrics only, and degraded by any', () => {
    const metrics = [threshold('a', 1), relative];
    const only = { metricsOfThisStep: ['a'] };
    expect(judgeRelease(metrics, { a: [good(0)] }, soon, only).verdict.kind).toBe('healthy');
    expect(judgeRelease(metrics, { a: [good(0)] }, soon, { metricsOfThisStep: [] }).verdict.kind).toBe('watching');
    expect(judgeRelease(metrics, { a: [good(0)], compared: [bad(0)] }, soon, only).verdict.kind).toBe('degraded');
  });

  it('watches while the canary gets no traffic, and where the plan measures nothing', () => {
    const before = context({ analysisStartedAtEpochMs: undefined });
    const none = { kind: 'watching', because: 'the canary gets no traffic yet' };
    expect(judgeRelease([threshold('a')], { a: [bad(0)] }, before).verdict).toEqual(none);
    expect(judgeRelease([threshold('a')], {}, { ...before, sourceFault: 'refused' }).verdict).toEqual(none);
    expect(judgeMetric(threshold('a'), [bad(0)], before)).toEqual({
      verdict: none,
      measurements: [],
      done: 0,
      brokeLimit: false,
    });
    const judged = judgeRelease([sequential('s'), scored('k', 'main')], { s: [bad(0)], k: [bad(0)] }, before);
    expect(judged.byMetric).toEqual({ s: none, k: none });
    expect([judged.evidence, judged.ceilings]).toEqual([[], {}]);
    expect(judgeRelease([], {}, soon).verdict).toEqual({
      kind: 'watching',
      because: 'the plan has no metrics, so nothing is judged',
    });
  });
});

const isComplete = (
  step: { metrics: string[]; count: number },
  metrics: Metric[],
  windows: Record<string, WindowRecord[]>,
  by: JudgementContext,
) => analysisComplete(step, metrics, judgeRelease(metrics, windows, by).judged);

describe('an analysis step', () => {
  const step = { metrics: ['a'], count: 2 };
  it('waits for its measurements', () => {
    expect(isComplete(step, [threshold('a')], { a: [good(0)] }, soon)).toBe(false);
    expect(isComplete(step, [threshold('a')], { a: [good(0), quiet(1)] }, soon)).toBe(false);
    expect(isComplete(step, [threshold('a')], { a: [good(0), good(1)] }, soon)).toBe(true);
    expect(isComplete(step, [threshold('a')], {}, soon)).toBe(false);
  });
  it('waits for no more than the metric ever takes', () => {
    expect(isComplete(step, [threshold('a', 1)], { a: [good(0)] }, soon)).toBe(true);
  });
  it('is over when errors in a row broke their limit, so that the release holds', () => {
    const windows = [quiet(0), quiet(1)];
    expect(isComplete(step, [threshold('a')], { a: windows }, soon)).toBe(true);
    expect(judgeMetric(threshold('a'), windows, soon).verdict.kind).toBe('inconclusive');
  });
  it('counts only windows of a comparison that had something to compare', () => {
    expect(judgeMetric(relative, [good(0), quiet(1), good(2)], soon).done).toBe(2);
    const { judge } = threshold('a');
    const both: Metric = {
      ...threshold('a'),
      judge: { ...judge, failureCondition: 'result[0] > 0.2' } as Metric['judge'],
    };
    expect(judgeMetric(both, [good(0), quiet(1), bad(2)], soon).done).toBe(2);
  });
  it('refuses a metric that the plan does not have', () => {
    expect(() => isComplete({ metrics: ['c'], count: 1 }, [threshold('a')], {}, soon)).toThrow(
      new RangeError('an analysis step waits for c, which is no metric of the plan'),
    );
  });
  it('waits for all of its metrics', () => {
    const both = { metrics: ['a', 'b'], count: 1 };
    const metrics = [threshold('a'), threshold('b')];
    expect(isComplete(both, metrics, { a: [good(0)] }, soon)).toBe(false);
    expect(isComplete(both, metrics, { a: [good(0)], b: [good(0)] }, soon)).toBe(true);
  });
  it('waits for its measurements of a sequential metric that is healthy before', () => {
    const healthy = Array.from({ length: 9 }, (_, n) =>
      frozen(n, { kind: 'counts', canary: counts(480, 5), stable: counts(9520, 95) }),
    );
    const after = context({ nowEpochMs: NOON + 9 * MINUTE, sequential: sequentialContext() });
    expect(judgeMetric(sequential('errors'), healthy, after).verdict.kind).toBe('healthy');
    expect(isComplete({ metrics: ['errors'], count: 10 }, [sequential('errors')], { errors: healthy }, after)).toBe(
      false,
    );
    expect(isComplete({ metrics: ['errors'], count: 9 }, [sequential('errors')], { errors: healthy }, after)).toBe(
      true,
    );
  });
});

describe('a release judged as others judge', () => {
  const source = { kind: 'cloudwatch', measure: { kind: 'failedRequests' } } as const;
  const five = (badOf: (n: number) => number): WindowRecord[] =>
    [0, 1, 2, 3, 4].map(n =>
      frozen(n, { kind: 'counts', canary: counts(10_000, badOf(n)), stable: counts(90_000, 900 + 20 * n) }),
    );
  const like = five(n => 98 + 3 * n);
  const worse = five(n => 500 + n);
  const metrics = [scored('errors', 'main'), scored('slow', 'side')];
  const after = context({ nowEpochMs: NOON + 5 * MINUTE });

  it('by the score of all of its metrics together, not by each alone', () => {
    const side = judgeRelease(metrics, { errors: like, slow: worse }, after);
    expect(side.verdict).toMatchObject({ kind: 'inconclusive', because: expect.stringContaining('slow: 5 values') });
    expect(side.verdict.because).toContain('score 70');
    const main = judgeRelease(metrics, { errors: worse, slow: like }, after);
    expect(main.verdict).toMatchObject({
      kind: 'degraded',
      metric: 'errors',
      because: expect.stringContaining('score 30'),
    });
    expect(judgeRelease(metrics, { errors: like, slow: like }, after).verdict.kind).toBe('watching');
    expect(judgeMetric(metrics[1] as Metric, worse, after).verdict.kind).toBe('degraded');
  });

  it('by failed checks that add up, one metric beside the others', () => {
    const flagger: Metric = {
      name: 'rate',
      source,
      judge: { kind: 'flagger', min: 99, threshold: 2, intervalSeconds: 60 },
    };
    expect(judgeRelease([flagger], { rate: [bad(0), good(1), bad(2)] }, soon).verdict).toMatchObject({
      kind: 'degraded',
      metric: 'rate',
    });
    expect(judgeRelease([flagger], { rate: [good(0), bad(1)] }, soon).verdict.kind).toBe('inconclusive');
  });

  it('does not wait for measurements that Argo would not take any more', () => {
    const { judge } = threshold('a');
    const enough: Metric = { ...threshold('a'), judge: { ...judge, consecutiveSuccessLimit: 2 } as Metric['judge'] };
    const step = { metrics: ['a'], count: 10 };
    expect(isComplete(step, [enough], { a: [good(0)] }, soon)).toBe(false);
    expect(isComplete(step, [enough], { a: [good(0), good(1)] }, soon)).toBe(true);
  });
});

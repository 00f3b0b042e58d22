import { expect, it } from 'vitest';
import type { Traffic } from '../../../adapters/metrics/cloudwatch/fake-traffic.ts';
import type { MetricSource, ReadRequest } from '../../../adapters/metrics/metric-source.ts';
import type { Slot } from '../../../domain/dial.ts';
import type { Metric } from '../../../domain/plan/plan.ts';
import type { CloudWatchMeasure } from '../../../domain/sources/cloudwatch/facts.ts';
import type { Workload } from '../../../domain/workload.ts';
import { ruleArn, targetGroupArns } from '../../lab/aws/published-metrics.ts';

export const NOON = Date.UTC(2026, 10, 21, 12);
export const MINUTE_MS = 60_000;

export const checkout: Workload = {
  name: 'checkout',
  cluster: { name: 'prod', namespace: 'shop' },
  deployment: 'checkout',
  container: 'app',
  repositories: [{ name: 'checkout', tags: 'v*' }],
  router: { kind: 'alb', rules: [ruleArn], targetGroups: targetGroupArns },
  backgroundWork: 'none',
  connections: 'cut',
  maxDrainSeconds: 900,
};

export const metric = (name: string, measure: CloudWatchMeasure): Metric => ({
  name,
  source: { kind: 'cloudwatch', measure },
  judge: { kind: 'relative', max: 1.2, failureLimit: 0, minRequests: 0 },
});
export const errors = metric('errors', { kind: 'failedRequests' });
export const slow = metric('slow', { kind: 'slowerThan', thresholdsSeconds: [0.3, 1] });
export const p50 = metric('p50', { kind: 'percentile', percentile: 50 });

export const albMetrics = { errors, slow, p50 };

export const minuteAt = (startEpochMs: number) => ({ startEpochMs, endEpochMs: startEpochMs + MINUTE_MS });

/** What is asked, but for `changes`. */
export const requestOf = (changes: Partial<ReadRequest> = {}): ReadRequest => ({
  workload: checkout,
  canary: 'green',
  revisions: { blue: 'old', green: 'new' },
  metrics: [errors],
  windows: [minuteAt(NOON)],
  ...changes,
});

export interface OpenSource {
  source: MetricSource;
  publish(slot: Slot, startEpochMs: number, traffic: Traffic): void;
  /** From now on nothing answers. */
  breakDown(): void;
}

/** The same three metrics in the words of a source: failed requests, those slower than 0.3 and 1 s, the median. */
export interface ContractMetrics {
  errors: Metric;
  slow: Metric;
  p50: Metric;
  workload?: Workload;
}

/** Every metric source keeps this. */
export const keepsMetricSourceContract = (
  open: () => Promise<OpenSource>,
  { errors, slow, p50, workload = checkout }: ContractMetrics = albMetrics,
) => {
  const request = (changes: Partial<ReadRequest> = {}) => requestOf({ workload, metrics: [errors], ...changes });

  it('counts as failed what was answered 5xx, what was not answered and what could not connect', async () => {
    // Prepare
    const { source, publish } = await open();
    publish('green', NOON, { good: 90, target5xx: 5, connectionErrors: 3, withoutAnswer: 2 });
    publish('blue', NOON, { good: 900 });
    // Act
    const readings = await source.read(request());
    // Assess
    expect(readings).toMatchObject([
      {
        metric: 'errors',
        ...minuteAt(NOON),
        reading: {
          kind: 'counts',
          canary: { requests: 100, bad: [10] },
          stable: { requests: 900, bad: [0] },
        },
      },
    ]);
  });

  it('gives the counts to the slot that is the canary, whichever it is', async () => {
    const { source, publish } = await open();
    publish('green', NOON, { good: 7 });
    publish('blue', NOON, { good: 3, target5xx: 1 });
    const readings = await source.read(request({ canary: 'blue' }));
    expect(readings[0]?.reading).toEqual({
      kind: 'counts',
      canary: { requests: 4, bad: [1] },
      stable: { requests: 7, bad: [0] },
    });
  });

  it('says null for a version without traffic, not 0', async () => {
    const { source, publish } = await open();
    publish('blue', NOON, { good: 900 });
    const readings = await source.read(request({ metrics: [errors, slow, p50] }));
    expect(readings.map(({ reading }) => reading)).toEqual([
      { kind: 'counts', canary: null, stable: { requests: 900, bad: [0] } },
      { kind: 'counts', canary: null, stable: { requests: 900, bad: [0, 0] } },
      { kind: 'value', canary: null, stable: null },
    ]);
  });

  it('counts answers slower than each threshold, one exactly as slow not among them', async () => {
    const { source, publish } = await open();
    publish('green', NOON, { good: 5, responseTimes: [0.1, 0.3, 0.301, 1, 2.5] });
    const readings = await source.read(request({ metrics: [slow] }));
    expect(readings[0]?.reading).toEqual({ kind: 'counts', canary: { requests: 5, bad: [3, 1] }, stable: null });
  });

  it('reads a percentile in seconds', async () => {
    const { source, publish } = await open();
    publish('green', NOON, { good: 4, responseTimes: [0.4, 0.1, 0.2, 3] });
    publish('blue', NOON, { good: 1, responseTimes: [0.05] });
    const readings = await source.read(request({ metrics: [p50] }));
    expect(readings[0]?.reading).toEqual({ kind: 'value', canary: 0.2, stable: 0.05 });
  });

  it('gives one reading per metric and window, each with its own counts', async () => {
    const { source, publish } = await open();
    publish('green', NOON, { good: 10, target5xx: 1 });
    publish('green', NOON + 2 * MINUTE_MS, { good: 20, target5xx: 2 });
    const windows = [0, 1, 2].map(minutes => minuteAt(NOON + minutes * MINUTE_MS));
    const readings = await source.read(request({ metrics: [errors, slow], windows }));
    const of = (requests: number, bad: number[]) => ({ kind: 'counts', canary: { requests, bad }, stable: null });
    const none = { kind: 'counts', canary: null, stable: null };
    expect(readings).toMatchObject([
      { metric: 'errors', ...minuteAt(NOON), reading: of(11, [1]) },
      { metric: 'errors', ...minuteAt(NOON + MINUTE_MS), reading: none },
      { metric: 'errors', ...minuteAt(NOON + 2 * MINUTE_MS), reading: of(22, [2]) },
      { metric: 'slow', ...minuteAt(NOON), reading: of(11, [0, 0]) },
      { metric: 'slow', ...minuteAt(NOON + MINUTE_MS), reading: none },
      { metric: 'slow', ...minuteAt(NOON + 2 * MINUTE_MS), reading: of(22, [0, 0]) },
    ]);
  });

  it('has nothing to say when nothing is asked', async () => {
    const { source } = await open();
    expect(await source.read(request({ metrics: [] }))).toEqual([]);
    expect(await source.read(request({ windows: [] }))).toEqual([]);
  });

  it('throws MetricSourceUnreachableError when nothing answers', async () => {
    const { source, breakDown } = await open();
    breakDown();
    await expect(source.read(request())).rejects.toMatchObject({ name: 'MetricSourceUnreachableError' });
  });
};

/** What only the load balancer's own metrics tell. */
export const keepsLoadBalancerContract = (open: () => Promise<OpenSource>) => {
  it('leaves out what was not answered where the plan says so', async () => {
    const { source, publish } = await open();
    publish('green', NOON, { good: 90, target5xx: 5, connectionErrors: 3, withoutAnswer: 2 });
    const metrics = [metric('errors', { kind: 'target5xxAndConnectionErrors' })];
    const readings = await source.read(requestOf({ metrics }));
    expect(readings[0]?.reading).toEqual({ kind: 'counts', canary: { requests: 100, bad: [8] }, stable: null });
  });

  it('counts answers 4xx, and only those, where the plan says so; none is 0', async () => {
    const { source, publish } = await open();
    publish('green', NOON, { good: 80, target4xx: 9, target5xx: 6, connectionErrors: 3, withoutAnswer: 2 });
    publish('blue', NOON, { good: 900, target4xx: 0 });
    const readings = await source.read(requestOf({ metrics: [metric('notFound', { kind: 'target4xx' }), errors] }));
    expect(readings.map(({ reading }) => reading)).toEqual([
      { kind: 'counts', canary: { requests: 100, bad: [9] }, stable: { requests: 900, bad: [0] } },
      { kind: 'counts', canary: { requests: 100, bad: [11] }, stable: { requests: 900, bad: [0] } },
    ]);
  });

  it('counts redirects, and only those, where the plan says so; for everybody else they are good', async () => {
    const { source, publish } = await open();
    publish('green', NOON, { good: 80, target3xx: 7, target4xx: 9, target5xx: 4 });
    publish('blue', NOON, { good: 900, target3xx: 0 });
    const readings = await source.read(requestOf({ metrics: [metric('redirects', { kind: 'target3xx' }), errors] }));
    expect(readings.map(({ reading }) => reading)).toEqual([
      { kind: 'counts', canary: { requests: 100, bad: [7] }, stable: { requests: 900, bad: [0] } },
      { kind: 'counts', canary: { requests: 100, bad: [4] }, stable: { requests: 900, bad: [0] } },
    ]);
  });
};

import { describe, expect, it } from 'vitest';
import { compositeSource } from '../../../adapters/metrics/composite-source.ts';
import { fakeSource } from '../../../adapters/metrics/fake-source.ts';
import type { Metric } from '../../../domain/plan/plan.ts';
import { errors, minuteAt, NOON, requestOf, slow } from './metric-source.contract.ts';

const queue: Metric = {
  name: 'queue',
  source: { kind: 'prometheus', measure: { kind: 'query', query: 'depth', series: 'one' } },
  judge: errors.judge,
};
const check: Metric = {
  name: 'check',
  source: { kind: 'json', measure: { kind: 'json', url: 'https://c.example', jsonPath: '$', headers: {} } },
  judge: errors.judge,
};
const open = () => {
  const sources = { cloudwatch: fakeSource(), prometheus: fakeSource(), json: fakeSource() };
  sources.cloudwatch.publish('green', NOON, { good: 10 });
  sources.prometheus.say('queue', NOON, { kind: 'result', result: [3] });
  sources.json.say('check', NOON, { kind: 'result', result: true });
  return { sources, source: compositeSource(sources) };
};
const metrics = [queue, errors, check, slow];

describe('a source for a plan of several', () => {
  it('asks each source once for its own metrics, and answers in the order of the plan', async () => {
    const { sources, source } = open();
    const readings = await source.read(requestOf({ metrics }));
    expect(readings.map(({ metric }) => metric)).toEqual(['queue', 'errors', 'check', 'slow']);
    expect(sources.cloudwatch.requests.map(request => request.metrics.map(({ name }) => name))).toEqual([
      ['errors', 'slow'],
    ]);
    expect(sources.prometheus.requests).toHaveLength(1);
  });

  it('does not ask a source that the plan does not name', async () => {
    const { sources, source } = open();
    await source.read(requestOf({ metrics: [errors] }));
    expect(sources.prometheus.requests).toEqual([]);
    expect(await source.read(requestOf({ metrics: [] }))).toEqual([]);
  });

  it('keeps what the others said when one cannot be reached, and says which it was', async () => {
    const { sources, source } = open();
    sources.prometheus.breakWith('TimeoutError');
    await expect(source.read(requestOf({ metrics }))).rejects.toMatchObject({
      name: 'MetricSourceUnreachableError',
      message: 'queue: the source did not answer: TimeoutError',
      readings: [
        { metric: 'errors', ...minuteAt(NOON) },
        { metric: 'slow', ...minuteAt(NOON) },
        { metric: 'check', ...minuteAt(NOON) },
      ],
    });
  });
});

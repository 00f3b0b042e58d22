import { GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { afterEach, describe, expect, it } from 'vitest';
import { openCloudWatchLab } from '../../adapters/metrics/cloudwatch/cloudwatch-lab.ts';
import { MINUTE_MS, NOON } from '../../adapters/metrics/metric-source.contract.ts';
import { targetGroupArns } from './published-metrics.ts';

type Lab = Awaited<ReturnType<typeof openCloudWatchLab>>;
const labs: Lab[] = [];
const openLab = async (...options: Parameters<typeof openCloudWatchLab>) => {
  const lab = await openCloudWatchLab(...options);
  labs.push(lab);
  return lab;
};
afterEach(async () => {
  await Promise.all(labs.splice(0).map(lab => lab.close()));
});

const LOAD_BALANCER = 'app/shop/50dc6c495c0c9188';
const GREEN = 'targetgroup/checkout-green/943f017f100becff';

interface Asked {
  metricName?: string;
  stat?: string;
  period?: number;
  namespace?: string;
  dimensions?: Record<string, string>;
  id?: string;
}

const query = ({
  metricName = 'RequestCount',
  stat = 'Sum',
  period = 60,
  namespace = 'AWS/ApplicationELB',
  dimensions = { LoadBalancer: LOAD_BALANCER, TargetGroup: GREEN },
  id = 'q0',
}: Asked): MetricDataQuery => ({
  Id: id,
  MetricStat: {
    Metric: {
      Namespace: namespace,
      MetricName: metricName,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: period,
    Stat: stat,
  },
});

const ask = (
  lab: Lab,
  queries: MetricDataQuery[],
  minutes = 10,
  more: { MaxDatapoints?: number; NextToken?: string } = {},
) =>
  lab.client.send(
    new GetMetricDataCommand({
      MetricDataQueries: queries,
      StartTime: new Date(NOON),
      EndTime: new Date(NOON + minutes * MINUTE_MS),
      ...more,
    }),
  );

const valuesOf = async (lab: Lab, asked: Asked) => (await ask(lab, [query(asked)])).MetricDataResults?.[0]?.Values;

describe("the lab's CloudWatch", () => {
  it('has a point where something was published, newest first, and none where nothing was', async () => {
    const lab = await openLab();
    lab.publish('green', NOON, { good: 10 });
    lab.publish('green', NOON + 2 * MINUTE_MS, { good: 30 });
    const { MetricDataResults } = await ask(lab, [query({})]);
    expect(MetricDataResults).toEqual([
      {
        Id: 'q0',
        Label: 'RequestCount',
        StatusCode: 'Complete',
        Timestamps: [new Date(NOON + 2 * MINUTE_MS), new Date(NOON)],
        Values: [30, 10],
      },
    ]);
  });

  it('adds up the minutes of a longer period', async () => {
    const lab = await openLab();
    lab.publish('green', NOON, { good: 10 });
    lab.publish('green', NOON + 4 * MINUTE_MS, { good: 30 });
    lab.publish('green', NOON + 5 * MINUTE_MS, { good: 7 });
    expect(await valuesOf(lab, { period: 300 })).toEqual([7, 40]);
  });

  it.each([
    ['Sum', 10],
    ['SampleCount', 4],
    ['Average', 2.5],
    ['Minimum', 1],
    ['Maximum', 4],
    ['p50', 2],
    ['p99.9', 4],
    ['p0', 1],
    ['TC(2:)', 2],
    ['TC(:2)', 2],
    ['TC(1:3)', 2],
    ['TC(9:)', 0],
    ['PR(:1)', 25],
    ['PR(1:)', 75],
  ])('answers %s of the response times 4, 1, 3 and 2 s with %d', async (stat, expected) => {
    const lab = await openLab();
    lab.publish('green', NOON, { good: 4, responseTimes: [4, 1, 3, 2] });
    expect(await valuesOf(lab, { metricName: 'TargetResponseTime', stat })).toEqual([expected]);
  });

  it('has a sample of 1 for each request that it counts', async () => {
    const lab = await openLab();
    lab.publish('green', NOON, { good: 4 });
    const stats = ['SampleCount', 'Average', 'Maximum', 'p99'];
    const { MetricDataResults } = await ask(
      lab,
      stats.map((stat, index) => query({ stat, id: `q${index}` })),
    );
    expect(MetricDataResults?.map(({ Values }) => Values?.[0])).toEqual([4, 1, 1, 1]);
  });

  it("counts the load balancer's own answers without a target group", async () => {
    const lab = await openLab();
    lab.published.count('HTTPCode_ELB_502_Count', undefined, NOON, 3);
    const dimensions = { LoadBalancer: LOAD_BALANCER };
    expect(await valuesOf(lab, { metricName: 'HTTPCode_ELB_502_Count', dimensions })).toEqual([3]);
  });

  it.each<[string, Asked]>([
    ['namespace', { namespace: 'AWS/NetworkELB' }],
    ['metric', { metricName: 'RequestsCount' }],
    ['load balancer', { dimensions: { LoadBalancer: 'app/other/1', TargetGroup: GREEN } }],
    ['target group', { dimensions: { LoadBalancer: LOAD_BALANCER, TargetGroup: 'targetgroup/other/1' } }],
    ['dimension', { dimensions: { LoadBalancer: LOAD_BALANCER, TargetGroup: GREEN, AvailabilityZone: 'eu-west-1a' } }],
  ])('has no points, and no error, for a %s that it does not know', async (_, asked) => {
    const lab = await openLab();
    lab.publish('green', NOON, { good: 4 });
    expect(await valuesOf(lab, asked)).toEqual([]);
  });

  it.each<[string, Asked[]]>([
    ['an unknown statistic', [{ stat: 'Total' }]],
    ['a percentile above 100', [{ stat: 'p101' }]],
    ['a range without bounds', [{ stat: 'TC(:)' }]],
    ['a period that is not a multiple of 60', [{ period: 90 }]],
    ['an id that starts with a capital', [{ id: 'Q0' }]],
    ['the same id twice', [{}, {}]],
    ['more than 500 queries', Array.from({ length: 501 }, (_, index) => ({ id: `q${index}` }))],
  ])('refuses %s', async (_, asked) => {
    const lab = await openLab();
    await expect(ask(lab, asked.map(query))).rejects.toMatchObject({ Code: 'ValidationError' });
  });

  it('takes 500 queries', async () => {
    const lab = await openLab();
    const asked = Array.from({ length: 500 }, (_, index) => query({ id: `q${index}` }));
    expect((await ask(lab, asked)).MetricDataResults).toHaveLength(500);
  });

  it('refuses a range that ends where it starts', async () => {
    const lab = await openLab();
    await expect(ask(lab, [query({})], 0)).rejects.toMatchObject({ Code: 'ValidationError' });
  });

  it('gives no more points than asked for, says that there are more, and goes on from the token', async () => {
    const lab = await openLab();
    for (const minute of [0, 1, 2]) lab.publish('green', NOON + minute * MINUTE_MS, { good: minute + 1 });
    const first = await ask(lab, [query({})], 10, { MaxDatapoints: 2 });
    expect(first.MetricDataResults?.[0]).toMatchObject({ StatusCode: 'PartialData', Values: [3, 2] });
    const second = await ask(lab, [query({})], 10, { MaxDatapoints: 2, NextToken: first.NextToken ?? '' });
    expect(second.MetricDataResults?.[0]).toMatchObject({ StatusCode: 'Complete', Values: [1] });
    expect(second.NextToken).toBeUndefined();
  });

  it('shows the response times that arrived first while a minute grows', async () => {
    const lab = await openLab({ lateSeconds: 60, growsForSeconds: 100, growFrom: 0.5 });
    lab.publish('green', NOON, { good: 4, responseTimes: [4, 1, 3, 2] });
    lab.clock.epochMs = NOON + 2 * MINUTE_MS;
    expect(await valuesOf(lab, { metricName: 'TargetResponseTime', stat: 'Sum' })).toEqual([5]);
  });

  it('has no point yet where the share that has arrived is less than one request', async () => {
    const lab = await openLab({ lateSeconds: 60, growsForSeconds: 100, growFrom: 0.5 });
    lab.publish('green', NOON, { good: 1 });
    lab.clock.epochMs = NOON + 2 * MINUTE_MS;
    expect(await valuesOf(lab, {})).toEqual([]);
  });

  it('ends the faults of its series when told to', async () => {
    const lab = await openLab();
    lab.publish('green', NOON, { good: 1 });
    lab.series.missing({ targetGroupArn: targetGroupArns.green });
    expect(await valuesOf(lab, {})).toEqual([]);
    lab.series.clear();
    expect(await valuesOf(lab, {})).toEqual([1]);
  });

  it('ends those of one series alone when told to', async () => {
    const lab = await openLab();
    lab.publish('green', NOON, { good: 1 });
    lab.series.missing({ metricName: 'RequestCount' });
    lab.series.missing({ metricName: 'HTTPCode_Target_2XX_Count' });
    lab.series.clear({ metricName: 'RequestCount' });
    expect(await valuesOf(lab, {})).toEqual([1]);
    expect(await valuesOf(lab, { metricName: 'HTTPCode_Target_2XX_Count' })).toEqual([]);
  });

  it('leaves the series alone that a fault is not for', async () => {
    const lab = await openLab();
    lab.publish('green', NOON, { good: 1 });
    lab.series.missing({ targetGroupArn: targetGroupArns.blue });
    lab.series.missing({ metricName: 'HTTPCode_Target_5XX_Count' });
    expect(await valuesOf(lab, {})).toEqual([1]);
  });
});

import {
  CloudWatchClient,
  GetMetricData$,
  type GetMetricDataInput,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { afterEach, describe, expect, it } from 'vitest';
import { cloudWatchSource } from '../../../../adapters/metrics/cloudwatch/cloudwatch-source.ts';
import type { Reading } from '../../../../domain/windows/reading.ts';
import { AwsError, labClientConfig, openWireServer } from '../../../../lab/aws/wire-server.ts';
import { targetGroupArns } from '../../../lab/aws/published-metrics.ts';
import {
  checkout,
  errors,
  keepsLoadBalancerContract,
  keepsMetricSourceContract,
  MINUTE_MS,
  metric,
  minuteAt,
  NOON,
  p50,
  requestOf as request,
  slow,
} from '../metric-source.contract.ts';
import { openCloudWatchLab } from './cloudwatch-lab.ts';

type Lab = Awaited<ReturnType<typeof openCloudWatchLab>>;
const closers: (() => Promise<void>)[] = [];
const openLab = async (...options: Parameters<typeof openCloudWatchLab>) => {
  const lab = await openCloudWatchLab(...options);
  closers.push(lab.close);
  return lab;
};
afterEach(async () => {
  await Promise.all(closers.splice(0).map(close => close()));
});

const readOne = async (lab: Lab, ...changes: Parameters<typeof request>): Promise<Reading | undefined> =>
  (await lab.source.read(request(...changes)))[0]?.reading;
const counts = (requests: number, bad: number[]) => ({ kind: 'counts', canary: { requests, bad }, stable: null });
const noData = (reason: string) => ({ kind: 'noData', reason });
const where = 'errors, 12:00:00Z to 12:01:00Z, canary: ';
const green = targetGroupArns.green;

describe('the CloudWatch source', () => {
  const open = async () => {
    const lab = await openLab();
    return { ...lab, breakDown: () => lab.faults.drop('GetMetricData', Number.POSITIVE_INFINITY) };
  };
  keepsMetricSourceContract(open);
  keepsLoadBalancerContract(open);

  it('asks once for all metrics and windows', async () => {
    const lab = await openLab();
    lab.publish('green', NOON, { good: 10 });
    const windows = [0, 1, 2, 3, 4].map(minutes => minuteAt(NOON + minutes * MINUTE_MS));
    await lab.source.read(request({ metrics: [errors, slow, p50], windows }));
    expect(lab.calls('GetMetricData')).toBe(1);
  });

  it('asks twice where one call may not carry all queries', async () => {
    // Prepare: RequestCount and 260 thresholds for two slots are 522 queries; 500 are allowed
    const lab = await openLab();
    lab.publish('green', NOON, { good: 1, responseTimes: [2] });
    const thresholdsSeconds = Array.from({ length: 260 }, (_, index) => (index + 1) / 100);
    // Act
    const reading = await readOne(lab, { metrics: [metric('slow', { kind: 'slowerThan', thresholdsSeconds })] });
    // Assess: slower than 0.01 to 1.99, not than 2 to 2.6
    expect(lab.calls('GetMetricData')).toBe(2);
    expect(reading).toEqual(
      counts(
        1,
        thresholdsSeconds.map(threshold => (threshold < 2 ? 1 : 0)),
      ),
    );
  });

  it('puts an answer together that comes in pages', async () => {
    const lab = await openLab({ pageSize: 2 });
    lab.publish('green', NOON, { good: 10, target5xx: 1 });
    lab.publish('green', NOON + MINUTE_MS, { good: 20, target5xx: 2 });
    const windows = [minuteAt(NOON), minuteAt(NOON + MINUTE_MS)];
    const readings = await lab.source.read(request({ windows }));
    expect(readings.map(({ reading }) => reading)).toEqual([counts(11, [1]), counts(22, [2])]);
    expect(lab.calls('GetMetricData')).toBeGreaterThan(1);
  });

  it('reads a window of several minutes as one', async () => {
    const lab = await openLab();
    lab.publish('green', NOON, { good: 10, target5xx: 1, responseTimes: [0.1, 0.2] });
    lab.publish('green', NOON + 4 * MINUTE_MS, { good: 20, target5xx: 2, responseTimes: [5] });
    lab.publish('green', NOON + 5 * MINUTE_MS, { good: 1000 });
    const windows = [{ startEpochMs: NOON, endEpochMs: NOON + 5 * MINUTE_MS }];
    const readings = await lab.source.read(request({ metrics: [errors, slow, p50], windows }));
    expect(readings.map(({ reading }) => reading)).toEqual([
      counts(33, [3]),
      counts(33, [1, 1]),
      { kind: 'value', canary: 0.2, stable: null },
    ]);
  });

  it.each([
    ['that is shorter than a minute', { startEpochMs: NOON, endEpochMs: NOON + 30_000 }],
    ['that is empty', { startEpochMs: NOON, endEpochMs: NOON }],
    ['that ends before it starts', { startEpochMs: NOON, endEpochMs: NOON - MINUTE_MS }],
    ['that starts within a minute', { startEpochMs: NOON + 1_000, endEpochMs: NOON + 61_000 }],
  ])('refuses a window %s', async (_, window) => {
    const lab = await openLab();
    await expect(lab.source.read(request({ windows: [window] }))).rejects.toThrow(RangeError);
    expect(lab.calls('GetMetricData')).toBe(0);
  });

  it('never counts more failures than requests, though one request may cause several connection errors', async () => {
    const lab = await openLab();
    lab.published.count('RequestCount', green, NOON, 4);
    lab.published.count('TargetConnectionErrorCount', green, NOON, 9);
    expect(await readOne(lab)).toEqual(counts(4, [4]));
  });

  it('does not take more answers than requests for failures below 0', async () => {
    const lab = await openLab();
    lab.published.count('RequestCount', green, NOON, 4);
    lab.published.count('HTTPCode_Target_2XX_Count', green, NOON, 6);
    expect(await readOne(lab)).toEqual(counts(4, [0]));
  });
});

describe('CloudWatch with points that are not good', () => {
  it('has no data, and says why, while 5xx are ahead of the requests', async () => {
    const lab = await openLab();
    lab.published.count('RequestCount', green, NOON, 4);
    lab.published.count('HTTPCode_Target_5XX_Count', green, NOON, 6);
    expect(await readOne(lab)).toEqual(noData(`${where}not consistent yet: 6 answers 5xx, but 4 requests`));
  });

  it('has no data, and says why, while slow answers are ahead of the requests', async () => {
    const lab = await openLab();
    lab.publish('green', NOON, { good: 1, responseTimes: [0.4, 0.5] });
    expect(await readOne(lab, { metrics: [slow] })).toEqual(
      noData('slow, 12:00:00Z to 12:01:00Z, canary: not consistent yet: 2 answers slower than 0.3 s, but 1 requests'),
    );
  });

  it.each([
    [-3, 'RequestCount is negative (-3)'],
    [2.5, 'Sum of RequestCount is not a whole number (2.5)'],
    [Number.POSITIVE_INFINITY, 'RequestCount is Infinity'],
  ])('has no data where a count is %s', async (count, reason) => {
    const source = await openSourceThatHears({ StatusCode: 'Complete', Timestamps: [new Date(NOON)], Values: [count] });
    const [reading] = await source.read(request());
    expect(reading?.reading).toEqual(noData(where + reason));
  });

  it('has no data where a series is NaN, for a percentile as for a count', async () => {
    const lab = await openLab();
    lab.publish('green', NOON, { good: 1, responseTimes: [0.4] });
    lab.series.nan({ targetGroupArn: green });
    const readings = await lab.source.read(request({ metrics: [errors, p50] }));
    expect(readings.map(({ reading }) => reading)).toEqual([
      noData(`${where}RequestCount is NaN`),
      noData('p50, 12:00:00Z to 12:01:00Z, canary: p50 of TargetResponseTime is NaN'),
    ]);
  });

  it('has null where the request count never comes, whatever else does', async () => {
    const lab = await openLab();
    lab.publish('green', NOON, { good: 1, target5xx: 3 });
    lab.series.missing({ metricName: 'RequestCount' });
    expect(await readOne(lab)).toEqual({ kind: 'counts', canary: null, stable: null });
  });

  it('keeps the points of PartialData, and takes none that is missing from it for 0', async () => {
    // Prepare: two windows, 5xx in the first only, and CloudWatch not done with that series
    const lab = await openLab();
    lab.publish('green', NOON, { good: 9, target5xx: 1 });
    lab.publish('green', NOON + MINUTE_MS, { good: 9 });
    lab.series.status({ metricName: 'HTTPCode_Target_5XX_Count', targetGroupArn: green }, 'PartialData');
    // Act
    const readings = await lab.source.read(request({ windows: [minuteAt(NOON), minuteAt(NOON + MINUTE_MS)] }));
    // Assess
    expect(readings.map(({ reading }) => reading)).toEqual([
      counts(10, [1]),
      noData('errors, 12:01:00Z to 12:02:00Z, canary: CloudWatch answered PartialData for HTTPCode_Target_5XX_Count'),
    ]);
  });

  it('is unreachable for the metrics of which a series had an InternalError, and keeps what others gave', async () => {
    const lab = await openLab();
    lab.publish('green', NOON, { good: 9 });
    lab.series.status({ metricName: 'TargetResponseTime', targetGroupArn: green }, 'InternalError');
    await expect(lab.source.read(request({ metrics: [errors, slow] }))).rejects.toMatchObject({
      name: 'MetricSourceUnreachableError',
      message: expect.stringMatching(/^slow: CloudWatch does not answer for .*: InternalError/),
      readings: [{ metric: 'errors', reading: { kind: 'counts', canary: { requests: 9, bad: [0] } } }],
    });
  });

  it('sees nothing of a minute while it is late, then a growing part, then the whole', async () => {
    // Prepare: 100 requests, 9 of them 5xx; visible 120 s after the end, from half to whole within 60 s
    const lab = await openLab({ lateSeconds: 120, growsForSeconds: 60, growFrom: 0.5 });
    lab.publish('green', NOON, { good: 91, target5xx: 9 });
    const at = async (seconds: number) => {
      lab.clock.epochMs = NOON + MINUTE_MS + seconds * 1000;
      return readOne(lab, { metrics: [metric('errors', { kind: 'target5xxAndConnectionErrors' })] });
    };
    // Act, Assess: a half of 9 is 4, three quarters are 6, whole numbers always
    expect(await at(119)).toEqual({ kind: 'counts', canary: null, stable: null });
    expect(await at(120)).toEqual(counts(50, [4]));
    expect(await at(150)).toEqual(counts(75, [6]));
    expect(await at(180)).toEqual(counts(100, [9]));
    expect(await at(9_999)).toEqual(counts(100, [9]));
  });

  it('sees nothing new of a source that has stopped', async () => {
    const lab = await openLab({ lateSeconds: 60 });
    lab.publish('green', NOON, { good: 10 });
    lab.publish('green', NOON + MINUTE_MS, { good: 10 });
    lab.clock.epochMs = NOON + 2.5 * MINUTE_MS;
    lab.series.freeze({});
    lab.clock.epochMs = NOON + 60 * MINUTE_MS;
    const readings = await lab.source.read(request({ windows: [minuteAt(NOON), minuteAt(NOON + MINUTE_MS)] }));
    expect(readings.map(({ reading }) => reading)).toEqual([
      counts(10, [0]),
      { kind: 'counts', canary: null, stable: null },
    ]);
  });
});

describe('CloudWatch that does not answer', () => {
  it('is asked again when it throttles once', async () => {
    const lab = await openLab();
    lab.publish('green', NOON, { good: 10 });
    lab.faults.throttle('GetMetricData', 1);
    expect(await readOne(lab)).toEqual(counts(10, [0]));
    expect(lab.calls('GetMetricData')).toBe(2);
  });

  it('is given up after three attempts when it throttles for ever, with the cause by its name', async () => {
    const lab = await openLab();
    lab.faults.throttle('GetMetricData', Number.POSITIVE_INFINITY);
    await expect(lab.source.read(request())).rejects.toMatchObject({
      name: 'MetricSourceUnreachableError',
      message: expect.stringMatching(/Throttling/),
    });
    expect(lab.calls('GetMetricData')).toBe(3);
  });

  it('is given up after three attempts when it answers 500', async () => {
    const lab = await openLab();
    lab.faults.fail('GetMetricData', Number.POSITIVE_INFINITY, 500);
    await expect(lab.source.read(request())).rejects.toMatchObject({
      name: 'MetricSourceUnreachableError',
      message: expect.stringMatching(/InternalFailure/),
    });
    expect(lab.calls('GetMetricData')).toBe(3);
  });

  it('is unreachable when it refuses us, the call or one series', async () => {
    const denied = await openSourceThatHears(new AwsError('AccessDenied', 'not authorized', 403));
    await expect(denied.read(request())).rejects.toMatchObject({
      name: 'MetricSourceUnreachableError',
      message: 'CloudWatch did not answer: AccessDenied: not authorized',
    });
    const forbidden = await openSourceThatHears({ StatusCode: 'Forbidden' });
    await expect(forbidden.read(request())).rejects.toMatchObject({
      name: 'MetricSourceUnreachableError',
      message: expect.stringMatching(/^errors: CloudWatch does not answer for .*: Forbidden$/),
    });
  });

  it('refuses a rule that is not one of an application load balancer', async () => {
    const lab = await openLab();
    const router = {
      ...checkout.router,
      rules: ['arn:aws:elasticloadbalancing:eu-west-1:1:listener-rule/net/a/b/c/d'],
    };
    await expect(lab.source.read(request({ workload: { ...checkout, router } }))).rejects.toThrow(TypeError);
  });
});

/** The real client against a CloudWatch that gives this answer for the first series, the canary's RequestCount. */
async function openSourceThatHears(first: Omit<MetricDataResult, 'Id'> | AwsError) {
  const handle = async ({ MetricDataQueries = [] }: GetMetricDataInput) => {
    if (first instanceof AwsError) throw first;
    return {
      MetricDataResults: MetricDataQueries.map(({ Id }, index) => ({
        Id,
        ...(index === 0 ? first : { StatusCode: 'Complete' }),
      })),
    };
  };
  const operations = { GetMetricData: { schema: GetMetricData$, handle } };
  const server = await openWireServer({ endpoints: [{ signingName: 'monitoring', operations }] });
  const client = new CloudWatchClient(labClientConfig(server.url));
  closers.push(async () => {
    client.destroy();
    await server.close();
  });
  return cloudWatchSource(client);
}

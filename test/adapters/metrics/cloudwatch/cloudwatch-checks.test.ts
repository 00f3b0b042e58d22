import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { afterEach, describe, expect, it } from 'vitest';
import { cloudWatchSource } from '../../../../adapters/metrics/cloudwatch/cloudwatch-source.ts';
import type { CloudWatchMeasure } from '../../../../domain/sources/cloudwatch/facts.ts';
import { alarmsEndpoint } from '../../../../lab/aws/alarms-endpoint.ts';
import { labClientConfig, openWireServer } from '../../../../lab/aws/wire-server.ts';
import { errors, MINUTE_MS, metric, minuteAt, NOON, requestOf } from '../metric-source.contract.ts';
import { openCloudWatchLab } from './cloudwatch-lab.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map(close => close()));
});

const late = metric('late', { kind: 'alarm', alarm: '${workload}-late' });

async function openAlarms() {
  const clock = { epochMs: NOON - 60 * MINUTE_MS, now: () => clock.epochMs };
  const alarms = alarmsEndpoint({ clock });
  const server = await openWireServer({ endpoints: [alarms] });
  const client = new CloudWatchClient(labClientConfig(server.url));
  closers.push(async () => {
    client.destroy();
    await server.close();
  });
  const source = cloudWatchSource(client);
  const windows = [0, 1, 2].map(minutes => minuteAt(NOON + minutes * MINUTE_MS));
  return {
    server,
    set: (seconds: number, state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA') => {
      clock.epochMs = NOON + seconds * 1000;
      alarms.set('checkout-late', state);
    },
    states: async () =>
      (await source.read(requestOf({ metrics: [late], windows }))).map(({ reading }) =>
        reading.kind === 'alarm' ? reading.state : reading.kind === 'noData' ? reading.reason : reading,
      ),
  };
}

describe('an alarm as a metric', () => {
  it('has the state that it has been in since before the windows, and its history is not asked', async () => {
    const lab = await openAlarms();
    lab.set(-600, 'OK');
    expect(await lab.states()).toEqual(['OK', 'OK', 'OK']);
    expect(lab.server.calls('DescribeAlarmHistory')).toBe(0);
    expect(lab.server.calls('GetMetricData')).toBe(0);
  });

  it('was in ALARM in every window that has an instant of it, though it is OK when it is asked', async () => {
    const lab = await openAlarms();
    lab.set(-600, 'OK');
    lab.set(50, 'ALARM');
    lab.set(70, 'OK');
    expect(await lab.states()).toEqual(['ALARM', 'ALARM', 'OK']);
    expect(lab.server.calls('DescribeAlarms')).toBe(1);
    expect(lab.server.calls('DescribeAlarmHistory')).toBe(1);
  });

  it('says neither where it had no data at the end of a window', async () => {
    const lab = await openAlarms();
    lab.set(-600, 'OK');
    lab.set(90, 'INSUFFICIENT_DATA');
    expect(await lab.states()).toEqual(['OK', 'INSUFFICIENT_DATA', 'INSUFFICIENT_DATA']);
  });

  it('that is not there has no data, with its name', async () => {
    const lab = await openAlarms();
    expect((await lab.states())[0]).toBe('there is no alarm checkout-late');
  });

  it('that cannot be asked is a fault of the source', async () => {
    const lab = await openAlarms();
    lab.set(-600, 'OK');
    lab.server.faults.throttle('DescribeAlarms', Number.POSITIVE_INFINITY);
    await expect(lab.states()).rejects.toMatchObject({ name: 'MetricSourceUnreachableError' });
  });
});

describe("a metric of the team's own", () => {
  const orders = (slot?: string) => ({
    namespace: 'Shop',
    name: 'Orders',
    dimensions: slot === undefined ? {} : { Slot: slot },
  });
  const band: CloudWatchMeasure = {
    kind: 'band',
    metric: { ...orders(), stat: 'Sum' },
    width: 2,
  };
  const open = async () => {
    const lab = await openCloudWatchLab();
    closers.push(lab.close);
    return lab;
  };

  it('is a value of each version by the dimensions, and null where there is none', async () => {
    const lab = await open();
    lab.own.put(orders('green'), NOON, 12);
    lab.own.put(orders('blue'), NOON, 480);
    const value = metric('orders', { kind: 'metricValue', metric: { ...orders('${slot}'), stat: 'Sum' } });
    const windows = [minuteAt(NOON), minuteAt(NOON + MINUTE_MS)];
    const readings = await lab.source.read(requestOf({ metrics: [value], windows }));
    expect(readings.map(({ reading }) => reading)).toEqual([
      { kind: 'value', canary: 12, stable: 480 },
      { kind: 'value', canary: null, stable: null },
    ]);
  });

  it('is read beside its band, in the one GetMetricData of all metrics', async () => {
    const lab = await open();
    lab.publish('green', NOON, { good: 10 });
    lab.own.put(orders(), NOON, 7);
    lab.own.expect(orders(), { low: 10, high: 20 });
    const readings = await lab.source.read(requestOf({ metrics: [errors, metric('orders', band)] }));
    expect(readings.map(({ reading }) => reading)).toEqual([
      { kind: 'counts', canary: { requests: 10, bad: [0] }, stable: null },
      { kind: 'band', value: 7, low: 10, high: 20 },
    ]);
    expect(lab.calls('GetMetricData')).toBe(1);
  });

  it('has no band while the model has not seen enough', async () => {
    const lab = await open();
    lab.own.put(orders(), NOON, 7);
    const [read] = await lab.source.read(requestOf({ metrics: [metric('orders', band)] }));
    expect(read?.reading).toEqual({ kind: 'band', value: 7, low: null, high: null });
  });

  it('has no data where it is NaN', async () => {
    const lab = await open();
    lab.own.put(orders(), NOON, Number.NaN);
    const [read] = await lab.source.read(requestOf({ metrics: [metric('orders', band)] }));
    expect(read?.reading).toEqual({ kind: 'noData', reason: 'orders, 12:00:00Z to 12:01:00Z, canary: Orders is NaN' });
  });
});

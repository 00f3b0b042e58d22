import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { afterEach, describe, expect, it } from 'vitest';
import { cloudWatchAlarms } from '../../../adapters/alarms/cloudwatch-alarms.ts';
import { type AlarmChange, alarmsEndpoint } from '../../../lab/aws/alarms-endpoint.ts';
import { labClientConfig, openWireServer } from '../../../lab/aws/wire-server.ts';
import { keepsAlarmsContract } from './alarms.contract.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map(close => close()));
});

async function openCloudWatch() {
  const changes: AlarmChange[] = [];
  const endpoint = alarmsEndpoint({
    clock: { now: () => 1_700_000_000_000 },
    onChange: change => changes.push(change),
  });
  const server = await openWireServer({ endpoints: [endpoint] });
  const client = new CloudWatchClient(labClientConfig(server.url));
  closers.push(async () => {
    client.destroy();
    await server.close();
  });
  return { alarms: cloudWatchAlarms(client), set: endpoint.set, server, changes };
}

describe('alarms of CloudWatch', () => {
  keepsAlarmsContract(async () => {
    const { alarms, set, server } = await openCloudWatch();
    return { alarms, set, breakDown: () => server.faults.fail('DescribeAlarms', Number.POSITIVE_INFINITY, 503) };
  });

  it('an ARN of another region or account is not there, whatever is here by its name', async () => {
    const { alarms, set } = await openCloudWatch();
    set('burns', 'OK');
    const elsewhere = [
      'arn:aws:cloudwatch:us-east-1:123456789012:alarm:burns',
      'arn:aws:cloudwatch:eu-west-1:999999999999:alarm:burns',
    ];
    expect((await alarms.read(elsewhere)).map(({ state }) => state)).toEqual(['missing', 'missing']);
  });
});

it("the lab's alarms tell of a change once", async () => {
  const { set, changes } = await openCloudWatch();
  set('burns', 'OK');
  set('burns', 'ALARM', 'too many errors');
  set('burns', 'ALARM', 'more errors');
  expect(changes.map(({ previousState, state, reason }) => [previousState, state, reason])).toEqual([
    ['INSUFFICIENT_DATA', 'OK', 'it was set'],
    ['OK', 'ALARM', 'too many errors'],
  ]);
});

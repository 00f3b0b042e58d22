import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import * as z from 'zod';
import type { AlarmSeen } from '../../domain/release/alarm-watch.ts';
import { awsClientConfig, CALL_DEADLINE_MS, describeFailure, type Env } from '../aws-client-config.ts';
import { type Alarms, AlarmsUnreachableError, alarmNameOf } from './alarms.ts';

const stateSchema = z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']);

/** Alarms of CloudWatch, composite ones too. One call: a workload has at most 20, and DescribeAlarms takes 100 names. */
export function cloudWatchAlarms(client: CloudWatchClient): Alarms {
  return {
    async read(alarms) {
      if (alarms.length === 0) return []; // without names it would describe every alarm of the account
      const AlarmNames = [...new Set(alarms.map(alarmNameOf))];
      const command = new DescribeAlarmsCommand({
        AlarmNames,
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
        MaxRecords: 100,
      });
      const { MetricAlarms = [], CompositeAlarms = [] } = await reach(() =>
        client.send(command, { abortSignal: AbortSignal.timeout(CALL_DEADLINE_MS) }),
      );
      const found = [...MetricAlarms, ...CompositeAlarms];
      return alarms.map((alarm): AlarmSeen => {
        const isIt = ({ AlarmName, AlarmArn }: (typeof found)[number]) =>
          AlarmName === alarmNameOf(alarm) && (alarm === AlarmName || alarm === AlarmArn);
        const is = found.find(isIt);
        if (is === undefined) return { alarm, state: 'missing', reason: '' };
        const since = is.StateTransitionedTimestamp?.getTime();
        return {
          alarm,
          state: stateSchema.parse(is.StateValue),
          reason: is.StateReason ?? '',
          ...(since !== undefined && { sinceEpochMs: since }),
        };
      });
    },
  };
}

async function reach<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw new AlarmsUnreachableError(`CloudWatch did not say how its alarms are: ${describeFailure(error)}`, {
      cause: error,
    });
  }
}

/** @param env AWS_REGION, credentials, AWS_ENDPOINT_URL_CLOUDWATCH where it is not AWS itself */
export const openCloudWatchAlarms = (env: Env): Alarms =>
  cloudWatchAlarms(new CloudWatchClient(awsClientConfig(env, 'CLOUDWATCH')));

import {
  DescribeAlarmHistory$,
  type DescribeAlarmHistoryInput,
  type DescribeAlarmHistoryOutput,
  DescribeAlarms$,
  type DescribeAlarmsInput,
  type DescribeAlarmsOutput,
} from '@aws-sdk/client-cloudwatch';
import type { Clock } from '../../adapters/clock.ts';
import { labAccount, labRegion } from '../asl/arns.ts';
import { AwsError } from './aws-error.ts';
import type { SchemaEndpoint } from './endpoint.ts';

type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** As EventBridge tells it. */
export interface AlarmChange {
  name: string;
  arn: string;
  atEpochMs: number;
  state: AlarmState;
  previousState: AlarmState;
  reason: string;
}

export interface AlarmsEndpoint extends SchemaEndpoint {
  /** Sets an alarm's state, as its metric or SetAlarmState would; a new one was without data before. */
  set(name: string, state: AlarmState, reason?: string): void;
}

export const alarmArnOf = (name: string): string => `arn:aws:cloudwatch:${labRegion}:${labAccount}:alarm:${name}`;

/** DescribeAlarms and DescribeAlarmHistory by name, of metric alarms whose states are set from outside: the lab evaluates none. */
export function alarmsEndpoint(options: { clock: Clock; onChange?: (change: AlarmChange) => void }): AlarmsEndpoint {
  const alarms = new Map<string, { state: AlarmState; reason: string; sinceEpochMs: number }>();

  async function describeAlarms({
    AlarmNames = [],
    MaxRecords = 50,
  }: DescribeAlarmsInput): Promise<DescribeAlarmsOutput> {
    if (AlarmNames.length > 100) throw new AwsError('ValidationError', 'at most 100 AlarmNames');
    const names = AlarmNames.length === 0 ? [...alarms.keys()] : AlarmNames;
    return {
      MetricAlarms: names.slice(0, MaxRecords).flatMap(AlarmName => {
        const found = alarms.get(AlarmName);
        if (found === undefined) return [];
        const { state, reason, sinceEpochMs } = found;
        const StateTransitionedTimestamp = new Date(sinceEpochMs);
        const AlarmArn = alarmArnOf(AlarmName);
        return { AlarmName, AlarmArn, StateValue: state, StateReason: reason, StateTransitionedTimestamp };
      }),
      CompositeAlarms: [],
    };
  }

  const history: AlarmChange[] = [];

  /** State changes of one alarm, oldest or newest first; as on AWS the states are in a JSON text. */
  async function describeAlarmHistory(input: DescribeAlarmHistoryInput): Promise<DescribeAlarmHistoryOutput> {
    const { AlarmName, StartDate, EndDate, HistoryItemType, ScanBy } = input;
    if (HistoryItemType !== 'StateUpdate') throw new AwsError('ValidationError', 'the lab keeps state updates only');
    const found = history.filter(
      ({ name, atEpochMs }) =>
        name === AlarmName &&
        atEpochMs >= (StartDate?.getTime() ?? 0) &&
        atEpochMs <= (EndDate?.getTime() ?? Number.POSITIVE_INFINITY),
    );
    const items = found.map(({ name, atEpochMs, state, previousState }) => ({
      AlarmName: name,
      Timestamp: new Date(atEpochMs),
      HistoryItemType: 'StateUpdate' as const,
      HistorySummary: `Alarm updated from ${previousState} to ${state}`,
      HistoryData: JSON.stringify({ oldState: { stateValue: previousState }, newState: { stateValue: state } }),
    }));
    return { AlarmHistoryItems: ScanBy === 'TimestampAscending' ? items : items.reverse() };
  }

  return {
    signingName: 'monitoring',
    operations: {
      DescribeAlarms: { schema: DescribeAlarms$, handle: describeAlarms },
      DescribeAlarmHistory: { schema: DescribeAlarmHistory$, handle: describeAlarmHistory },
    },
    set(name, state, reason = 'it was set') {
      const previousState = alarms.get(name)?.state ?? 'INSUFFICIENT_DATA';
      const atEpochMs = options.clock.now();
      alarms.set(name, { state, reason, sinceEpochMs: atEpochMs });
      if (state === previousState) return;
      const change = { name, arn: alarmArnOf(name), atEpochMs, state, previousState, reason };
      history.push(change);
      options.onChange?.(change);
    },
  };
}

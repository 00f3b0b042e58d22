import { type CloudWatchClient, DescribeAlarmHistoryCommand, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import * as z from 'zod';
import type { AlarmState } from '../../../domain/windows/reading.ts';
import type { Window } from '../../../domain/windows/windows.ts';

/** DescribeAlarms takes 100 names at most, and a plan has 20 metrics. */
interface Alarm {
  state: AlarmState;
  /** When it went into that state; undefined: CloudWatch does not say, so since ever. */
  sinceEpochMs: number | undefined;
  /** Oldest first: the state that each change left. */
  changes: { atEpochMs: number; from: AlarmState }[];
}

const stateSchema = z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']);
const historySchema = z.object({ oldState: z.object({ stateValue: stateSchema }) });

/** The states of alarms during windows, by name; an alarm that there is not is absent. Faults of the SDK are thrown as they are. */
export async function readAlarms(
  client: CloudWatchClient,
  names: readonly string[],
  fromEpochMs: number,
  abortSignal: AbortSignal,
): Promise<Map<string, Alarm>> {
  const command = new DescribeAlarmsCommand({ AlarmNames: [...names], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] });
  const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(command, { abortSignal });
  const alarms = await Promise.all(
    [...MetricAlarms, ...CompositeAlarms].map(async (found): Promise<[string, Alarm]> => {
      const { AlarmName = '', StateValue, StateTransitionedTimestamp, StateUpdatedTimestamp } = found;
      const since = (StateTransitionedTimestamp ?? StateUpdatedTimestamp)?.getTime();
      // in one state since before the first window: there is no history to read
      const changes =
        since === undefined || since <= fromEpochMs ? [] : await changesOf(client, AlarmName, fromEpochMs, abortSignal);
      return [AlarmName, { state: stateSchema.parse(StateValue), sinceEpochMs: since, changes }];
    }),
  );
  return new Map(alarms);
}

async function changesOf(client: CloudWatchClient, AlarmName: string, fromEpochMs: number, abortSignal: AbortSignal) {
  const changes: Alarm['changes'] = [];
  let NextToken: string | undefined;
  do {
    const command = new DescribeAlarmHistoryCommand({
      AlarmName,
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      HistoryItemType: 'StateUpdate',
      StartDate: new Date(fromEpochMs),
      ScanBy: 'TimestampAscending',
      ...(NextToken !== undefined && { NextToken }),
    });
    const page = await client.send(command, { abortSignal });
    for (const { Timestamp, HistoryData } of page.AlarmHistoryItems ?? []) {
      if (Timestamp === undefined || HistoryData === undefined) continue;
      const { oldState } = historySchema.parse(JSON.parse(HistoryData));
      changes.push({ atEpochMs: Timestamp.getTime(), from: oldState.stateValue });
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return changes.sort((a, b) => a.atEpochMs - b.atEpochMs);
}

/**
 * ALARM where it was in ALARM at any instant of the window, else the state at its end. Undefined while CloudWatch's
 * history does not have the change yet that the alarm's own time tells of.
 */
export function stateDuring(
  { state, sinceEpochMs, changes }: Alarm,
  { startEpochMs, endEpochMs }: Window,
): AlarmState | undefined {
  if (
    sinceEpochMs !== undefined &&
    sinceEpochMs > startEpochMs &&
    !changes.some(({ atEpochMs }) => atEpochMs >= sinceEpochMs - 1000)
  ) {
    return sinceEpochMs < endEpochMs && state === 'ALARM' ? 'ALARM' : undefined;
  }
  const after = (epochMs: number): AlarmState => changes.find(({ atEpochMs }) => atEpochMs > epochMs)?.from ?? state;
  // the state at the start, and what each change inside led to
  const inside = changes.filter(({ atEpochMs }) => atEpochMs > startEpochMs && atEpochMs < endEpochMs);
  const states = [after(startEpochMs), ...inside.map(({ atEpochMs }) => after(atEpochMs))];
  return states.includes('ALARM') ? 'ALARM' : states.at(-1);
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface AlarmRead {
  /** As it was asked for. */
  alarm: string;
  state: AlarmState;
  /** Why it is in that state, as far as is known. */
  reason: string;
}

/** The alarms that a workload names: whoever set them up knows when something is wrong that no metric of a plan shows. */
export interface Alarms {
  /**
   * Their states now, in the order of `alarms`.
   * @param alarms names or ARNs of alarms of this account and region @throws AlarmNotFoundError @throws AlarmsUnreachableError
   */
  read(alarms: readonly string[]): Promise<AlarmRead[]>;
}

/** The name of an alarm, from its name or its ARN. */
export const alarmNameOf = (alarm: string): string =>
  /^arn:[^:]*:cloudwatch:[^:]*:[^:]*:alarm:(.+)$/.exec(alarm)?.[1] ?? alarm;

/** The workload names an alarm that is not there: a person has to mend one or the other. */
export class AlarmNotFoundError extends Error {
  override readonly name = 'AlarmNotFoundError';
}

export class AlarmsUnreachableError extends Error {
  override readonly name = 'AlarmsUnreachableError';
}

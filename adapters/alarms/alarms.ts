import { UnreachableError } from '../../domain/errors.ts';
import type { AlarmSeen } from '../../domain/release/alarm-watch.ts';

export type AlarmState = Exclude<AlarmSeen['state'], 'missing'>;

/** The alarms that a workload names: whoever set them up knows when something is wrong that no metric of a plan shows. */
export interface Alarms {
  /**
   * Their states now, in the order of `alarms`; one that is not there is `missing`, and so is an ARN of another account or
   * region: nobody here can see it.
   * @param alarms names or ARNs of alarms of this account and region @throws AlarmsUnreachableError
   */
  read(alarms: readonly string[]): Promise<AlarmSeen[]>;
}

/** The name of an alarm, from its name or its ARN. */
export const alarmNameOf = (alarm: string): string =>
  /^arn:[^:]*:cloudwatch:[^:]*:[^:]*:alarm:(.+)$/.exec(alarm)?.[1] ?? alarm;

export class AlarmsUnreachableError extends UnreachableError {
  override readonly name = 'AlarmsUnreachableError';
}

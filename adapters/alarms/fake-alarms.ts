import { type AlarmState, type Alarms, AlarmsUnreachableError, alarmNameOf } from './alarms.ts';

export interface FakeAlarms extends Alarms {
  /** Makes the alarm where it is not there. */
  set(name: string, state: AlarmState, reason?: string, sinceEpochMs?: number): void;
  delete(name: string): void;
  /** From now on (or until `false`) nothing answers. */
  unreachable(now: boolean): void;
}

/** Alarms in memory: none at first. An ARN is of this account and region. */
export function fakeAlarms(): FakeAlarms {
  const states = new Map<string, { state: AlarmState; reason: string; sinceEpochMs?: number }>();
  let away = false;
  return {
    set: (name, state, reason = '', sinceEpochMs) =>
      void states.set(name, { state, reason, ...(sinceEpochMs !== undefined && { sinceEpochMs }) }),
    delete: name => void states.delete(name),
    unreachable: now => {
      away = now;
    },
    async read(alarms) {
      if (alarms.length === 0) return [];
      if (away) throw new AlarmsUnreachableError('the fake was told not to answer');
      return alarms.map(alarm => ({
        alarm,
        ...(states.get(alarmNameOf(alarm)) ?? { state: 'missing' as const, reason: '' }),
      }));
    },
  };
}

import { type Alarms, AlarmsUnreachableError } from '../../adapters/alarms/alarms.ts';
import { silentText } from '../../domain/ledger/silent-text.ts';
import { type AlarmsSeen, alarmsMatter, silentAlarms } from '../../domain/release/alarm-watch.ts';
import { overridesEnded } from '../../domain/release/although.ts';
import type { ReleaseCall } from '../release-call.ts';
import { inTime } from './look-budget.ts';

/**
 * How the workload's alarms are now, in one call, while something depends on it: an event of theirs may be lost, or may come
 * before there is anything to take back. What is new of them is written down.
 */
export async function watchAlarms(deps: { alarms: Alarms }, call: ReleaseCall): Promise<AlarmsSeen> {
  const seen = await readAlarms(deps, call);
  await writeAlarms(call, seen);
  return seen;
}

/** The first half of it, which writes nothing. */
export async function readAlarms(deps: { alarms: Alarms }, call: ReleaseCall): Promise<AlarmsSeen> {
  const { workload } = call.release;
  if (!alarmsMatter(call.release)) return [];
  try {
    const asked = deps.alarms.read(workload.alarms ?? []);
    return await inTime(asked, because => new AlarmsUnreachableError(because));
  } catch (error) {
    if (!(error instanceof AlarmsUnreachableError)) throw error;
    call.log.warn('the alarms cannot be read', { because: error.message });
    return { unread: error.message };
  }
}

/** The second half: what is new of them is written down. */
export async function writeAlarms(call: ReleaseCall, seen: AlarmsSeen): Promise<void> {
  if ('unread' in seen) return;
  for (const fact of overridesEnded(call.release, seen)) await call.append(fact);
  for (const fact of silentAlarms(call.release, seen)) {
    call.log.warn(silentText(fact.alarm, fact.why));
    await call.append(fact);
  }
}

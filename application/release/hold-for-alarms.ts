import type { Alarms } from '../../adapters/alarms/alarms.ts';
import { type AlarmHold, holdForAlarms } from '../../domain/release/alarm-hold.ts';
import { overridesEnded } from '../../domain/release/although.ts';
import { type NotifyDeps, notify } from '../notify.ts';
import { output } from '../outputs.ts';
import type { ReleaseCall } from '../release-call.ts';
import type { SharedDeps } from '../shared-deps.ts';

/** An alarm that rings before a release begins is asked again this often. */
const ALARM_LOOK_SECONDS = 30;

/** The move of a release whose workload's alarms do not let it begin; undefined where they do. */
export async function heldByAlarms(deps: SharedDeps & NotifyDeps & { alarms: Alarms }, call: ReleaseCall) {
  const decision = await decide(deps, call);
  switch (decision.kind) {
    case 'goOn':
      for (const fact of decision.facts) await call.append(fact);
      return undefined;
    case 'hold':
      if (decision.facts.length > 0) await notify(deps, call.release, 'held', decision.because);
      for (const fact of decision.facts) await call.append(fact);
      return output({ kind: 'lookAgain', seconds: ALARM_LOOK_SECONDS, because: `on hold: ${decision.because}` });
    case 'refuse':
      await call.append({ kind: 'refused', because: decision.because });
      return output({ kind: 'refused', because: decision.because });
  }
}

async function decide(deps: SharedDeps & { alarms: Alarms }, call: ReleaseCall): Promise<AlarmHold> {
  // an undo is what a person does about an alarm that rings
  const { alarms = [] } = call.release.undoOf === undefined ? call.release.workload : {};
  const read = alarms.length === 0 ? [] : await deps.alarms.read(alarms);
  for (const fact of overridesEnded(call.release, read)) await call.append(fact);
  return holdForAlarms(call.release, read, call.now);
}

import type { Fact } from '../ledger/facts.ts';
import type { ReleaseState } from '../ledger/state.ts';
import { type AlarmSeen, althoughOptions, missingAlarms, ringing, ringingText, silentAlarms } from './alarm-watch.ts';

export type AlarmHold =
  | { kind: 'goOn'; facts: Fact[] }
  | { kind: 'hold'; because: string; facts: Fact[] }
  | { kind: 'refuse'; because: string };

/**
 * Whether a release may begin although its workload's alarms say that something is wrong already. It is held for the plan's
 * `hold.atMost`, and refused after that, whatever `hold.then` says: nothing has moved, and what is wrong is not the canary.
 * One that is not there is a mistake of the workload's, and refused at once.
 */
export function holdForAlarms(release: ReleaseState, seen: readonly AlarmSeen[], nowEpochMs: number): AlarmHold {
  const { hold, plan } = release;
  const missing = missingAlarms(release, seen);
  if (missing.length > 0) {
    return { kind: 'refuse', because: `there is no alarm ${missing.map(({ alarm }) => alarm).join(', ')}` };
  }
  const rings = ringing(release, seen);
  if (rings.length === 0) {
    const resumed: Fact[] = hold === undefined ? [] : [{ kind: 'resumed' }];
    return { kind: 'goOn', facts: [...silentAlarms(release, seen), ...resumed] };
  }
  const because = ringingText(rings);
  const { atMostSeconds } = plan.hold;
  if (nowEpochMs >= (hold?.sinceEpochMs ?? nowEpochMs) + atMostSeconds * 1000) {
    const out = `If a fix has to go out all the same: ${althoughOptions(rings)}`;
    return { kind: 'refuse', because: `on hold for ${atMostSeconds} s: ${because}. ${out}` };
  }
  return { kind: 'hold', because, facts: hold === undefined ? [{ kind: 'held', because, fault: false }] : [] };
}

import type { Fact } from '../ledger/facts.ts';
import type { ReleaseState } from '../ledger/state.ts';

export type AlarmHold =
  | { kind: 'goOn'; facts: Fact[] }
  | { kind: 'hold'; because: string; facts: Fact[] }
  | { kind: 'refuse'; because: string };

/**
 * Whether a release may begin although its workload's alarms say that something is wrong already. It is held for the plan's
 * `hold.atMost`, and refused after that, whatever `hold.then` says: nothing has moved, and what is wrong is not the canary.
 * @param ringing those in ALARM
 */
export function holdForAlarms(
  release: ReleaseState,
  ringing: readonly { alarm: string; reason: string }[],
  nowEpochMs: number,
): AlarmHold {
  const { hold, plan } = release;
  if (ringing.length === 0) return { kind: 'goOn', facts: hold === undefined ? [] : [{ kind: 'resumed' }] };
  const because = ringing
    .map(({ alarm, reason }) => `${alarm} is in ALARM${reason === '' ? '' : ` (${reason})`}`)
    .join(', ');
  const { atMostSeconds } = plan.hold;
  if (nowEpochMs >= (hold?.sinceEpochMs ?? nowEpochMs) + atMostSeconds * 1000) {
    const names = ringing.map(({ alarm }) => `--although ${alarm}`).join(' ');
    const out = `If a fix has to go out all the same: ${names}`;
    return { kind: 'refuse', because: `on hold for ${atMostSeconds} s: ${because}. ${out}` };
  }
  return { kind: 'hold', because, facts: hold === undefined ? [{ kind: 'held', because, fault: false }] : [] };
}

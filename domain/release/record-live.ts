import { type Dial, dialFor, dialText, otherSlot, type Slot, sameDial } from '../dial.ts';
import type { Live, ReleaseState, WorkloadState } from '../ledger/state.ts';

/** Which slot has all of the requests although the ledger says that the other one is live; undefined where they agree. */
export function turnedTo(state: WorkloadState, dial: Dial | { unreadable: string }): Slot | undefined {
  if ('unreadable' in dial) return undefined;
  const { active, live } = state;
  if (active !== undefined && active.retiringAtEpochMs === undefined) return undefined;
  const slot = active === undefined ? live?.slot : liveIn(active);
  if (slot === undefined || active?.admission?.first === true) return undefined;
  return sameDial(dial, dialFor(otherSlot(slot), 100)) ? otherSlot(slot) : undefined;
}

/** Of a release past its point of no return: the slot that is live by its ledger. */
const liveIn = ({ admission, turnedBack }: ReleaseState): Slot | undefined =>
  turnedBack === undefined ? admission?.canary : admission?.stable;

export type RecordDecision =
  /** It is live by the ledger already. */
  | { kind: 'isLive'; releaseId: string }
  /** `releaseId`: whose version is turned away from. */
  | { kind: 'record'; releaseId: string; ends?: true }
  | { kind: 'refused'; because: string };

/** Whether a person may write down that `slot` is live, by what the ledger says. */
export function mayRecord(workload: string, state: WorkloadState, slot: Slot): RecordDecision {
  const { active, live } = state;
  if (active !== undefined) return mayRecordOver(active, slot);
  if (live === undefined) {
    return refused(
      `no release of ${workload} was promoted: whichever slot has all of the traffic counts as live already`,
    );
  }
  return { kind: live.slot === slot ? 'isLive' : 'record', releaseId: live.releaseId };
}

/** Past the point of no return, while the old slot drains, is when a person turns the rule back most likely. */
function mayRecordOver(active: ReleaseState, slot: Slot): RecordDecision {
  const { releaseId, retiringAtEpochMs, admission, stableRetired, turnedBack } = active;
  if (retiringAtEpochMs === undefined || admission === undefined) {
    return refused(`${releaseId} is in progress; abort it instead: that sends all requests back`);
  }
  if (admission.first === true) return refused(`${releaseId} was the first: nothing was live before`);
  if (stableRetired || turnedBack?.canaryRetired === true) {
    return refused(`${releaseId} is about to end: ask again in a minute`);
  }
  if (liveIn(active) === slot) return { kind: 'isLive', releaseId };
  return { kind: 'record', releaseId, ends: true };
}

/**
 * Whether a person may point the team's own Service at `slot` again while a release is in progress: at the slot that was live
 * before it, which it follows until the release passes its point of no return.
 */
export const mayPointAgain = ({ active, live }: WorkloadState, slot: Slot): boolean =>
  active !== undefined && active.retiringAtEpochMs === undefined && live?.slot === slot;

/** What is seen of the world when somebody says that a slot is live. */
export interface LiveSeen {
  dial: Dial | { unreadable: string };
  /** Replicas that the slot's Deployment asks for. */
  desired: number;
  healthy: number;
  /** Targets of which it cannot be said: not checked yet, or not at all. */
  unsure: number;
}

/** Why the slot cannot be recorded as live, by what the world shows; undefined where it is. */
export function notLive(slot: Slot, { dial, desired, healthy, unsure }: LiveSeen): string | undefined {
  if ('unreadable' in dial) return `the traffic weights cannot be read: ${dial.unreadable}`;
  if (!sameDial(dial, dialFor(slot, 100))) {
    return `the traffic weights are ${dialText(dial)}: send everything to ${slot} first`;
  }
  if (desired === 0) return `${slot} has no replicas: scale it up, or send the requests to ${otherSlot(slot)} again`;
  if (healthy > 0) return undefined;
  const asked = unsure === 0 ? '' : `; ${unsure} are not checked yet, ask again in a minute`;
  return `no target of ${slot} is healthy${asked}`;
}

/** What an undo restores where somebody turned the rule by hand since the last promotion: what was turned away from. */
export const turnedFrom = (live: Live | undefined): NonNullable<Live['recorded']>['from'] | undefined =>
  live?.recorded?.from;

const refused = (because: string): RecordDecision => ({ kind: 'refused', because });

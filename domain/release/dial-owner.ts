import { type Dial, dialFor, sameDial } from '../dial.ts';
import type { Admission } from '../ledger/facts.ts';
import type { ReleaseState } from '../ledger/state.ts';

/** Ours are the confirmed and the intended weights; anything else was set by someone else. */
export function isOurs(release: ReleaseState, admission: Admission, dial: Dial): boolean {
  const last = release.shifts.at(-1);
  if (last === undefined) return sameDial(dial, dialFor(admission.canary, 0));
  return sameDial(dial, last.to) || (last.confirmedAtEpochMs === undefined && sameDial(dial, last.from));
}


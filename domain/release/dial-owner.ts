import { type Dial, dialFor, sameDial } from '../dial.ts';
import type { Admission } from '../ledger/facts.ts';
import type { ReleaseState } from '../ledger/state.ts';

/**
 * Ours are the confirmed and the intended weights; anything else was set by someone else. Several rules are set in order
 * and read as the worst, so a shift that is not confirmed may also show the most of both in each slot: half of the rules
 * are turned.
 */
export function isOurs(release: ReleaseState, admission: Admission, dial: Dial): boolean {
  const last = release.shifts.at(-1);
  if (last === undefined) return sameDial(dial, dialFor(admission.canary, 0));
  const { from, to } = last;
  if (sameDial(dial, to)) return true;
  if (last.confirmedAtEpochMs !== undefined) return false;
  const halfDone = { blue: Math.max(from.blue, to.blue), green: Math.max(from.green, to.green) };
  return sameDial(dial, from) || sameDial(dial, halfDone);
}

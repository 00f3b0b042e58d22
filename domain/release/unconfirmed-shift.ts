import type { ReleaseState, Shift } from '../ledger/state.ts';

/** A shift whose intent is written and whose end is not: it may have been made. Undefined: there is none. */
export function unconfirmedShift({ shifts }: Pick<ReleaseState, 'shifts'>): Shift | undefined {
  const last = shifts.at(-1);
  return last?.confirmedAtEpochMs === undefined ? last : undefined;
}

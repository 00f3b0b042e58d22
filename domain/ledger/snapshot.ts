import { canonicalJson } from '../canonical-json.ts';
import { parsedJson } from '../parsed-json.ts';
import type { Entry } from './facts.ts';
import type { Sha256 } from './fold.ts';
import type { WorkloadState } from './state.ts';

/** Lines after which the state is kept, so that a read stays one page. */
const SNAPSHOT_EVERY = 50;

/** The hash of a state, whatever the order of its members. */
export const digestOf = (state: unknown, sha256: Sha256): string => sha256(canonicalJson(state));

export const isSnapshotDue = ({ seq, snapshotSeq = 0 }: WorkloadState): boolean => seq - snapshotSeq >= SNAPSHOT_EVERY;

/**
 * Whether the log says that this is its state after line `seq`. A snapshot is an item that can be rewritten: what is read from
 * one counts only where the chain commits to it.
 * @param state as it was kept   @param next the line after it
 */
export const isCommitted = (state: { seq: number }, next: Entry | undefined, sha256: Sha256): boolean =>
  next?.fact.kind === 'snapshotTaken' && next.seq === state.seq + 1 && next.fact.digest === digestOf(state, sha256);

/** A state as it was kept; undefined: the text is none at all. Nothing says here that it is the log's: `isCommitted` does. */
export function keptState(text: string): WorkloadState | undefined {
  const state = parsedJson(text) as WorkloadState | null | undefined;
  return Number.isSafeInteger(state?.seq) ? (state ?? undefined) : undefined;
}

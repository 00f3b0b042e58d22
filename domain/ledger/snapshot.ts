import { canonicalJson } from '../canonical-json.ts';
import type { Entry, Fact } from './facts.ts';
import type { Sha256 } from './fold.ts';
import type { WorkloadState } from './state.ts';

/** Lines after which the state is kept, so that a read stays one page. */
export const SNAPSHOT_EVERY = 50;

/** A state as it is kept, and its hash. */
export function snapshotOf(state: WorkloadState, sha256: Sha256): { text: string; digest: string } {
  const text = canonicalJson(state);
  return { text, digest: sha256(text) };
}

export const isSnapshotDue = ({ seq, snapshotSeq = 0 }: WorkloadState): boolean => seq - snapshotSeq >= SNAPSHOT_EVERY;

/**
 * Whether the log says that this is its state after line `seq`. A snapshot is an item that can be rewritten: what is read from
 * one counts only where the chain commits to it.
 * @param next the line after `seq`
 */
export const isCommitted = (
  snapshot: { text: string; seq: number },
  next: Entry | undefined,
  sha256: Sha256,
): boolean =>
  next?.fact.kind === 'snapshotTaken' && next.seq === snapshot.seq + 1 && next.fact.digest === sha256(snapshot.text);

export const snapshotTaken = (digest: string): Fact => ({ kind: 'snapshotTaken', digest });

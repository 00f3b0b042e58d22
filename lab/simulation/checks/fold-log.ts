import { sha256 } from '../../../adapters/sha256.ts';
import type { Entry } from '../../../domain/ledger/facts.ts';
import { fold } from '../../../domain/ledger/fold.ts';
import { emptyState } from '../../../domain/ledger/state.ts';

/** Folds a whole log from its first line. @returns why it cannot be folded; undefined where it can */
export function foldLog(entries: readonly Entry[]): string | undefined {
  try {
    entries.reduce((state, entry) => fold(state, entry, sha256), emptyState());
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

import { ERROR_KINDS } from '../domain/errors.ts';
import type { EndedRelease } from '../domain/ledger/state.ts';

/** What a command was given cannot be taken, or is refused. */
export const BAD_INPUT = ERROR_KINDS.badInput.exitCode;

/** A release went back for want of data: nothing says that the canary is bad, and a pipeline may want to try again. */
const NO_EVIDENCE = 4;

/** What a command that waits for a release answers: 0 promoted, 4 rolled back for want of data, 1 any other end. */
export function exitCodeOf({ outcome, reason }: { outcome: EndedRelease['outcome']; reason?: string | null }): number {
  if (outcome === 'promoted') return 0;
  return reason === 'noEvidence' ? NO_EVIDENCE : 1;
}

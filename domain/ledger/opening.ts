import type { ApprovalState } from './state.ts';

/** What tells one opening from the next: its line in the ledger. Of a snapshot that was written before it kept this: its instant. */
export const openingOf = ({ opening, openedAtEpochMs }: ApprovalState): number => opening ?? openedAtEpochMs;

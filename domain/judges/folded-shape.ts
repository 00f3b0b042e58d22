import type { FoldedTurns } from './counting.ts';

/**
 * What the judges of a release have of the windows that begin before an instant, all of them frozen: judged on from it,
 * later windows get the verdict that all of them would have got, bit for bit (docs/statistics.md (h)). Plain JSON but for
 * numbers that JSON does not know; its size does not grow with the release.
 */
export interface Folded {
  /** Every window that begins before is in it, and of the sequential metrics some that begin later. */
  untilEpochMs: number;
  /** Of each metric whose judge counts turns. */
  turns: Record<string, FoldedTurns>;
  /** How soon after their end windows were there; absent while none had data. */
  soonestSeconds?: number;
  /** Windows before this instant are lost and in no fold: what they said cannot be known any more. */
  lostUntilEpochMs?: number;
  /** Of the judges that do something else than count turns: what each folded, under its `keptAs`. Each knows its own. */
  [keptAs: string]: unknown;
}

/** Until where windows are folded. */
export interface Cut {
  /** Every window of every metric that begins before was frozen by `knownUntilEpochMs`. */
  untilEpochMs: number;
  knownUntilEpochMs: number;
}

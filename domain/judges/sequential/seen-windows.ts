import type { SeenWindow } from '../../statistics/sequential/power.ts';
import type { ScoredWindow } from './windows.ts';

/** What the scored windows of a metric add up to. Plain JSON, and no larger for a year than for some hours. */
export interface SeenWindows {
  windows: number;
  canaryRequests: number;
  stableRequests: number;
  /** Per threshold. */
  canaryBad: number[];
  stableBad: number[];
  /** Their requests in their order, from which follows what would have been found: at most MOST_BLOCKS. */
  blocks: Required<SeenWindow>[];
  /** What a person must know of the last one's counts. */
  note?: string;
}

/**
 * More blocks than this are not kept: each two neighbours are then summed up to one, and new windows to blocks of that
 * size. Up to here every window is a block of its own.
 */
const MOST_BLOCKS = 128;

export const nothingSeen = (thresholds: number): SeenWindows => ({
  ...{ windows: 0, canaryRequests: 0, stableRequests: 0, blocks: [] },
  canaryBad: Array.from({ length: thresholds }, () => 0),
  stableBad: Array.from({ length: thresholds }, () => 0),
});

/** One scored window more, in place. @param margin w0 of it */
export function addSeen(seen: SeenWindows, { canary, stable }: ScoredWindow, margin: number): void {
  seen.windows += 1;
  seen.canaryRequests += canary.requests;
  seen.stableRequests += stable.requests;
  for (const t of seen.canaryBad.keys()) {
    seen.canaryBad[t] = (seen.canaryBad[t] ?? 0) + (canary.bad[t] ?? 0);
    seen.stableBad[t] = (seen.stableBad[t] ?? 0) + (stable.bad[t] ?? 0);
  }
  const window = { canaryRequests: canary.requests, stableRequests: stable.requests, margin, windows: 1 };
  const last = seen.blocks.at(-1);
  const size = seen.blocks[0]?.windows ?? 1;
  if (last !== undefined && last.windows < size) seen.blocks[seen.blocks.length - 1] = sumOf(last, window);
  else seen.blocks.push(window);
  if (seen.blocks.length > MOST_BLOCKS) seen.blocks = halved(seen.blocks);
  if (canary.note === undefined) delete seen.note;
  else seen.note = canary.note;
}

/** @param marginOf w0 of a window */
export function seenOf(
  windows: readonly ScoredWindow[],
  thresholds: number,
  marginOf: (startEpochMs: number) => number,
): SeenWindows {
  const seen = nothingSeen(thresholds);
  for (const window of windows) addSeen(seen, window, marginOf(window.startEpochMs));
  return seen;
}

function halved(blocks: readonly Required<SeenWindow>[]): Required<SeenWindow>[] {
  const half: Required<SeenWindow>[] = [];
  for (const [index, block] of blocks.entries()) {
    const before = half.at(-1);
    if (index % 2 === 0 || before === undefined) half.push(block);
    else half[half.length - 1] = sumOf(before, block);
  }
  return half;
}

/** Of two margins the larger: less would have been found, never more. */
const sumOf = (a: Required<SeenWindow>, b: Required<SeenWindow>): Required<SeenWindow> => ({
  canaryRequests: a.canaryRequests + b.canaryRequests,
  stableRequests: a.stableRequests + b.stableRequests,
  margin: Math.max(a.margin, b.margin),
  windows: a.windows + b.windows,
});

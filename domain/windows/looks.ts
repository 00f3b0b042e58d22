import type { WindowRecord } from './reading.ts';
import { AGREEMENT_SECONDS } from './windows.ts';

/** While a window waits to freeze it is looked at this often: the distance at which two reads can agree. */
export const LOOK_EVERY_SECONDS = AGREEMENT_SECONDS;

/**
 * How late the source is in this release: the soonest that the reading of a window which then froze was there, in seconds
 * after the window's end. The soonest and not the latest: looks begin one step earlier than it, so that it follows a
 * source that is quicker than it was taken for, and cannot be driven upwards by the looks' own delays.
 */
export function learntLatenessSeconds(
  records: readonly WindowRecord[],
  defaultLatenessSeconds: number,
  before?: number,
): number {
  const soonest = soonestSeconds(records, before);
  return soonest === undefined ? defaultLatenessSeconds : Math.max(0, soonest - LOOK_EVERY_SECONDS);
}

/** The soonest that a frozen window's data were there after its end. @param before of the windows before; undefined: there were none */
export function soonestSeconds(records: readonly WindowRecord[], before?: number): number | undefined {
  let soonest = before;
  for (const { frozenAtEpochMs, reading, readAtEpochMs, endEpochMs } of records) {
    if (frozenAtEpochMs === undefined || reading.kind === 'noData') continue;
    soonest = Math.min(soonest ?? Number.POSITIVE_INFINITY, Math.max(0, (readAtEpochMs - endEpochMs) / 1000));
  }
  return soonest;
}

/** When a window is expected to be frozen: its end, the source's usual lateness, and the 10 s until a second read agrees. */
export const expectedFrozenEpochMs = (window: { endEpochMs: number }, latenessSeconds: number): number =>
  window.endEpochMs + (latenessSeconds + AGREEMENT_SECONDS) * 1000;

/**
 * Whole seconds until the next look can see more: until the first of the two reads that freeze the next window (10 s
 * before it is expected to be frozen), and every 10 s while a window is past that and not frozen. At least 1.
 */
export function nextLookSeconds(options: {
  firstStartEpochMs: number;
  windowSeconds: number;
  nowEpochMs: number;
  metrics: readonly string[];
  records: readonly WindowRecord[];
  /** Of the windows before (`soonestSeconds`). */
  soonestBefore?: number | undefined;
  /** What is taken while no window of this release has frozen yet. */
  defaultLatenessSeconds: number;
}): number {
  const { nowEpochMs, metrics } = options;
  const windowMs = options.windowSeconds * 1000;
  const latenessSeconds = learntLatenessSeconds(options.records, options.defaultLatenessSeconds, options.soonestBefore);
  const frozen = new Set(
    options.records
      .filter(record => record.frozenAtEpochMs !== undefined)
      .map(record => `${record.startEpochMs} ${record.metric}`),
  );
  const isOpen = (startEpochMs: number) => metrics.some(metric => !frozen.has(`${startEpochMs} ${metric}`));
  // The oldest window that still freezes comes first; the one that runs now, or begins next, is always open.
  let startEpochMs = Math.floor(options.firstStartEpochMs / windowMs) * windowMs;
  while (startEpochMs + windowMs <= nowEpochMs && !isOpen(startEpochMs)) startEpochMs += windowMs;
  const frozenEpochMs = expectedFrozenEpochMs({ endEpochMs: startEpochMs + windowMs }, latenessSeconds);
  const firstReadEpochMs = frozenEpochMs - AGREEMENT_SECONDS * 1000;
  if (firstReadEpochMs <= nowEpochMs) return LOOK_EVERY_SECONDS;
  return Math.max(1, Math.ceil((firstReadEpochMs - nowEpochMs) / 1000));
}

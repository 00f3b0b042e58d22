import type { JudgementContext } from './context.ts';
import type { WindowRecord } from './reading.ts';
import { FREEZE_AT_LATEST_SECONDS, type Window } from './windows.ts';

/**
 * When a measurement of a metric is due: once in every interval. `window`: its window is frozen and can be judged.
 * `open`: it is not frozen yet; `missed` once it should have been for a minute, so nobody reads it.
 */
export type Turn = { kind: 'window'; record: WindowRecord } | { kind: 'open'; window: Window; missed: boolean };

/** A minute after it freezes at the latest, a window that is not there was not read: several looks have passed by then. */
export const MISSED_AFTER_SECONDS = FREEZE_AT_LATEST_SECONDS + 60;

/**
 * The turns of a metric, oldest first: every `intervalSeconds` (rounded up to whole windows) from the first window that
 * begins `initialDelaySeconds` or more after the analysis began. The measurement of a turn is its first window that
 * straddles no shift and in which the canary gets traffic; a turn without one is left out. When the turns are depends on
 * nothing that was read, so that windows may come in any order and twice, and a turn once taken stays what it is.
 */
export function turnsOf(
  records: readonly WindowRecord[],
  context: JudgementContext,
  timing: { initialDelaySeconds: number; intervalSeconds: number },
): Turn[] {
  if (context.analysisStartedAtEpochMs === undefined) return [];
  const windowMs = context.windowSeconds * 1000;
  const stepMs = Math.max(1, Math.ceil((timing.intervalSeconds * 1000) / windowMs)) * windowMs;
  const begin = context.analysisStartedAtEpochMs + timing.initialDelaySeconds * 1000;
  const frozen = frozenByStart(records);
  const last = Math.max(context.nowEpochMs, ...[...frozen.values()].map(record => record.endEpochMs));
  const turns: Turn[] = [];
  for (let start = Math.ceil(begin / windowMs) * windowMs; start + windowMs <= last; start += stepMs) {
    const turn = turnFrom(start, start + stepMs, windowMs, frozen, context);
    if (turn !== undefined) turns.push(turn);
  }
  return turns;
}

/** A turn in every window, from the first one that begins after the analysis did. */
export const everyWindow = (records: readonly WindowRecord[], context: JudgementContext): Turn[] =>
  turnsOf(records, context, { initialDelaySeconds: 0, intervalSeconds: context.windowSeconds });

function turnFrom(
  fromEpochMs: number,
  toEpochMs: number,
  windowMs: number,
  frozen: Map<number, WindowRecord>,
  context: JudgementContext,
): Turn | undefined {
  for (let startEpochMs = fromEpochMs; startEpochMs < toEpochMs; startEpochMs += windowMs) {
    const window = { startEpochMs, endEpochMs: startEpochMs + windowMs };
    const record = frozen.get(startEpochMs);
    if (record?.straddles === true || !context.expects(window).canary) continue;
    if (record !== undefined) return { kind: 'window', record };
    // Until this one is known, a later window of the turn cannot be the first.
    return { kind: 'open', window, missed: context.nowEpochMs > window.endEpochMs + MISSED_AFTER_SECONDS * 1000 };
  }
  return undefined;
}

/** Where the same window comes twice, the one that froze first is the one that was judged. */
function frozenByStart(records: readonly WindowRecord[]): Map<number, WindowRecord> {
  const frozen = new Map<number, WindowRecord>();
  for (const record of records) {
    if (record.frozenAtEpochMs === undefined) continue;
    const known = frozen.get(record.startEpochMs)?.frozenAtEpochMs;
    if (known === undefined || record.frozenAtEpochMs < known) frozen.set(record.startEpochMs, record);
  }
  return frozen;
}

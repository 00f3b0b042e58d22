import type { WindowRecord } from '../windows/reading.ts';
import { FREEZE_AT_LATEST_SECONDS, type Window } from '../windows/windows.ts';
import type { JudgementContext } from './context.ts';

/**
 * When a measurement of a metric is due: once in every interval. `window`: its window is frozen and can be judged.
 * `open`: it is not frozen yet; `missed` once it should have been for a minute, so nobody reads it.
 */
export type MeasurementDue = FrozenTurn | { kind: 'open'; window: Window; missed: boolean };

export type FrozenTurn = { kind: 'window'; record: WindowRecord };

/** From where on turns are still to be taken. Plain JSON. */
export interface TurnPlace {
  /** Where the first turn begins that was not taken. */
  nextEpochMs: number;
  /** Windows that begin before were looked at. */
  untilEpochMs: number;
}

/** When a metric's turns are. */
export interface Timing {
  initialDelaySeconds: number;
  intervalSeconds: number;
}

/** A minute after it freezes at the latest, a window that is not there was not read: several looks have passed by then. */
export const MISSED_AFTER_SECONDS = FREEZE_AT_LATEST_SECONDS + 60;

/**
 * The turns of a metric, oldest first: every `intervalSeconds` (rounded up to whole windows) from the first window that
 * begins `initialDelaySeconds` or more after the analysis began. The measurement of a turn is its first window that
 * straddles no shift and in which the canary gets traffic; a turn without one is left out. When the turns are depends on
 * nothing that was read, so that windows may come in any order and twice, and a turn once taken stays what it is.
 * @param from absent: the first turn
 */
export function turnsOf(
  records: readonly WindowRecord[],
  context: JudgementContext,
  timing: Timing,
  from?: TurnPlace,
): MeasurementDue[] {
  if (context.analysisStartedAtEpochMs === undefined) return [];
  const windowMs = context.windowSeconds * 1000;
  const stepMs = stepOf(timing, windowMs);
  const frozen = frozenByStart(records);
  let last = context.nowEpochMs;
  for (const { endEpochMs } of frozen.values()) last = Math.max(last, endEpochMs);
  const turns: MeasurementDue[] = [];
  const { nextEpochMs, untilEpochMs } = from ?? firstPlace(context.analysisStartedAtEpochMs, timing, windowMs);
  for (let start = nextEpochMs; start + windowMs <= last; start += stepMs) {
    const turn = turnFrom(Math.max(start, untilEpochMs), start + stepMs, windowMs, frozen, context);
    if (turn !== undefined) turns.push(turn);
  }
  return turns;
}

/**
 * The turns that are settled by windows that begin before `untilEpochMs`, of which every one is frozen, and the place from
 * which the rest follows.
 * @throws RangeError one of them is not frozen
 */
export function settledTurns(
  records: readonly WindowRecord[],
  context: JudgementContext,
  timing: Timing,
  { untilEpochMs, from }: { untilEpochMs: number; from?: TurnPlace | undefined },
): { turns: FrozenTurn[]; place: TurnPlace } {
  const windowMs = context.windowSeconds * 1000;
  const stepMs = stepOf(timing, windowMs);
  const frozen = frozenByStart(records);
  const place = from ?? firstPlace(context.analysisStartedAtEpochMs ?? untilEpochMs, timing, windowMs);
  const turns: FrozenTurn[] = [];
  let next = place.nextEpochMs;
  for (; next < untilEpochMs; next += stepMs) {
    const to = Math.min(next + stepMs, untilEpochMs);
    const turn = turnFrom(Math.max(next, place.untilEpochMs), to, windowMs, frozen, context);
    if (turn?.kind === 'open') throw new RangeError(`the window at ${turn.window.startEpochMs} is not frozen`);
    if (turn === undefined && next + stepMs > untilEpochMs) break; // a later window may still be its measurement
    if (turn !== undefined) turns.push(turn);
  }
  return { turns, place: { nextEpochMs: next, untilEpochMs } };
}

const stepOf = ({ intervalSeconds }: Timing, windowMs: number): number =>
  Math.max(1, Math.ceil((intervalSeconds * 1000) / windowMs)) * windowMs;

function firstPlace(startedAtEpochMs: number, { initialDelaySeconds }: Timing, windowMs: number): TurnPlace {
  const begin = startedAtEpochMs + initialDelaySeconds * 1000;
  return { nextEpochMs: Math.ceil(begin / windowMs) * windowMs, untilEpochMs: Number.NEGATIVE_INFINITY };
}

/** A turn in every window, from the first one that begins after the analysis did. */
export const everyWindow = ({ windowSeconds }: JudgementContext): Timing => ({
  initialDelaySeconds: 0,
  intervalSeconds: windowSeconds,
});

function turnFrom(
  fromEpochMs: number,
  toEpochMs: number,
  windowMs: number,
  frozen: Map<number, WindowRecord>,
  context: JudgementContext,
): MeasurementDue | undefined {
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

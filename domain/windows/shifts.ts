import type { Expected, Window } from './windows.ts';

/** One turn of the dial as the ledger tells it; `weight` is the canary's, in per cent. */
export interface ShiftTimes {
  intendedAtEpochMs: number;
  confirmedAtEpochMs?: number | undefined;
}

/**
 * Whether the window overlaps a shift: from its intent to its confirmation plus `propagationSeconds`. Shares that move
 * inside a window break the comparison (docs/statistics.md, "Windows"): such a window is stored and shown, never judged.
 * A shift that is not confirmed straddles everything from its intent on.
 */
export function straddles(window: Window, shifts: readonly ShiftTimes[], propagationSeconds: number): boolean {
  return shifts.some(shift => {
    const over =
      shift.confirmedAtEpochMs === undefined
        ? Number.POSITIVE_INFINITY
        : shift.confirmedAtEpochMs + propagationSeconds * 1000;
    // An instant that is the window's end belongs to the next window.
    return shift.intendedAtEpochMs < window.endEpochMs && over > window.startEpochMs;
  });
}

/** When the canary first gets traffic: the intent of the first shift above 0; undefined before that. */
export const analysisStart = (shifts: readonly (ShiftTimes & { weight: number })[]): number | undefined =>
  inOrder(shifts).find(shift => shift.weight > 0)?.intendedAtEpochMs;

/** The versions that get traffic during the whole window, by the weights of the shifts (0 before the first). */
export function expectedIn(window: Window, shifts: readonly (ShiftTimes & { weight: number })[]): Expected {
  const before = inOrder(shifts).filter(shift => shift.intendedAtEpochMs <= window.startEpochMs);
  const inside = shifts.filter(
    shift => shift.intendedAtEpochMs > window.startEpochMs && shift.intendedAtEpochMs < window.endEpochMs,
  );
  const weights = [before.at(-1)?.weight ?? 0, ...inside.map(shift => shift.weight)];
  return { canary: weights.every(weight => weight > 0), stable: weights.every(weight => weight < 100) };
}

/**
 * The canary's weight, in per cent, if it was the same in all of the window; undefined where a shift is in it, or where
 * clients that were sent to a slot under an earlier weight may still stay there.
 */
export function steadyWeight(
  window: Window,
  shifts: readonly (ShiftTimes & { weight: number })[],
  clientsSeconds: number,
): number | undefined {
  const last = inOrder(shifts).findLast(shift => shift.intendedAtEpochMs < window.endEpochMs);
  if (last?.confirmedAtEpochMs === undefined) return undefined;
  const steadyFromEpochMs = last.confirmedAtEpochMs + clientsSeconds * 1000;
  return window.startEpochMs >= steadyFromEpochMs ? last.weight : undefined;
}

const inOrder = <Shift extends ShiftTimes>(shifts: readonly Shift[]): Shift[] =>
  shifts.toSorted((a, b) => a.intendedAtEpochMs - b.intendedAtEpochMs);

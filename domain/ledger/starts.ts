/** So many executions of a release, or attempts to go back, start one right after another; those that follow are paced. */
const QUICK_STARTS = 6;
const PACED_OVER_SECONDS = 3_600;

/** The starts that pacing asks for, with one more: the newest of them, oldest first. */
export const withStart = (starts: readonly number[] | undefined, atEpochMs: number): number[] =>
  [...(starts ?? []), atEpochMs].slice(-QUICK_STARTS);

/**
 * Whether one more may start now. What ends at once and for the same reason each time would otherwise start again and again:
 * after QUICK_STARTS within an hour one follows the one before by `pauseSeconds` or more.
 * @param starts when the newest were claimed, in milliseconds of the epoch, oldest first
 */
export function mayStart(starts: readonly number[] | undefined, nowEpochMs: number, pauseSeconds: number): boolean {
  const recent = (starts ?? []).filter(at => at > nowEpochMs - PACED_OVER_SECONDS * 1000);
  const last = recent.at(-1);
  return recent.length < QUICK_STARTS || last === undefined || nowEpochMs >= last + pauseSeconds * 1000;
}

/** Past the point of no return traffic is where it belongs: what is left to do can wait for the cause to be mended. */
export const NEXT_RUN_PAUSE_SECONDS = 600;
/** Traffic may be with the canary: the next attempt waits no longer than the reconciler does between its passes. */
export const NEXT_ATTEMPT_PAUSE_SECONDS = 60;

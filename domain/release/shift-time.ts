import type { ReleaseState } from '../ledger/state.ts';

/**
 * How far ahead of its latest good instant a shift is aimed at, and how early is early enough, in seconds: the handlers
 * between this decision and the load balancer's answer take 1 to 3 s, a cold start included up to 10 s.
 */
export const SHIFT_LEAD_SECONDS = 12;

/** How a release's shifts are timed; where nothing is measured there is no window to spare. */
export const shiftTiming = (release: ReleaseState): { windowSeconds: number; propagationSeconds: number } => ({
  windowSeconds: release.plan.metrics.length === 0 ? 0 : release.plan.windowSeconds,
  propagationSeconds: release.admission?.propagationSeconds ?? 0,
});

/**
 * Seconds to wait before a shift, 0 for now. A window that overlaps a shift (with the time that clients may still see the
 * old weights) is not judged. So the shift is timed such that all of this falls into the window that is about to end and
 * the next one is whole: at most one window is lost to a shift.
 */
export function secondsUntilShift(options: {
  nowEpochMs: number;
  windowSeconds: number;
  propagationSeconds: number;
}): number {
  const windowMs = options.windowSeconds * 1000;
  const occupiedMs = (options.propagationSeconds + SHIFT_LEAD_SECONDS) * 1000;
  if (occupiedMs >= windowMs) return 0; // no instant is better than another
  // a shift is aimed at the instant from which all of it just fits, and there is time for it as long as the lead is
  const pastAimMs = (options.nowEpochMs + occupiedMs) % windowMs;
  const leadMs = SHIFT_LEAD_SECONDS * 1000;
  // without propagation the last good instant would be the end of the window, which is the start of the next one
  const isInTime = options.propagationSeconds === 0 ? pastAimMs < leadMs : pastAimMs <= leadMs;
  return isInTime ? 0 : Math.ceil((windowMs - pastAimMs) / 1000);
}

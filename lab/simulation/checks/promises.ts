import type { Workload } from '../../../domain/workload.ts';
import type { ToldRelease } from './told-release.ts';

/** What docs/design.md and docs/plan-reference.md promise, in figures of this file's own: an oracle shares no arithmetic. */

const MINUTE_MS = 60_000;

/** design.md, "Going back": how long connections stay + min(how long clients do, maxDrain) + 120 s at a verified 0. In milliseconds. */
export function drainMs(
  said: { connectionsSeconds: number; clientsSeconds: number },
  { maxDrainSeconds }: Pick<Workload, 'maxDrainSeconds'>,
): number {
  const clients = said.clientsSeconds < maxDrainSeconds ? said.clientsSeconds : maxDrainSeconds;
  return (said.connectionsSeconds + clients + 120) * 1000;
}

/**
 * plan-reference.md, `deadline`: from admission on, but for the time that people take and that holds for want of data last.
 * Undefined before admission.
 */
export function deadlineEpochMs(release: ToldRelease, nowEpochMs: number): number | undefined {
  const { admittedAtEpochMs, asked } = release;
  if (admittedAtEpochMs === undefined) return undefined;
  return admittedAtEpochMs + asked.deadlineSeconds * 1000 + unionMs(release.notCounted(nowEpochMs));
}

/** How long at least one of these lasted. */
function unionMs(intervals: readonly { fromMs: number; untilMs: number }[]): number {
  let sum = 0;
  let coveredUntil = Number.NEGATIVE_INFINITY;
  for (const { fromMs, untilMs } of intervals.toSorted((a, b) => a.fromMs - b.fromMs)) {
    sum += Math.max(0, untilMs - Math.max(fromMs, coveredUntil));
    coveredUntil = Math.max(coveredUntil, untilMs);
  }
  return sum;
}

/** A look may be away for so long with all its retries, and still make its move. */
export const AFTER_DEADLINE_MS = 5 * MINUTE_MS;

/** statistics.md, "Windows": two reads that agree so far apart freeze a window, or its age does. */
export const AGREE_APART_MS = 10_000;
export const FROZEN_BY_AGE_MS = 180_000;

/** What all plans of the simulation ask of `errors`: the share of bad requests, 0 to 1, that is too much. */
export const LIMIT_SHARE = 0.05;

/** For how long those plans of the simulation that have an objective bear it: when all of that was bad, it burns too fast. */
export const BURN_SECONDS = 120;

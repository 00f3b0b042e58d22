import type { ReleaseState } from './state.ts';

/** The weight that the release has confirmed last; 0 before the first shift. */
export function confirmedWeight(release: ReleaseState): number {
  return release.shifts.findLast(shift => shift.confirmedAtEpochMs !== undefined)?.weight ?? 0;
}

/** Whether the canary has requests, or has had some. From the intent on: the weight may have been set before it was confirmed. */
export const hasTraffic = ({ shifts }: Pick<ReleaseState, 'shifts'>): boolean =>
  shifts.some(({ weight }) => weight > 0);

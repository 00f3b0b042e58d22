import { secondsOf } from '../file/checked-units.ts';
import type { Issue } from '../file/issue.ts';
import { durationText } from '../file/units.ts';
import type { DraftedMetric, DraftedPlan } from './drafted.ts';

/** A measurement is one window, so it is taken every so many of them. */
export function checkInterval(
  { judge: { interval }, path }: DraftedMetric<{ interval?: string | undefined }>,
  { windowSeconds }: DraftedPlan,
): Issue[] {
  if (interval === undefined || windowSeconds === undefined) return [];
  const intervalSeconds = secondsOf(interval);
  if (intervalSeconds % windowSeconds === 0) return [];
  return [
    {
      path: [...path, 'interval'],
      at: 'value',
      found: `'${interval}'`,
      expected: `a multiple of the window, ${durationText(windowSeconds)}: a measurement is one window`,
      guess: `${Math.ceil(intervalSeconds / windowSeconds) * windowSeconds}s`,
    },
  ];
}

import type { Issue } from '../file/issue.ts';
import { durationText } from '../file/units.ts';
import { roundedText } from '../number-text.ts';
import { SHORTEST_SECONDS } from '../sources/response-time.ts';
import type { TimeUnit } from './drafted.ts';

export const TIMEOUT = "the load balancer's idle time-out (idleTimeout)";

export const timeoutText = (timeoutSeconds: number): string => durationText(timeoutSeconds).replaceAll(' ', '');

/**
 * What is wrong with a limit of a response time that no response can reach: it is one in another unit, and would never, or
 * always, be broken. Nothing where it can be reached.
 */
export function outsideOfTimes(
  value: number,
  unit: TimeUnit,
  timeoutSeconds: number,
): Pick<Issue, 'found' | 'expected' | 'guess'>[] {
  const many = unit === 'seconds' ? 1 : 1000;
  const [least, most] = [SHORTEST_SECONDS * many, timeoutSeconds * many];
  if (value >= least && value <= most) return [];
  const found = `${value}, and this time is in ${unit}`;
  const limits = `${roundedText(least, 6)} (a microsecond) to ${most}`;
  const expected = `a number of ${unit} from ${limits}: ${timeoutText(timeoutSeconds)} is ${TIMEOUT}`;
  // written in milliseconds, or in microseconds
  const meant = [1e3, 1e6]
    .map(times => Number((value / times).toPrecision(12)))
    .find(one => one >= least && one <= most);
  return [{ found, expected, ...(value > most && meant !== undefined && { guess: String(meant) }) }];
}

import { parseDurationSeconds, parseLatencySeconds, parseShare } from './units.ts';

/**
 * What the schema has let through, read.
 * @throws Error a text that cannot be read: a fault of the checks, not a mistake in the plan
 */
export const secondsOf = (text: string): number => read(parseDurationSeconds(text), text);
export const latencySecondsOf = (text: string): number => read(parseLatencySeconds(text), text);
export const shareOf = (value: string | number): number => read(parseShare(value), value);

function read(number: number | undefined, from: string | number): number {
  if (number === undefined) throw new Error(`${from} passed the checks and cannot be read`);
  return number;
}

import type { Clock } from '../clock.ts';
import type { Log, Meter } from './log.ts';
import { redact } from './redact.ts';

/** Takes one line, without its line break. */
export type Sink = (line: string) => void;

/**
 * One JSON object a line: {at, level, message, ...fields}. The instant is `clock`'s; fields of the call win over those
 * of `with`. An Error is written as its name, message and cause.
 */
export function linesLog(sink: Sink, clock: Clock, always: Record<string, unknown> = {}): Log {
  const write = (level: string) => (message: string, fields?: Record<string, unknown>) =>
    sink(JSON.stringify({ at: new Date(clock.now()).toISOString(), level, message, ...always, ...fields }, replace()));
  return {
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    with: fields => linesLog(sink, clock, { ...always, ...fields }),
  };
}

/** One JSON object a line: {at, level: 'metric', name, unit, value}. */
export function linesMeter(sink: Sink, clock: Clock): Meter {
  const write = (name: string, unit: string, value: number) =>
    sink(JSON.stringify({ at: new Date(clock.now()).toISOString(), level: 'metric', name, unit, value }));
  return {
    count: (name, value = 1) => write(name, 'Count', value),
    milliseconds: (name, value) => write(name, 'Milliseconds', value),
  };
}

/** A log must not throw for what it is given: a circle is cut where it closes, a BigInt is written as text. */
function replace(): (this: unknown, key: string, value: unknown) => unknown {
  // what is being written now, outermost first: as it was given, and as it is written
  const above: { given: object; written: object }[] = [];
  return function (key, value) {
    const given = redact(key, value);
    if (typeof given === 'bigint') return String(given);
    if (typeof given !== 'object' || given === null) return given;
    // `this` holds the value: what was entered after it has been left again
    while (above.length > 0 && above.at(-1)?.written !== this) above.pop();
    if (above.some(entered => entered.given === given)) return '[circular]';
    const written = given instanceof Error ? fieldsOf(given) : given;
    above.push({ given, written });
    return written;
  };
}

const fieldsOf = (error: Error) => ({
  name: error.name,
  message: error.message,
  ...(error.cause !== undefined && { cause: error.cause }),
});

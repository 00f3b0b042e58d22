import type { Env } from '../aws-client-config.ts';
import { systemClock } from '../clock.ts';
import { linesLog, type Sink } from './lines-log.ts';
import type { Log } from './log.ts';

const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;

/**
 * The log of a Lambda: JSON on standard output, which CloudWatch Logs keeps. Not by way of `console`, which Lambda's runtime
 * puts its own words before.
 * @param env SLUICE_LOG_LEVEL is one of DEBUG, INFO (where absent), WARN, ERROR
 * @throws RangeError for another level
 */
export function openLog(env: Env, write: Sink = writeLine): Log {
  const text = env.SLUICE_LOG_LEVEL ?? 'INFO';
  const least = (LEVELS as readonly string[]).indexOf(text);
  if (least === -1) throw new RangeError(`SLUICE_LOG_LEVEL is ${text}, it must be one of ${LEVELS.join()}`);
  return above(least, linesLog(write, systemClock, { service: 'sluice' }));
}

/** To the log of a Lambda, at once: an environment may be frozen as soon as its handler has answered. */
export const writeLine: Sink = line => void process.stdout.write(`${line}\n`);

const nothing = () => {};

function above(least: number, log: Log): Log {
  const at = (level: (typeof LEVELS)[number], write: Log['info']) => (LEVELS.indexOf(level) < least ? nothing : write);
  return {
    info: at('INFO', log.info),
    warn: at('WARN', log.warn),
    error: at('ERROR', log.error),
    with: fields => above(least, log.with(fields)),
  };
}

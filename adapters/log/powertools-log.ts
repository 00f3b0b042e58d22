import { Logger } from '@aws-lambda-powertools/logger';
import type { Env } from '../aws-client-config.ts';
import type { Log } from './log.ts';
import { redact } from './redact.ts';

const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;

/**
 * The log of a Lambda: JSON on standard output, which CloudWatch Logs keeps.
 * @param env SLUICE_LOG_LEVEL is one of DEBUG, INFO (where absent), WARN, ERROR
 * @throws RangeError for another level
 */
export function openLog(env: Env): Log {
  const text = env.SLUICE_LOG_LEVEL ?? 'INFO';
  const logLevel = LEVELS.find(level => level === text);
  if (logLevel === undefined) throw new RangeError(`SLUICE_LOG_LEVEL is ${text}, it must be one of ${LEVELS.join()}`);
  return logOn(new Logger({ serviceName: 'sluice', logLevel, jsonReplacerFn: redact }));
}

const logOn = (logger: Logger): Log => ({
  info: (message, fields = {}) => logger.info(message, fields),
  warn: (message, fields = {}) => logger.warn(message, fields),
  error: (message, fields = {}) => logger.error(message, fields),
  with(fields) {
    const child = logger.createChild();
    child.appendPersistentKeys(fields as Parameters<Logger['appendPersistentKeys']>[0]);
    return logOn(child);
  },
});

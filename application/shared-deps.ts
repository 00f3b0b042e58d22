import type { Clock } from '../adapters/clock.ts';
import type { Log, Meter } from '../adapters/log/log.ts';

/** What every handler has. */
export interface SharedDeps {
  clock: Clock;
  log: Log;
  meter: Meter;
}

import type { Log } from '../../adapters/log/log.ts';
import type { Sleepers } from '../../adapters/sleepers/sleepers.ts';
import type { Rounds } from './rounds.ts';

/**
 * Calls the functions in a VPC once an hour, so that none is asleep when a release needs it after quiet weeks. What fails is due
 * in the next pass again.
 * @returns a sentence for each that could not be called
 */
export async function keepAwake(
  deps: { sleepers: Sleepers },
  { rounds, nowEpochMs, log }: { rounds: Rounds; nowEpochMs: number; log: Log },
): Promise<string[]> {
  const due = deps.sleepers.functions.filter(name => rounds.isDue('awake', name, nowEpochMs));
  const failed = await Promise.all(
    due.map(async name => {
      try {
        await deps.sleepers.wake(name);
        rounds.done('awake', name, nowEpochMs);
        return [];
      } catch (error) {
        log.error('a function in the VPC could not be kept awake', { name, because: String(error) });
        return [String(error)];
      }
    }),
  );
  return failed.flat();
}

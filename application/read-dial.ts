import { RouterRuleError } from '../adapters/router/errors.ts';
import type { TrafficRouter } from '../adapters/router/router.ts';
import { type Dial, dialText } from '../domain/dial.ts';
import type { Workload } from '../domain/workload.ts';

/**
 * The dial, or why a rule shows none: a maintenance page, a third group, no rule at all. That is a person's doing, to be held
 * for and said, and no fault that is cured by asking again.
 * @throws RouterUnreachableError
 */
export async function readDial(
  deps: { router: TrafficRouter },
  workload: Workload,
): Promise<Dial | { unreadable: string }> {
  try {
    return await deps.router.readDial(workload);
  } catch (error) {
    if (!(error instanceof RouterRuleError)) throw error;
    return { unreadable: error.message };
  }
}

/** What was read, for a sentence. */
export const readText = (dial: Dial | { unreadable: string }): string =>
  'unreadable' in dial ? dial.unreadable : `the traffic weights are ${dialText(dial)}`;

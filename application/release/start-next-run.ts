import type { Executions } from '../../adapters/executions/executions.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { Log } from '../../adapters/log/log.ts';
import { StaleExecutionError } from '../errors.ts';
import { type ReleaseInput, withLedger } from '../release-call.ts';
import type { SharedDeps } from '../shared-deps.ts';
import { startRun } from '../start-run.ts';

export interface StartNextRunDeps extends SharedDeps {
  ledger: Ledger;
  executions: Executions;
}

/** Goes on in a new execution before the history of this one is full; this one then ends. */
export function startNextRun(deps: StartNextRunDeps, { releaseId, run }: ReleaseInput, log: Log): Promise<void> {
  // not behind the fence of the road: repeated after its append it must find its own claim and start it
  return withLedger(deps, { releaseId, by: `${releaseId} run ${run}`, log }, async call => {
    if (call.release.run > run + 1) throw new StaleExecutionError(`run ${run} of ${releaseId} was followed`);
    if (call.release.rollBack !== undefined) throw new StaleExecutionError(`${releaseId} is rolling back`);
    await startRun(deps, call, run + 1);
  });
}

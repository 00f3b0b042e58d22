import type { Executions } from '../adapters/executions/executions.ts';
import type { Ledger } from '../adapters/ledger/ledger.ts';
import { StaleExecutionError } from '../application/errors.ts';
import { releaseInputSchema, withLedger } from '../application/release-call.ts';
import type { SharedDeps } from '../application/shared-deps.ts';
import { startRun } from '../application/start-run.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openExecutions, openLedger, openShared } from './lambda/open.ts';

export interface StartNextRunDeps extends SharedDeps {
  ledger: Ledger;
  executions: Executions;
}

/** Goes on in a new execution before the history of this one is full; this one then ends. */
export const makeHandler = (deps: StartNextRunDeps) =>
  makeLambda('start-next-run', deps, (event, log) => {
    const { releaseId, run } = releaseInputSchema.parse(event);
    // not behind the fence of the road: repeated after its append it must find its own claim and start it
    return withLedger(deps, { releaseId, by: `${releaseId} run ${run}`, log }, async call => {
      if (call.release.run > run + 1) throw new StaleExecutionError(`run ${run} of ${releaseId} was followed`);
      if (call.release.rollBack !== undefined) throw new StaleExecutionError(`${releaseId} is rolling back`);
      await startRun(deps, call, run + 1);
    });
  });

export const handler = lazily(env =>
  makeHandler({ ...openShared(env), ledger: openLedger(env), executions: openExecutions(env) }),
);

import type { Ledger } from '../../adapters/ledger/ledger.ts';
import { sayingClusterFailed } from '../../application/cluster-failed.ts';
import type { Output, ReleaseHandlerName, ReleaseOutput, ReturnsAll } from '../../application/outputs.ts';
import { type ReleaseCall, releaseInputSchema, withRelease } from '../../application/release-call.ts';
import type { SharedDeps } from '../../application/shared-deps.ts';
import { namingThrottling } from '../../application/throttling.ts';
import { type LambdaHandler, makeLambda } from './handler.ts';
import { type Carried, countedRelease } from './history.ts';

/** What every handler of the two machines has: the ledger, by which it is fenced off. */
export interface ReleaseHandlerDeps extends SharedDeps {
  ledger: Ledger;
}

/**
 * A handler of release.asl.json: behind the fence, and its output carries on what the execution's history holds.
 * @param act returns the kinds that are listed for its name in application/outputs.ts: no other, and each of them somewhere
 */
export const makeReleaseHandler = <Name extends ReleaseHandlerName, Returned extends ReleaseOutput<Name>>(
  name: Name,
  deps: ReleaseHandlerDeps,
  act: ((call: ReleaseCall) => Promise<Returned>) & ReturnsAll<ReleaseOutput<Name>, Returned>,
): LambdaHandler<(Returned | Output<'nextRun'>) & Carried> =>
  makeLambda(name, deps, async (event, log) =>
    withRelease(deps, releaseInputSchema.parse(event), log, async call => {
      const { events = 0, asks, slotAskedAtEpochMs } = call.before;
      const carried = slotAskedAtEpochMs === undefined ? {} : { slotAskedAtEpochMs };
      const move = { ...carried, ...(await sayingClusterFailed(call, () => act(call))) };
      return countedRelease(name, { events, asks }, move);
    }).catch(error => {
      throw namingThrottling(error);
    }),
  );

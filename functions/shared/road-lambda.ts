import type { Ledger } from '../../adapters/ledger/ledger.ts';
import { sayingClusterFailed } from './cluster-failed.ts';
import { type LambdaHandler, makeLambda, type SharedDeps } from './handler.ts';
import { countedRoad } from './history.ts';
import type { RoadMove } from './move.ts';
import { type ReleaseCall, withRelease } from './release-call.ts';
import { namingThrottling } from './throttling.ts';

/** A handler of release.asl.json: behind the fence, and its move carries on what the execution's history holds. */
export const makeRoadLambda = (
  name: string,
  deps: SharedDeps & { ledger: Ledger },
  act: (call: ReleaseCall) => Promise<RoadMove>,
): LambdaHandler<RoadMove> =>
  makeLambda(name, deps, (event, log) =>
    withRelease(deps, event, log, async call => {
      const { events = 0, asks, slotAskedAtEpochMs } = call.before;
      const carried = slotAskedAtEpochMs === undefined ? {} : { slotAskedAtEpochMs };
      const move = { ...carried, ...(await sayingClusterFailed(call, () => act(call))) };
      return countedRoad(name, { events, asks }, move);
    }).catch(error => {
      throw namingThrottling(error);
    }),
  );

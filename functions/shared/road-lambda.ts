import type { Ledger } from '../../adapters/ledger/ledger.ts';
import { type LambdaHandler, makeLambda, type SharedDeps } from './handler.ts';
import type { RoadMove } from './move.ts';
import { type ReleaseCall, withRelease } from './release-call.ts';
import { namingThrottling } from './throttling.ts';

/** A handler of release.asl.json: behind the fence, and its move carries on what is counted in an execution. */
export const makeRoadLambda = (
  name: string,
  deps: SharedDeps & { ledger: Ledger },
  act: (call: ReleaseCall) => Promise<RoadMove>,
): LambdaHandler<RoadMove> =>
  makeLambda(name, deps, (event, log) =>
    withRelease(deps, event, log, async call => {
      const move = await act(call);
      const slotAskedAtEpochMs = move.slotAskedAtEpochMs ?? call.slotAskedAtEpochMs;
      return {
        ...move,
        looks: move.looks ?? call.looks,
        ...(slotAskedAtEpochMs !== undefined && { slotAskedAtEpochMs }),
      };
    }).catch(error => {
      throw namingThrottling(error);
    }),
  );

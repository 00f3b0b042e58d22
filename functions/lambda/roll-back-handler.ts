import { sayingClusterFailed } from '../../application/cluster-failed.ts';
import type { RoadMove } from '../../application/release/move.ts';
import { type ReleaseCall, withRollBack } from '../../application/release-call.ts';
import { backOf, type RollBackInput, rollBackInputSchema } from '../../application/roll-back/way-back.ts';
import { type LambdaHandler, makeLambda } from './handler.ts';
import { countedBack } from './history.ts';
import type { ReleaseHandlerDeps } from './release-handler.ts';

/** A handler of roll-back.asl.json: behind the fence, and its move carries on what the execution's history holds. */
export const makeRollBackHandler = (
  name: string,
  deps: ReleaseHandlerDeps,
  act: (call: ReleaseCall, input: RollBackInput) => Promise<RoadMove>,
): LambdaHandler<RoadMove> =>
  makeLambda(name, deps, async (event, log) => {
    const input = rollBackInputSchema.parse(event);
    const move = await withRollBack(deps, input, log, call =>
      // what the input says of the way back is for when there is no ledger: whoever may invoke this could have written it
      sayingClusterFailed(call, () => act(call, { ...input, back: backOf(call.release) })),
    );
    return carriedBack(name, input, move);
  });

/** A move of roll-back.asl.json with what is carried on from handler to handler. */
export const carriedBack = (name: string, { move: before }: RollBackInput, move: RoadMove): RoadMove =>
  countedBack(name, before?.events ?? 0, paced(before?.restores ?? 0, move));

/** Between two restorings, whoever turns the traffic away again and however often. */
const MOST_BETWEEN_RESTORINGS_SECONDS = 10;

/** The traffic is sent back again after 1 s, 2 s, 4 s, ... 10 s: at once for a slip, and no loop without a pause for who insists. */
function paced(restores: number, move: RoadMove): RoadMove {
  if (move.kind !== 'restoreAgain') return { ...move, ...(restores > 0 && { restores }) };
  const seconds = Math.min(2 ** restores, MOST_BETWEEN_RESTORINGS_SECONDS);
  return { ...move, seconds, restores: restores + 1 };
}

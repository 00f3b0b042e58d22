import type { Ledger } from '../../adapters/ledger/ledger.ts';
import { type RollBackInput, rollBackInputSchema } from './claim-roll-back.ts';
import { type LambdaHandler, makeLambda, type SharedDeps } from './handler.ts';
import { countedBack } from './history.ts';
import type { RoadMove } from './move.ts';
import { type ReleaseCall, withRollBack } from './release-call.ts';

/** A handler of roll-back.asl.json: behind the fence, and its move carries on what the execution's history holds. */
export const makeRollBackLambda = (
  name: string,
  deps: SharedDeps & { ledger: Ledger },
  act: (call: ReleaseCall, input: RollBackInput) => Promise<RoadMove>,
): LambdaHandler<RoadMove> =>
  makeLambda(name, deps, async (event, log) => {
    const input = rollBackInputSchema.parse(event);
    const move = await withRollBack(deps, event, log, call => act(call, input));
    return countedBack(name, input.move?.events ?? 0, move);
  });

import { sayingClusterFailed } from '../../application/cluster-failed.ts';
import type { Output, OutputKind, ReturnsAll, RollBackHandlerName, RollBackOutput } from '../../application/outputs.ts';
import { type ReleaseCall, withRollBack } from '../../application/release-call.ts';
import { backOf, type RollBackInput, rollBackInputSchema } from '../../application/roll-back/way-back.ts';
import { type LambdaHandler, makeLambda } from './handler.ts';
import { type Carried, countedRollBack } from './history.ts';
import type { ReleaseHandlerDeps } from './release-handler.ts';

/**
 * A handler of roll-back.asl.json: behind the fence, and its output carries on what the execution's history holds.
 * @param act returns the kinds that are listed for its name in application/outputs.ts: no other, and each of them somewhere
 */
export const makeRollBackHandler = <Name extends RollBackHandlerName, Returned extends RollBackOutput<Name>>(
  name: Name,
  deps: ReleaseHandlerDeps,
  act: ((call: ReleaseCall, input: RollBackInput) => Promise<Returned>) & ReturnsAll<RollBackOutput<Name>, Returned>,
): LambdaHandler<(Returned | Output<'nextAttempt'>) & Carried> =>
  makeLambda(name, deps, async (event, log) => {
    const input = rollBackInputSchema.parse(event);
    const move = await withRollBack(deps, input, log, call =>
      // what the input says of the way back is for when there is no ledger: whoever may invoke this could have written it
      sayingClusterFailed(call, () => act(call, { ...input, back: backOf(call.release) })),
    );
    return carried(name, input, move);
  });

/** The same of the one that goes by its input alone. */
export const carriedBack = <Name extends RollBackHandlerName, Of extends RollBackOutput<Name>>(
  name: Name,
  input: RollBackInput,
  move: Of & ReturnsAll<RollBackOutput<Name>, Of>,
): (Of | Output<'nextAttempt'>) & Carried => carried<Of>(name, input, move);

/** An output of roll-back.asl.json with what is carried on from handler to handler. */
const carried = <Of extends Output<OutputKind>>(
  name: RollBackHandlerName,
  { move: before }: RollBackInput,
  move: Of,
): (Of | Output<'nextAttempt'>) & Carried =>
  countedRollBack(name, before?.events ?? 0, paced(before?.restores ?? 0, move));

/** Between two restorings, whoever turns the traffic away again and however often. */
const MOST_BETWEEN_RESTORINGS_SECONDS = 10;

/** The traffic is sent back again after 1 s, 2 s, 4 s, ... 10 s: at once for a slip, and no loop without a pause for who insists. */
function paced<Of extends Output<OutputKind>>(before: number, move: Of): Of & Pick<Carried, 'restores'> {
  const isAgain = move.kind === 'restoreAgain';
  const restores = isAgain ? before + 1 : before;
  const pace: Partial<Pick<Of, 'seconds'>> & Pick<Carried, 'restores'> = {
    ...(isAgain && { seconds: Math.min(2 ** before, MOST_BETWEEN_RESTORINGS_SECONDS) }),
    ...(restores > 0 && { restores }),
  };
  return Object.assign({}, move, pace);
}

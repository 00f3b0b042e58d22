import type { Executions } from '../adapters/executions/executions.ts';
import { LedgerUnreachableError } from '../adapters/ledger/errors.ts';
import type { Ledger } from '../adapters/ledger/ledger.ts';
import type { TrafficRouter } from '../adapters/router/router.ts';
import { type Targets, TargetsUnreachableError } from '../adapters/targets/targets.ts';
import { dialText, otherSlot } from '../domain/dial.ts';
import { releaseExecutionName } from '../domain/release-id.ts';
import { type RollBackInput, rollBackInputSchema } from './shared/claim-roll-back.ts';
import { StaleExecutionError } from './shared/errors.ts';
import { makeLambda, type SharedDeps } from './shared/handler.ts';
import { type RoadMove, roadMove } from './shared/move.ts';
import { lazily, openExecutions, openLedger, openRouter, openShared, openTargets } from './shared/open.ts';
import { type ReleaseCall, withRollBack } from './shared/release-call.ts';

export interface RestoreTrafficDeps extends SharedDeps {
  ledger: Ledger;
  router: TrafficRouter;
  targets: Targets;
  executions: Executions;
}

/** Stable's targets are looked at again after this long where none is ready to take the traffic back. */
const NO_STABLE_SECONDS = 10;

/**
 * Sends everything to stable, first of all and with what is in the input alone: where the ledger cannot be read it acts all
 * the same, as long as the release's deadline has not passed.
 */
export const makeHandler = (deps: RestoreTrafficDeps) =>
  makeLambda('restore-traffic', deps, async (event, log): Promise<RoadMove> => {
    const input = rollBackInputSchema.parse(event);
    try {
      return await withRollBack(deps, event, log, call => restore(deps, input, call));
    } catch (error) {
      if (!(error instanceof LedgerUnreachableError) || input.back === null) throw error;
      if (deps.clock.now() >= input.back.deadlineEpochMs) throw error;
      log.error('rolling back without the ledger', { because: error.message });
      return act(deps, input.back);
    }
  });

async function restore(deps: RestoreTrafficDeps, input: RollBackInput, call: ReleaseCall): Promise<RoadMove> {
  const { retiringAtEpochMs, run, rollBack } = call.release;
  if (retiringAtEpochMs !== undefined) throw new StaleExecutionError(`${call.releaseId} was promoted; use undo`);
  if (rollBack?.goingBackAtEpochMs === undefined) await call.append({ kind: 'goingBack', attempt: input.attempt });
  // the traffic first: the append above has fenced the release off, whether its execution can be stopped or not
  const nothing = roadMove({ kind: 'advance', because: 'nothing had moved' });
  const move = input.back === null ? nothing : await act(deps, input.back);
  if (run > 0) {
    await deps.executions.stop(
      'release',
      releaseExecutionName(call.releaseId, run),
      `${call.releaseId} is rolling back`,
    );
  }
  if (input.back === null || move.kind !== 'advance') return move;
  const { restoredAtEpochMs, verifiedAtEpochMs } = call.release.rollBack ?? {};
  // after a verified 0 somebody turned the dial: that it was sent back again begins the drain anew
  if (restoredAtEpochMs === undefined || verifiedAtEpochMs !== undefined) {
    const dial = await deps.router.readDial(input.back.workload);
    await call.append({ kind: 'dialRestored', dial });
  }
  return move;
}

async function act(deps: RestoreTrafficDeps, back: NonNullable<RollBackInput['back']>): Promise<RoadMove> {
  if (back.first === true) return previewOnly(deps, back);
  if ((await healthyStable(deps, back)) === 0) {
    const because = `no target of ${back.stable} is healthy: the traffic stays where it is until one is`;
    deps.log.error(because, { workload: back.workload.name });
    return roadMove({ kind: 'lookAgain', seconds: NO_STABLE_SECONDS, because });
  }
  await deps.router.goBack(back.wayBack);
  return roadMove({ kind: 'advance', because: `all requests go to ${back.stable}` });
}

/**
 * A first release goes back only before its shift, so no traffic of ours is on the canary; what somebody else sends there
 * must not be sent to a slot without targets.
 */
async function previewOnly(deps: RestoreTrafficDeps, back: NonNullable<RollBackInput['back']>): Promise<RoadMove> {
  const dial = await deps.router.readDial(back.workload);
  if (dial[otherSlot(back.stable)] > 0) {
    const because = `the traffic weights were changed outside Sluice to ${dialText(dial)}, and nothing is live in ${back.stable}: change them back`;
    deps.log.error(because, { workload: back.workload.name });
    return roadMove({ kind: 'lookAgain', seconds: NO_STABLE_SECONDS, because });
  }
  await deps.router.goBack(back.wayBack);
  return roadMove({ kind: 'advance', because: 'nothing was live before it, and nothing is now' });
}

/** Where the load balancer does not say how stable is, it goes back: stable was live, and not knowing is not "none". */
async function healthyStable(deps: RestoreTrafficDeps, back: NonNullable<RollBackInput['back']>): Promise<number> {
  try {
    return (await deps.targets.read(back.workload))[back.stable].healthy;
  } catch (error) {
    if (!(error instanceof TargetsUnreachableError)) throw error;
    deps.log.warn('rolling back without knowing the targets', { because: error.message });
    return Number.NaN;
  }
}

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    ledger: openLedger(env),
    router: openRouter(env),
    targets: openTargets(env),
    executions: openExecutions(env),
  }),
);

import * as z from 'zod';
import type { RegisteredWorkload, Workloads } from '../adapters/workloads/workloads.ts';
import { isOverdue } from '../domain/release/overdue.ts';
import { claimRollBack } from './shared/claim-roll-back.ts';
import { findUnannouncedPush } from './shared/find-pushes.ts';
import { forEachWorkload } from './shared/for-each.ts';
import { makeLambda } from './shared/handler.ts';
import { lazily, openExecutions, openImages, openLedger, openShared, openTell, openWorkloads } from './shared/open.ts';
import { ReleaseCall, withWorkload } from './shared/release-call.ts';
import { replaceIfAsked } from './shared/request-release.ts';
import { type RescueDeps, type Rescued, rescue } from './shared/rescue.ts';
import { type PushAnswer, type TakePushDeps, takePush } from './shared/take-push.ts';

export interface ReconcileDeps extends RescueDeps, TakePushDeps {
  workloads: Workloads;
}

/** What was found and done for one workload; nothing where all is as it should be. */
export interface Reconciled {
  workload: string;
  release?: Rescued;
  push?: PushAnswer;
}

/** EventBridge's schedule says more, and none of it matters. */
const eventSchema = z.looseObject({ 'detail-type': z.literal('Scheduled Event') });

const BY = 'reconcile';

/**
 * The net below all others, on a schedule: events are best effort, and a process can die between any two lines. For every
 * workload: a release whose execution was never started or has died, one past its deadline, a roll back that nobody
 * executes, a release that was to be replaced, and a push that no event announced. Safe to repeat, and by two at once.
 */
export const makeHandler = (deps: ReconcileDeps) =>
  makeLambda('reconcile', deps, async (event, log): Promise<Reconciled[]> => {
    eventSchema.parse(event);
    const all = await forEachWorkload(await deps.workloads.readAll(), log, async registered => {
      const { name } = registered.workload;
      const release = await reconcileRelease(deps, name, log);
      const push = await reconcilePushes(deps, registered, log);
      return {
        workload: name,
        ...(release !== undefined && { release }),
        ...(push !== undefined && { push }),
      };
    });
    return all.filter(({ release, push }) => release !== undefined || push !== undefined);
  });

function reconcileRelease(
  deps: ReconcileDeps,
  workload: string,
  log: ReconcileDeps['log'],
): Promise<Rescued | undefined> {
  return withWorkload(deps, { workload, log }, async (state): Promise<Rescued | undefined> => {
    const { active, waiting } = state;
    if (active === undefined) return undefined;
    const call = new ReleaseCall(deps, { releaseId: active.releaseId, state, by: BY, log });
    const rescued = await rescue(deps, call);
    if (rescued.kind !== 'nothing') {
      call.log.warn(`a release without an execution: ${rescued.kind}`, { ...rescued });
      return rescued;
    }
    if (isOverdue(active, call.now)) {
      const claimed = await claimRollBack(deps, call, 'deadline', 'the release did not end by its deadline');
      if (claimed.kind === 'goesBack') return claimed;
    }
    // whoever asked for the waiting one may have died before it took back the other
    if (waiting !== undefined && active.rollBack === undefined) await replaceIfAsked(deps, call, waiting);
    return undefined;
  });
}

async function reconcilePushes(
  deps: ReconcileDeps,
  registered: RegisteredWorkload,
  log: ReconcileDeps['log'],
): Promise<PushAnswer | undefined> {
  const state = await deps.ledger.read(registered.workload.name);
  const push = await findUnannouncedPush(deps, registered, state, deps.clock.now());
  if (push === undefined) return undefined;
  log.warn('a push that no event announced', { workload: registered.workload.name, tag: push.tag });
  return takePush(deps, registered, push, { by: BY, log });
}

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    ...openTell(env),
    ledger: openLedger(env),
    workloads: openWorkloads(env),
    images: openImages(env),
    executions: openExecutions(env),
  }),
);

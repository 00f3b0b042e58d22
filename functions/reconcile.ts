import * as z from 'zod';
import type { RegisteredWorkload, Workloads } from '../adapters/workloads/workloads.ts';
import type { WorkloadState } from '../domain/ledger/state.ts';
import { isOverdue } from '../domain/release/overdue.ts';
import { isItsTurn } from '../domain/release/turn.ts';
import { waitingOf } from '../domain/release/waiting.ts';
import { claimRollBack } from './shared/claim-roll-back.ts';
import { findUnannouncedPush } from './shared/find-pushes.ts';
import { forEachWorkload } from './shared/for-each.ts';
import { makeLambda } from './shared/handler.ts';
import { lazily, openExecutions, openImages, openLedger, openShared, openTell, openWorkloads } from './shared/open.ts';
import { page, pageIfDue } from './shared/page.ts';
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
  /** Releases about which a person was called. */
  paged?: string[];
}

/** EventBridge's schedule says more, and none of it matters. */
const eventSchema = z.looseObject({ 'detail-type': z.literal('Scheduled Event') });

const BY = 'reconcile';
/** The alarm `reconcile-failing` rings within five minutes, without a name; the page has it. */
const FAILURE_PAGED_EVERY_MINUTES = 60;

/**
 * The net below all others, on a schedule: events are best effort, and a process can die between any two lines. For every
 * workload: a release whose execution was never started or has died, one past its deadline, a roll back that nobody
 * executes, a release that was to be replaced, and a push that no event announced. Safe to repeat, and by two at once.
 */
export const makeHandler = (deps: ReconcileDeps) =>
  makeLambda('reconcile', deps, async (event, log): Promise<Reconciled[]> => {
    eventSchema.parse(event);
    const act = async (registered: RegisteredWorkload): Promise<Reconciled> => {
      const { name } = registered.workload;
      // at rest the ledger is read once a pass
      const state = await deps.ledger.read(name);
      const isOpen = state.active !== undefined;
      const release = isOpen ? await reconcileRelease(deps, name, log) : undefined;
      // after what mends it, and before what may fail for another reason
      const paged = isOpen ? await callPeople(deps, name, log) : [];
      const push = await reconcilePushes(deps, registered, isOpen ? await deps.ledger.read(name) : state, log);
      return {
        workload: name,
        ...(release !== undefined && { release }),
        ...(paged.length > 0 && { paged }),
        ...(push !== undefined && { push }),
      };
    };
    // what fails has no ledger in which it could be kept that somebody was told: told by the clock, and by the alarm on errors
    const failed = async ({ workload: { name } }: RegisteredWorkload, because: string) => {
      if (!isItsTurn(name, FAILURE_PAGED_EVERY_MINUTES, deps.clock.now())) return;
      await page(
        { ...deps, log },
        { workload: name, because: `the reconciler can do nothing for ${name}: ${because}` },
      );
    };
    const all = await forEachWorkload(await deps.workloads.readAll(), log, act, failed);
    return all.filter(({ release, paged, push }) => [release, paged, push].some(done => done !== undefined));
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

/** Whoever waits longer than is ordinary is said to a person, with what is awaited: once, and then again. */
function callPeople(deps: ReconcileDeps, workload: string, log: ReconcileDeps['log']): Promise<string[]> {
  return withWorkload(deps, { workload, log }, async state => {
    const paged: string[] = [];
    let call: ReleaseCall | undefined;
    for (const waiting of waitingOf(state, deps.clock.now())) {
      const { releaseId } = waiting;
      call = call?.about(releaseId) ?? new ReleaseCall(deps, { releaseId, state, by: BY, log });
      if (await pageIfDue(deps, call, waiting)) paged.push(releaseId);
    }
    return paged;
  });
}

async function reconcilePushes(
  deps: ReconcileDeps,
  registered: RegisteredWorkload,
  state: WorkloadState,
  log: ReconcileDeps['log'],
): Promise<PushAnswer | undefined> {
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

import type { Executions } from '../../adapters/executions/executions.ts';
import { LedgerUnreachableError } from '../../adapters/ledger/errors.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { Log } from '../../adapters/log/log.ts';
import { RouterRuleError, RouterUnreachableError } from '../../adapters/router/errors.ts';
import type { Page, TrafficRouter } from '../../adapters/router/router.ts';
import { type TargetCounts, type Targets, TargetsUnreachableError } from '../../adapters/router/targets.ts';
import { dialText, otherSlot, type Slot } from '../../domain/dial.ts';
import { releaseExecutionName } from '../../domain/release-id.ts';
import { StaleExecutionError } from '../errors.ts';
import { output } from '../outputs.ts';
import { readDial } from '../read-dial.ts';
import { type ReleaseCall, withRollBack } from '../release-call.ts';
import type { SharedDeps } from '../shared-deps.ts';
import { backOf, type RollBackInput } from './way-back.ts';

export interface RestoreTrafficDeps extends SharedDeps {
  ledger: Ledger;
  router: TrafficRouter;
  targets: Targets;
  executions: Executions;
}

/** Stable's targets are looked at again after this long where none is ready to take the traffic back. */
const NO_STABLE_SECONDS = 10;
/** One check makes a target healthy, and the slowest that is ordinary comes every 30 s: two intervals, as after a shift. */
const UNCHECKED_SECONDS = 60;
const UNCHECKED_LOOK_SECONDS = 5;

type Back = NonNullable<RollBackInput['back']>;

/**
 * Sends everything to stable, first of all and with what is in the input alone: where the ledger cannot be read it acts all
 * the same, as long as the release's deadline has not passed.
 */
export async function restoreTraffic(deps: RestoreTrafficDeps, input: RollBackInput, log: Log) {
  try {
    return await withRollBack(deps, input, log, call => restore(deps, { ...input, back: backOf(call.release) }, call));
  } catch (error) {
    if (!(error instanceof LedgerUnreachableError) || input.back === null) throw error;
    if (deps.clock.now() >= input.back.deadlineEpochMs) throw error;
    log.error('rolling back without the ledger', { because: error.message });
    return act(deps, input.back);
  }
}

async function restore(deps: RestoreTrafficDeps, input: RollBackInput, call: ReleaseCall) {
  const { retiringAtEpochMs, run, rollBack } = call.release;
  if (retiringAtEpochMs !== undefined) throw new StaleExecutionError(`${call.releaseId} was promoted; use undo`);
  if (rollBack?.goingBackAtEpochMs === undefined) await call.append({ kind: 'goingBack', attempt: input.attempt });
  if (input.back !== null && (await isBack(deps, input.back, call))) {
    return output({ kind: 'advance', because: `the traffic weights are still those of the attempt before` });
  }
  // the traffic first: the append above has fenced the release off, whether its execution can be stopped or not
  const nothing = output({ kind: 'advance', because: 'nothing had moved' });
  const sinceEpochMs = call.release.rollBack?.goingBackAtEpochMs;
  const move = input.back === null ? nothing : await act(deps, input.back, { sinceEpochMs, position: call.position });
  if (run > 0) {
    await deps.executions.stop(
      'release',
      releaseExecutionName(call.releaseId, run),
      `${call.releaseId} is rolling back`,
    );
  }
  if (input.back === null) return move;
  if (move.kind !== 'advance') {
    await keepWhy(call, move.because);
    return move;
  }
  const { restoredAtEpochMs, verifiedAtEpochMs } = call.release.rollBack ?? {};
  // after a verified 0 somebody turned the dial: that it was sent back again begins the drain anew
  if (restoredAtEpochMs === undefined || verifiedAtEpochMs !== undefined) {
    const dial = await deps.router.readDial(input.back.workload);
    await call.append({ kind: 'dialRestored', dial });
  }
  return move;
}

/**
 * Whether an attempt before this one has sent everything back, and it still is: its drain goes on, and what it has put back
 * of the rule stays. Where nobody can say, everything is sent back again.
 */
async function isBack(deps: RestoreTrafficDeps, back: Back, call: ReleaseCall): Promise<boolean> {
  if (call.release.rollBack?.verifiedAtEpochMs === undefined) return false;
  try {
    return (await deps.router.readDial(back.workload))[otherSlot(back.stable)] === 0;
  } catch (error) {
    if (!(error instanceof RouterRuleError || error instanceof RouterUnreachableError)) throw error;
    return false;
  }
}

/** Why the requests cannot go back, once: for those who ask, and for the page. Traffic has been seen to before. */
async function keepWhy(call: ReleaseCall, because: string): Promise<void> {
  if (call.release.hold?.because !== because) await call.append({ kind: 'held', because, fault: true });
}

/** @param known when this release began to go back, and how far the ledger was read; nothing where the ledger cannot say it */
async function act(
  deps: RestoreTrafficDeps,
  back: Back,
  { sinceEpochMs, position }: { sinceEpochMs?: number | undefined; position?: number } = {},
) {
  if (back.first === true) return previewOnly(deps, back, position);
  const { stable, workload } = back;
  const wait = (seconds: number, because: string) => {
    deps.log.error(because, { workload: workload.name });
    return output({ kind: 'lookAgain', seconds, because });
  };
  const [targets, pages] = await Promise.all([targetsOf(deps, back), pagesOf(deps, back)]);
  switch (stableOf(targets, stable)) {
    case 'down':
      return wait(NO_STABLE_SECONDS, `no target of ${stable} is healthy: the traffic stays where it is until one is`);
    case 'notChecked': {
      const waitedMs = sinceEpochMs === undefined ? Number.POSITIVE_INFINITY : deps.clock.now() - sinceEpochMs;
      // where nobody answers now, or a check should have come long ago, what may be fine is better than what is not
      const answersNow = (targets?.[otherSlot(stable)].healthy ?? 0) > 0;
      if (answersNow && waitedMs < UNCHECKED_SECONDS * 1000 && (await joined(deps, back))) {
        const because = `the targets of ${stable} are not checked yet: it gets the requests when one of them is healthy`;
        return wait(UNCHECKED_LOOK_SECONDS, because);
      }
    }
  }
  await deps.router.goBack(back.workload, back.wayBack, { pages, ...(position !== undefined && { position }) });
  if (pages.length === 0) return output({ kind: 'advance', because: `all requests go to ${stable}` });
  // it stays: whoever put it there wants no requests behind it. Under it no weights can be set, so the way back waits
  const shown = pages.map(({ what, answers }) => `${what} answers by itself (${answers})`).join(', ');
  return wait(NO_STABLE_SECONDS, `${shown}: goes back to ${stable} when the rule forwards again`);
}

/** A group in no rule has targets that nobody checks, and they may be fine: it is put beside the other, at weight 0. */
async function joined(deps: RestoreTrafficDeps, back: Back): Promise<boolean> {
  try {
    await deps.router.joinGroups(back.workload);
    return true;
  } catch (error) {
    if (!(error instanceof RouterRuleError || error instanceof RouterUnreachableError)) throw error;
    deps.log.warn('rolling back without a check of the targets', { because: error.message });
    return false;
  }
}

/** What is not checked is not unhealthy; beside targets that were checked and are unhealthy it is waited for as they are. */
function stableOf(targets: Record<Slot, TargetCounts> | undefined, stable: Slot): 'up' | 'down' | 'notChecked' {
  if (targets === undefined) return 'up'; // stable was live, and not knowing is not "none"
  const { healthy, unhealthy, initial, unused } = targets[stable];
  if (healthy > 0) return 'up';
  return unhealthy === 0 && initial + unused > 0 ? 'notChecked' : 'down';
}

/**
 * A first release goes back only before its shift, so no traffic of ours is on the canary; what somebody else sends there
 * must not be sent to a slot without targets.
 */
async function previewOnly(deps: RestoreTrafficDeps, back: Back, position: number | undefined) {
  const dial = await readDial(deps, back.workload);
  if ('unreadable' in dial || dial[otherSlot(back.stable)] > 0) {
    const found = 'unreadable' in dial ? dial.unreadable : dialText(dial);
    const because = `the traffic weights were changed outside Sluice: ${found}, and nothing is live in ${back.stable}: change them back`;
    deps.log.error(because, { workload: back.workload.name });
    return output({ kind: 'lookAgain', seconds: NO_STABLE_SECONDS, because });
  }
  await deps.router.goBack(back.workload, back.wayBack, position === undefined ? {} : { position });
  return output({ kind: 'advance', because: 'nothing was live before it, and nothing is now' });
}

/** Undefined where the load balancer does not say it. */
async function targetsOf(deps: RestoreTrafficDeps, back: Back): Promise<Record<Slot, TargetCounts> | undefined> {
  try {
    return await deps.targets.read(back.workload);
  } catch (error) {
    if (!(error instanceof TargetsUnreachableError)) throw error;
    deps.log.warn('rolling back without knowing the targets', { because: error.message });
    return undefined;
  }
}

/** None where the load balancer does not say it: nothing may keep a release from going back but a page that was seen. */
async function pagesOf(deps: RestoreTrafficDeps, back: Back): Promise<Page[]> {
  try {
    return await deps.router.readPages(back.workload);
  } catch (error) {
    if (!(error instanceof RouterRuleError || error instanceof RouterUnreachableError)) throw error;
    deps.log.warn('rolling back without knowing the rules', { because: error.message });
    return [];
  }
}

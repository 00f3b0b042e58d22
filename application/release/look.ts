import type { Alarms } from '../../adapters/alarms/alarms.ts';
import type { Hooks } from '../../adapters/hooks/hooks.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { MetricSource } from '../../adapters/metrics/metric-source.ts';
import { RouterUnreachableError } from '../../adapters/router/errors.ts';
import type { TrafficRouter } from '../../adapters/router/router.ts';
import { type TargetCounts, type Targets, TargetsUnreachableError } from '../../adapters/router/targets.ts';
import type { Slot } from '../../domain/dial.ts';
import type { Decision, Observation } from '../../domain/release/move.ts';
import { nextMove } from '../../domain/release/next-move.ts';
import { currentStep, nextStep } from '../../domain/release/next-step.ts';
import { waitingOf } from '../../domain/release/waiting.ts';
import { hookOf } from '../../domain/steps/hook/plan.ts';
import type { Workload } from '../../domain/workload.ts';
import { isInCluster } from '../in-cluster.ts';
import { type NotifyDeps, notify } from '../notify.ts';
import { output } from '../outputs.ts';
import { pageFindings, pageIfDue } from '../page.ts';
import { readDial } from '../read-dial.ts';
import type { ReleaseCall } from '../release-call.ts';
import type { SharedDeps } from '../shared-deps.ts';
import { askHook } from './ask-hook.ts';
import { awaits } from './awaits.ts';
import { keepFolded } from './judged-windows.ts';
import { ASKED_AGAIN_SECONDS, allEnded, inTime } from './look-budget.ts';
import { freezeCeilings, readBaseline, writeBaseline } from './see-baseline.ts';
import { readAlarms, writeAlarms } from './watch-alarms.ts';
import { watchMetrics } from './watch-metrics.ts';

export interface LookDeps extends SharedDeps, NotifyDeps {
  ledger: Ledger;
  router: TrafficRouter;
  targets: Targets;
  metrics: MetricSource;
  hooks: Hooks;
  alarms: Alarms;
}

/** The one look of the one waiting loop: sees the world, asks the domain for the next move, writes down what is new. */
export async function look(deps: LookDeps, call: ReleaseCall) {
  const hook = hookOf(currentStep(call.release));
  const asksHook = hook !== undefined && call.release.hooks[hook.name] !== undefined;
  // before the world is asked: a pause that ended at a chosen instant is not too late because asking takes time
  const nowEpochMs = call.now;
  const { workload } = call.release;
  // at once, so that none of them takes another's time; while they last only the hook is written down
  const [dial, targets, watched, past, alarms] = await allEnded([
    dialSeen(deps, workload),
    targetsSeen(deps, workload),
    watchMetrics(deps, call),
    readBaseline(deps, call),
    readAlarms(deps, call),
    asksHook ? askHook(deps, call, hook) : Promise.resolve(),
  ]);
  await writeAlarms(call, alarms);
  await writeBaseline(deps, call, past);
  await freezeCeilings(call, watched.ceilings);
  if (watched.fold !== undefined) await keepFolded(deps, call, watched.fold);
  const canary = await surely(deps, call, { dial, targets });
  const decision = nextMove(call.release, { nowEpochMs, dial, alarms, ...canary, ...watched, ...sizingFailed(call) });
  const held = decision.facts.find(fact => fact.kind === 'held');
  const isPastNoReturn = call.release.retiringAtEpochMs !== undefined;
  if (held !== undefined && !isPastNoReturn) await notify(deps, call.release, 'held', held.because);
  const asked = decision.facts.find(fact => fact.kind === 'approvalOpened');
  if (asked !== undefined) await notify(deps, call.release, 'approvalNeeded', decision.move.because);
  for (const fact of decision.facts) await call.append(fact);
  // past the point of no return nothing ends it but a person: called at once
  const [waiting] = held !== undefined && isPastNoReturn ? waitingOf(call.state, call.now) : [];
  if (waiting !== undefined) await pageIfDue(deps, call, waiting);
  await pageFindings(deps, call);
  call.log.info(decision.move.kind, { ...decision.move });
  return output({ ...decision.move, ...asking(call, decision.move) });
}

/** What AfterSizeFault says of the sizing before this look: the name of its error. */
function sizingFailed({ before }: ReleaseCall): Pick<Observation, 'sizingFailed'> {
  const error = before.kind === 'sizeAgain' ? before.because : before.sizingFailed;
  if (error === undefined) return {};
  return { sizingFailed: error === 'ClusterUnreachableError' ? 'clusterIsAway' : 'throttled' };
}

/**
 * Without the load balancer's answer the look fails and is tried again: it is seldom away, and always needed. A cluster that
 * does not answer says nothing of the release: who gets the requests is not known then, which holds it and judges on.
 */
async function dialSeen(deps: LookDeps, workload: Workload): Promise<Observation['dial']> {
  try {
    return await inTime(readDial(deps, workload), because => new RouterUnreachableError(because));
  } catch (error) {
    if (!(error instanceof RouterUnreachableError) || !isInCluster(workload)) throw error;
    return { unreadable: error.message, away: true };
  }
}

async function targetsSeen(deps: LookDeps, workload: Workload): Promise<Record<Slot, TargetCounts>> {
  try {
    return await inTime(deps.targets.read(workload), because => new TargetsUnreachableError(because));
  } catch (error) {
    if (!(error instanceof TargetsUnreachableError) || !isInCluster(workload)) throw error;
    const notKnown = { healthy: 0, initial: 0, unhealthy: 0, draining: 0, unused: 0, because: error.message };
    return { blue: notKnown, green: notKnown };
  }
}

/**
 * Whom the loop asks before the next look. A cluster that was asked before this look and did not answer was asked all the same.
 * While an approval is open the cluster is asked between two of its pauses, and none of its time is spent on that.
 */
function asking(call: ReleaseCall, move: Decision['move']) {
  const seconds = 'seconds' in move ? move.seconds : 0;
  const { asks: askedBefore, slotAskedAtEpochMs: before = 0 } = call.before;
  const slotAskedAtEpochMs = askedBefore === 'cluster' ? call.now : before;
  const asked = awaits(call.release, { nowEpochMs: call.now, seconds, slotAskedAtEpochMs });
  const isBetweenPauses = asked === 'cluster' && nextStep(call.release, call.now).kind === 'openApproval';
  return { asks: asked, slotAskedAtEpochMs, ...(isBetweenPauses && move.kind === 'lookAgain' && { seconds: 1 }) };
}

/** One answer that no target is healthy may be an odd one; to send a release back for it, two have to say so. */
async function surely(
  deps: LookDeps,
  call: ReleaseCall,
  first: { dial: Observation['dial']; targets: Record<Slot, TargetCounts> },
): Promise<
  Pick<Observation, 'healthyCanaryTargets' | 'unsureCanaryTargets' | 'registeredCanaryTargets' | 'canaryTargetsBecause'>
> {
  const { canary } = call.admission;
  const isLost = !('unreadable' in first.dial) && first.dial[canary] > 0 && first.targets[canary].healthy === 0;
  const again = async () =>
    inTime(
      deps.targets.read(call.release.workload),
      because => new TargetsUnreachableError(because),
      ASKED_AGAIN_SECONDS,
    );
  const { healthy, initial, unused, unhealthy, because } = (isLost ? await again() : first.targets)[canary];
  return {
    healthyCanaryTargets: healthy,
    unsureCanaryTargets: initial + unused,
    registeredCanaryTargets: healthy + initial + unused + unhealthy,
    ...(because !== undefined && { canaryTargetsBecause: because }),
  };
}

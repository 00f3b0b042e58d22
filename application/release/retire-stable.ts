import type { Alarms } from '../../adapters/alarms/alarms.ts';
import type { Cluster } from '../../adapters/cluster/cluster.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { TrafficRouter } from '../../adapters/router/router.ts';
import type { Targets } from '../../adapters/router/targets.ts';
import { dialFor, sameDial } from '../../domain/dial.ts';
import { drainingOf } from '../../domain/ledger/draining-of.ts';
import { alarmBlock, rangUnderTraffic } from '../../domain/release/alarm-watch.ts';
import { drainSeconds } from '../../domain/release/draining.ts';
import { liveSlotProblem } from '../../domain/release/live-slot.ts';
import { deadlineOf } from '../../domain/release/next-move.ts';
import { turnedTo } from '../../domain/release/record-live.ts';
import { otherContent } from '../../domain/release/slot-content.ts';
import { waitingOf } from '../../domain/release/waiting.ts';
import { recordLiveCommand } from '../../domain/slot/record-live-command.ts';
import { type NotifyDeps, notify } from '../notify.ts';
import { output } from '../outputs.ts';
import { pageIfDue } from '../page.ts';
import { readDial, readText } from '../read-dial.ts';
import type { ReleaseCall } from '../release-call.ts';
import type { SharedDeps } from '../shared-deps.ts';
import { DRAIN_LOOK_SECONDS, stillDraining } from './draining.ts';
import { retireTurnedBack } from './retire-turned-back.ts';
import { watchAlarms } from './watch-alarms.ts';

export interface RetireStableDeps extends SharedDeps, NotifyDeps {
  ledger: Ledger;
  router: TrafficRouter;
  targets: Targets;
  cluster: Cluster;
  alarms: Alarms;
}

/**
 * The point of no return of a promotion: once `retiring` stands in the ledger there is no way back but an undo. Then the old slot
 * drains and is scaled to zero.
 */
export async function retireStable(deps: RetireStableDeps, call: ReleaseCall) {
  const { first, stable, canary, stableMinimum } = call.admission;
  const { workload } = call.release;
  if (call.release.stableRetired) return output({ kind: 'retired', because: `${stable} was retired before` });
  const { turnedBack } = call.release;
  if (turnedBack?.canaryRetired === true) return output({ kind: 'retired', because: `${canary} is at rest` });
  if (turnedBack !== undefined) return retireTurnedBack(deps, call, turnedBack.atEpochMs);
  const dial = await readDial(deps, workload);
  if ('unreadable' in dial || !sameDial(dial, dialFor(canary, 100))) {
    const turned = turnedTo(call.state, dial);
    const record = turned === undefined ? '' : `. If that is to stay: ${recordLiveCommand(workload.name, turned)}`;
    const because = `${readText(dial)}: ${stable} keeps its pods${record}`;
    call.log.error(because);
    const { retiringAtEpochMs } = call.release;
    // before the point of no return a release still ends by its deadline; behind it only a person can say what is right
    if (retiringAtEpochMs === undefined && call.now >= deadlineOf(call.release, call.admission, call.now)) {
      return output({ kind: 'rollBack', reason: 'deadline', because });
    }
    return output({ kind: 'lookAgain', seconds: DRAIN_LOOK_SECONDS, because });
  }
  const held = call.release.retiringAtEpochMs === undefined ? await heldAtNoReturn(deps, call) : undefined;
  if (held !== undefined) return held;
  if (call.release.retiringAtEpochMs === undefined) await call.append({ kind: 'retiring' });
  // while stable still has its pods, so that callers inside the cluster lose none of their requests
  await deps.cluster.pointService(workload, canary, call.position);
  const { maxDrainSeconds } = workload;
  const since = call.release.retiringAtEpochMs ?? call.now;
  const drain = first === true ? 0 : drainSeconds(drainingOf(call.admission), maxDrainSeconds); // nothing was there to drain
  const draining = stillDraining(stable, drain - (call.now - since) / 1000);
  if (draining !== undefined) return draining;
  // what is scaled down is the last that could take the requests: once more, however short the drain was
  const heldNow = await heldByLiveSlot(deps, call);
  if (heldNow !== undefined) return heldNow;
  await deps.cluster.restoreAutoscalerMinimum(workload, stable, stableMinimum, call.position);
  await deps.cluster.restoreAutoscalerMinimum(workload, canary, stableMinimum, call.position);
  await deps.cluster.scaleSlot(workload, stable, 0, call.position);
  await call.append({ kind: 'stableRetired', slot: stable });
  return output({ kind: 'retired', because: `${stable} is at rest` });
}

/** What can still take the release back, asked once more before nothing can: its alarms, then the live slot. */
async function heldAtNoReturn(deps: RetireStableDeps, call: ReleaseCall) {
  const alarms = await watchAlarms(deps, call);
  const rang = rangUnderTraffic(call.release, alarms);
  if (rang !== undefined) return output({ kind: 'rollBack', reason: 'degraded', because: rang });
  const because = alarmBlock(call.release, alarms);
  return because === undefined ? heldByLiveSlot(deps, call) : holdAtNoReturn(deps, call, because);
}

/** Before the point of no return a release that holds goes back at its deadline; those whom the plan names are told once. */
async function holdAtNoReturn(deps: RetireStableDeps, call: ReleaseCall, because: string) {
  if (call.now >= deadlineOf(call.release, call.admission, call.now)) {
    return output({ kind: 'rollBack', reason: 'deadline', because });
  }
  if (call.release.hold === undefined) {
    await notify(deps, call.release, 'held', because);
    await call.append({ kind: 'held', because, fault: true });
  }
  return output({ kind: 'lookAgain', seconds: DRAIN_LOOK_SECONDS, because });
}

/**
 * Stable is given up only for a live slot that can carry what it carries. Before the point of no return a release that holds goes back, at
 * once without a healthy target and else at its deadline; behind it a person is called, at once and then each hour.
 */
async function heldByLiveSlot(deps: RetireStableDeps, call: ReleaseCall) {
  const { first, canary, stable } = call.admission;
  if (first === true) return undefined; // nothing else is there that could be kept
  const { workload, retiringAtEpochMs, hold } = call.release;
  const [slot, targets] = await Promise.all([deps.cluster.readSlot(workload, canary), deps.targets.read(workload)]);
  const healthyTargets = targets[canary].healthy;
  const other = otherContent(call.release, call.admission, slot);
  if (other !== undefined && retiringAtEpochMs === undefined) {
    return output({ kind: 'rollBack', reason: 'fault', because: other });
  }
  const problem = other ?? liveSlotProblem(call.release, { ...slot, healthyTargets });
  if (problem === undefined) {
    if (hold !== undefined) await call.append({ kind: 'resumed' });
    return undefined;
  }
  const because = `${problem}: ${stable} keeps its pods`;
  call.log.error(because);
  if (retiringAtEpochMs === undefined) {
    return healthyTargets === 0
      ? output({ kind: 'rollBack', reason: 'notReady', because })
      : holdAtNoReturn(deps, call, because);
  }
  if (hold === undefined) await call.append({ kind: 'held', because, fault: true });
  // at once; where this process dies before it, at its next look or by the reconciler
  const [waiting] = waitingOf(call.state, call.now);
  if (waiting !== undefined) await pageIfDue(deps, call, waiting);
  return output({ kind: 'lookAgain', seconds: DRAIN_LOOK_SECONDS, because });
}

import type { Cluster } from '../adapters/cluster/cluster.ts';
import type { Ledger } from '../adapters/ledger/ledger.ts';
import type { TrafficRouter } from '../adapters/router/router.ts';
import { dialFor, dialText, sameDial } from '../domain/dial.ts';
import { drainSeconds } from '../domain/release/draining.ts';
import { deadlineOf } from '../domain/release/next-move.ts';
import type { SharedDeps } from './shared/handler.ts';
import { type RoadMove, roadMove } from './shared/move.ts';
import { lazily, openLedger, openRouter, openShared } from './shared/open.ts';
import { openCluster } from './shared/open-cluster.ts';
import { readDial } from './shared/read-dial.ts';
import { makeRoadLambda } from './shared/road-lambda.ts';

export interface RetireStableDeps extends SharedDeps {
  ledger: Ledger;
  router: TrafficRouter;
  cluster: Cluster;
}

/** A slot that drains is looked at this often: a dial that somebody turns back must be noticed before the pods are gone. */
const DRAIN_LOOK_SECONDS = 30;

/**
 * The one-way door of a promotion: once `retiring` stands in the ledger there is no way back but an undo. Then the old slot
 * drains and is scaled to zero.
 */
export const makeHandler = (deps: RetireStableDeps) =>
  makeRoadLambda('retire-stable', deps, async (call): Promise<RoadMove> => {
    const { first, stable, canary, stableMinimum } = call.admission;
    const { workload } = call.release;
    if (call.release.stableRetired) return roadMove({ kind: 'retired', because: `${stable} was retired before` });
    const dial = await readDial(deps, workload);
    if ('unreadable' in dial || !sameDial(dial, dialFor(canary, 100))) {
      const found = 'unreadable' in dial ? dial.unreadable : `the traffic weights are ${dialText(dial)}`;
      const because = `${found}: ${stable} keeps its pods`;
      call.log.error(because);
      const { retiringAtEpochMs } = call.release;
      // before the door a release still ends by its deadline; behind it only a person can say what is right
      if (retiringAtEpochMs === undefined && call.now >= deadlineOf(call.release, call.admission, call.now)) {
        return roadMove({ kind: 'rollBack', reason: 'deadline', because });
      }
      return roadMove({ kind: 'lookAgain', seconds: DRAIN_LOOK_SECONDS, because });
    }
    if (call.release.retiringAtEpochMs === undefined) await call.append({ kind: 'retiring' });
    // while stable still has its pods, so that callers inside the cluster lose none of their requests
    await deps.cluster.pointService(workload, canary);
    const { maxDrainSeconds } = workload;
    const since = call.release.retiringAtEpochMs ?? call.now;
    const drain = first === true ? 0 : drainSeconds({ ...call.admission, maxDrainSeconds }); // nothing was there to drain
    const left = drain - (call.now - since) / 1000;
    if (left > 0) {
      const seconds = Math.ceil(Math.min(left, DRAIN_LOOK_SECONDS));
      return roadMove({ kind: 'lookAgain', seconds, because: `${stable} drains for ${Math.ceil(left)} s more` });
    }
    if (stableMinimum !== undefined) {
      await deps.cluster.setAutoscalerMinimum(workload, stable, stableMinimum);
      await deps.cluster.setAutoscalerMinimum(workload, canary, stableMinimum);
    }
    await deps.cluster.scaleSlot(workload, stable, 0);
    await call.append({ kind: 'stableRetired', slot: stable });
    return roadMove({ kind: 'retired', because: `${stable} is at rest` });
  });

export const handler = lazily(async env =>
  makeHandler({
    ...openShared(env),
    ledger: openLedger(env),
    router: openRouter(env),
    cluster: await openCluster(env),
  }),
);

import type { Cluster } from '../adapters/cluster/cluster.ts';
import type { Ledger } from '../adapters/ledger/ledger.ts';
import { WAIT_SECONDS } from '../domain/release/next-move.ts';
import { nextStep } from '../domain/release/next-step.ts';
import { replicasFor } from '../domain/release/sizing.ts';
import type { SharedDeps } from './shared/handler.ts';
import { type RoadMove, roadMove } from './shared/move.ts';
import { lazily, openLedger, openShared } from './shared/open.ts';
import { openCluster } from './shared/open-cluster.ts';
import { makeRoadLambda } from './shared/road-lambda.ts';

export interface SizeCanaryDeps extends SharedDeps {
  ledger: Ledger;
  cluster: Cluster;
}

/** Gives the canary the replicas for its next weight, and keeps stable from shrinking while it may be needed again. */
export const makeHandler = (deps: SizeCanaryDeps) =>
  makeRoadLambda('size-canary', deps, async (call): Promise<RoadMove> => {
    const next = nextStep(call.release, call.now);
    if (next.kind !== 'sizeCanary')
      return roadMove({ kind: 'lookAgain', because: 'the canary is scaled up and ready' });
    const { stable, canary, stableReplicas, stableMinimum } = call.admission;
    const { workload, size } = call.release;
    const replicas = Math.max(replicasFor(next.weight, stableReplicas), size?.replicas ?? 0);
    if (size?.weight !== next.weight) {
      await call.append({ kind: 'sizeIntended', slot: canary, replicas, weight: next.weight });
    }
    if (stableMinimum !== undefined && stableMinimum < stableReplicas) {
      await deps.cluster.setAutoscalerMinimum(workload, stable, stableReplicas);
    }
    await deps.cluster.scaleSlot(workload, canary, replicas);
    await deps.cluster.setAutoscalerMinimum(workload, canary, replicas);
    const because = `${canary} is scaled to ${replicas} for weight ${next.weight} %`;
    return roadMove({ kind: 'lookAgain', seconds: WAIT_SECONDS, because, asks: 'cluster' });
  });

export const handler = lazily(async env =>
  makeHandler({ ...openShared(env), ledger: openLedger(env), cluster: await openCluster(env) }),
);

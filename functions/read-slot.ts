import type { Cluster, SlotStatus } from '../adapters/cluster/cluster.ts';
import type { Ledger } from '../adapters/ledger/ledger.ts';
import type { ReleaseState } from '../domain/ledger/state.ts';
import type { SharedDeps } from './shared/handler.ts';
import { type RoadMove, roadMove } from './shared/move.ts';
import { lazily, openLedger, openShared } from './shared/open.ts';
import { openCluster } from './shared/open-cluster.ts';
import { makeRoadLambda } from './shared/road-lambda.ts';

export interface ReadSlotDeps extends SharedDeps {
  ledger: Ledger;
  cluster: Cluster;
}

/**
 * Asks the cluster how the canary's pods are, for the look that follows: Look itself knows nothing of the cluster, so that
 * judging and going back work without it.
 */
export const makeHandler = (deps: ReadSlotDeps) =>
  makeRoadLambda('read-slot', deps, async (call): Promise<RoadMove> => {
    const { canary: slot } = call.admission;
    const seen = await deps.cluster.readSlot(call.release.workload, slot);
    const { desired, available, ready, problem } = seen;
    if (isNews(call.release.slotSeen, seen)) {
      const fact = { kind: 'slotSeen', slot, desired, available, ready } as const;
      await call.append(problem === undefined ? fact : { ...fact, problem });
    }
    return roadMove({
      kind: 'lookAgain',
      because: problem ?? `${available} of ${desired} pods ready`,
      asks: 'cluster',
    });
  });

const isNews = (before: ReleaseState['slotSeen'], now: SlotStatus): boolean =>
  before === undefined ||
  before.ready !== now.ready ||
  before.desired !== now.desired ||
  before.available !== now.available ||
  before.problem !== now.problem;

export const handler = lazily(async env =>
  makeHandler({ ...openShared(env), ledger: openLedger(env), cluster: await openCluster(env) }),
);

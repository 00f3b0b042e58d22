import { isDeepStrictEqual } from 'node:util';
import type { Cluster, SlotStatus } from '../../adapters/cluster/cluster.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { SlotSeen } from '../../domain/ledger/facts.ts';
import type { ReleaseState } from '../../domain/ledger/state.ts';
import { isSlotUnread, weightOfStep } from '../../domain/release/next-step.ts';
import { minimumFinding, minimumPutBack } from '../../domain/release/stable-minimum.ts';
import { output } from '../outputs.ts';
import type { ReleaseCall } from '../release-call.ts';
import type { SharedDeps } from '../shared-deps.ts';
import { findService, readService } from './find-service.ts';
import { writeFinding } from './write-finding.ts';

export interface ReadSlotDeps extends SharedDeps {
  ledger: Ledger;
  cluster: Cluster;
}

/**
 * Asks the cluster how the pods of both slots are, for the look that follows: Look itself knows nothing of the cluster, so
 * that judging and going back work without it. What it says is written down where it is news.
 */
export async function readSlot(deps: ReadSlotDeps, call: ReleaseCall) {
  const { canary, stable } = call.admission;
  const { workload } = call.release;
  const [ofCanary, ofStable, service] = await Promise.all([
    deps.cluster.readSlot(workload, canary),
    deps.cluster.readSlot(workload, stable),
    readService(deps, call),
  ]);
  const seen = seenOf(call, ofCanary, ofStable);
  if (isNews(call.release, seen, call.now)) await call.append({ kind: 'slotSeen', ...seen });
  const status = canary === 'blue' ? { blue: ofCanary, green: ofStable } : { blue: ofStable, green: ofCanary };
  await findService(deps, call, service, status);
  await writeFinding(call, 'stableMinimum', minimumFinding(call.release, seen));
  const because = seen.problem ?? `${seen.available} of ${seen.desired} pods ready`;
  return output({ kind: 'lookAgain', because, asks: 'cluster' });
}

function seenOf(call: ReleaseCall, canary: SlotStatus, stable: SlotStatus): SlotSeen {
  const { canary: slot } = call.admission;
  const { desired, available, ready, revision, images, added, autoscalerMaximum: most } = canary;
  const isBound = most !== undefined && most < (call.release.size?.replicas ?? 0);
  const minimum = minimumPutBack(call.release, stable);
  const problem = isBound ? `the autoscaler of ${slot} allows at most ${most} replicas` : canary.problem;
  return {
    slot,
    desired,
    available,
    ready,
    ...(problem !== undefined && { problem }),
    ...(revision !== undefined && { revision }),
    ...(images !== undefined && { images }),
    ...(added !== undefined && { added }),
    ...(isBound && { most }),
    stable: {
      desired: stable.desired,
      available: stable.available,
      ...(stable.restarts !== undefined && { restarts: sum(stable.restarts) }),
      ...(minimum !== undefined && { minimum }),
    },
    ...restartsSeen(call.release, canary),
  };
}

/** Pods that start late may end as often before they are ready as the first ones did: that is no crash loop. */
function restartsSeen(release: ReleaseState, { restarts, lastExit }: SlotStatus): Partial<SlotSeen> {
  if (restarts === undefined) return {};
  const allowed = release.podsAtReady?.mostRestarts ?? 0;
  const counted = sum(restarts.map(count => Math.max(0, count - allowed)));
  return {
    ...(counted > 0 && { restarts: counted }),
    mostRestarts: Math.max(...restarts),
    ...(lastExit !== undefined && { lastExit }),
  };
}

const sum = (counts: number[]): number => counts.reduce((total, count) => total + count, 0);

/** Other than what was written down last, or said for the first time since a step began that asks for it. */
function isNews(release: ReleaseState, seen: SlotSeen, nowEpochMs: number): boolean {
  const { atEpochMs: _, ...before } = release.slotSeen ?? { atEpochMs: 0 };
  const isAsked = weightOfStep(release) !== undefined && isSlotUnread(release, nowEpochMs);
  // how long replicas are missing is told by readings that miss them, not by a clock: one of them after the plan's limit
  const limitSeconds = release.plan.canaryHealth?.lostReplicasSeconds ?? Number.POSITIVE_INFINITY;
  const overAtEpochMs = (release.replicasSeen?.lackingSinceEpochMs ?? Number.POSITIVE_INFINITY) + limitSeconds * 1000;
  const isOver = nowEpochMs >= overAtEpochMs && (release.slotSeen?.atEpochMs ?? 0) < overAtEpochMs;
  // it answers again: what is said of its failure is over
  const isBack = release.clusterFailed !== undefined;
  return isAsked || isOver || isBack || !isDeepStrictEqual(before, seen);
}

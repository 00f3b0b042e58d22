import * as z from 'zod';
import type { Cluster } from '../adapters/cluster/cluster.ts';
import type { Ledger } from '../adapters/ledger/ledger.ts';
import type { TrafficRouter } from '../adapters/router/router.ts';
import type { Targets } from '../adapters/targets/targets.ts';
import type { Workloads } from '../adapters/workloads/workloads.ts';
import { otherSlot, type Slot } from '../domain/dial.ts';
import type { Fact, ReleaseImage } from '../domain/ledger/facts.ts';
import type { WorkloadState } from '../domain/ledger/state.ts';
import { mayRecord, notLive } from '../domain/release/record-live.ts';
import { slotName } from '../domain/slot/slot-objects.ts';
import type { Workload } from '../domain/workload.ts';
import { RefusedError } from './shared/errors.ts';
import { makeLambda, type SharedDeps } from './shared/handler.ts';
import { lazily, openLedger, openRouter, openShared, openTargets, openWorkloads } from './shared/open.ts';
import { openCluster } from './shared/open-cluster.ts';
import { readDial } from './shared/read-dial.ts';
import { ReleaseCall, withWorkload } from './shared/release-call.ts';
import { nameSaid, reasonSaid } from './shared/said.ts';

export interface RecordLiveDeps extends SharedDeps {
  ledger: Ledger;
  workloads: Workloads;
  router: TrafficRouter;
  targets: Targets;
  cluster: Cluster;
}

export interface RecordLiveAnswer {
  kind: 'recorded' | 'wasRecorded';
  slot: Slot;
  /** Of what is live now, as the slot itself says; `unknown` where Sluice did not write it. */
  revision: string;
  /** The release whose version was turned away from; of `wasRecorded`, the one by which the slot is live. */
  releaseId: string;
  /** That release is behind its one-way door still: it ends as rolled back when the other slot has drained. */
  ends?: true;
  /** Replicas that the other slot still asks for, where nobody will scale it down. */
  leftReplicas: number;
  leftDeployment: string;
  namespace: string;
  /** The team's own Service, which selects the slot's pods now, whatever it selected before; absent: the workload names none. */
  service?: string;
}

const inputSchema = z.strictObject({
  workload: z.string().min(1),
  slot: z.enum(['blue', 'green']),
  by: nameSaid('by'),
  because: reasonSaid('because'),
});

/**
 * The door for a rule that was turned by hand: writes down which slot is live, after looking that it is. Moves no traffic.
 * Callers inside the cluster follow by the team's own Service.
 */
export const makeHandler = (deps: RecordLiveDeps) =>
  makeLambda('record-live', deps, async (event, log): Promise<RecordLiveAnswer> => {
    const { workload: name, slot, by, because } = inputSchema.parse(event);
    const { workload } = await deps.workloads.read(name);
    return withWorkload(deps, { workload: name, log }, async state => {
      const decision = mayRecord(name, state, slot);
      if (decision.kind === 'refused') throw new RefusedError(decision.because);
      const { releaseId } = decision;
      const seen = await look(deps, workload, slot);
      const call = new ReleaseCall(deps, { releaseId, state, by, log });
      if (decision.kind === 'record') {
        await call.append(recordOf(state, { slot, revision: seen.revision, because }));
      }
      // also where it was recorded before: whoever did so may have died in between, or another tool has changed the selector
      await deps.cluster.pointService(workload, slot, call.position);
      const ends = state.active !== undefined;
      return {
        kind: decision.kind === 'record' ? 'recorded' : 'wasRecorded',
        ...{ slot, revision: seen.revision, releaseId },
        ...(ends && { ends }),
        leftReplicas: ends ? 0 : seen.leftReplicas,
        leftDeployment: slotName(workload, otherSlot(slot)),
        namespace: workload.cluster.namespace,
        ...(workload.service !== undefined && { service: workload.service }),
      };
    });
  });

/** @throws RefusedError the slot is not live, whatever its name is */
async function look(
  deps: RecordLiveDeps,
  workload: Workload,
  slot: Slot,
): Promise<{ revision: string; leftReplicas: number }> {
  const dial = await readDial(deps, workload);
  const [targets, live, left] = await Promise.all([
    deps.targets.read(workload),
    deps.cluster.readSlot(workload, slot),
    deps.cluster.readSlot(workload, otherSlot(slot)),
  ]);
  const { healthy, initial, unused } = targets[slot];
  const found = { desired: live.desired, healthy, unsure: initial + unused };
  // a hand that is still at the rule: the second read says so
  const problem =
    notLive(slot, { dial, ...found }) ?? notLive(slot, { dial: await readDial(deps, workload), ...found });
  if (problem !== undefined) throw new RefusedError(problem);
  return { revision: live.revision ?? 'unknown', leftReplicas: left.desired };
}

/** The images are those of the release that put this revision there; none where the ledger does not know it. */
function recordOf(
  { ended }: WorkloadState,
  record: { slot: Slot; revision: string; because: string },
): Extract<Fact, { kind: 'liveRecorded' }> {
  const { slot, revision } = record;
  const put = ended.find(({ admission }) => admission?.canary === slot && admission.revision === revision);
  const images: Record<string, ReleaseImage> = put?.images ?? {};
  return { kind: 'liveRecorded', ...record, images };
}

export const handler = lazily(async env =>
  makeHandler({
    ...openShared(env),
    ledger: openLedger(env),
    workloads: openWorkloads(env),
    router: openRouter(env),
    targets: openTargets(env),
    cluster: await openCluster(env),
  }),
);

import { isDeepStrictEqual } from 'node:util';
import type { Cluster } from '../../adapters/cluster/cluster.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { Log } from '../../adapters/log/log.ts';
import type { TrafficRouter } from '../../adapters/router/router.ts';
import type { Targets } from '../../adapters/router/targets.ts';
import type { Workloads } from '../../adapters/workloads/workloads.ts';
import { otherSlot, type Slot } from '../../domain/dial.ts';
import { RefusedError } from '../../domain/errors.ts';
import type { Fact, ReleaseImage } from '../../domain/ledger/facts.ts';
import type { WorkloadState } from '../../domain/ledger/state.ts';
import { mayPointAgain, mayRecord, notLive } from '../../domain/release/record-live.ts';
import { slotLabels } from '../../domain/slot/slot-labels.ts';
import { slotName } from '../../domain/slot/slot-objects.ts';
import { serviceSelectorText } from '../../domain/slot/team-service.ts';
import type { Workload } from '../../domain/workload.ts';
import { readDial } from '../read-dial.ts';
import { ReleaseCall, withWorkload } from '../release-call.ts';
import type { SharedDeps } from '../shared-deps.ts';
import type { RecordLiveAnswer, RecordLiveInput } from './schemas/record-live.ts';

export interface RecordLiveDeps extends SharedDeps {
  ledger: Ledger;
  workloads: Workloads;
  router: TrafficRouter;
  targets: Targets;
  cluster: Cluster;
}

/**
 * Writes down which slot is live after a rule was turned by hand, when it has looked that it is. Moves no traffic.
 * Callers inside the cluster follow by the team's own Service; where that alone is wrong, it is pointed at the live slot again,
 * also during a release.
 */
export async function recordLive(deps: RecordLiveDeps, input: RecordLiveInput, log: Log): Promise<RecordLiveAnswer> {
  const { workload: name, slot, by, because } = input;
  const { workload } = await deps.workloads.read(name);
  return withWorkload(deps, { workload: name, log }, async state => {
    const decision = mayRecord(name, state, slot);
    if (decision.kind === 'refused') {
      const { active } = state;
      if (active === undefined || !mayPointAgain(state, slot)) throw new RefusedError(decision.because);
      const call = new ReleaseCall(deps, { releaseId: active.releaseId, state, by, log });
      const again = await pointUnderWay(deps, call, { workload, slot, because });
      if (again === undefined) throw new RefusedError(decision.because);
      return again;
    }
    const { releaseId } = decision;
    const seen = await look(deps, workload, slot);
    const call = new ReleaseCall(deps, { releaseId, state, by, log });
    if (decision.kind === 'record') {
      await call.append(recordOf(state, { slot, revision: seen.revision, because }));
    }
    const repair = decision.kind === 'isLive' ? await serviceRepair(deps, workload, slot) : undefined;
    if (repair !== undefined) await call.append({ ...repair, because });
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
}

/** What is to be written down before the team's own Service is pointed; undefined: it selects the slot's pods, and no others. */
async function serviceRepair(
  deps: RecordLiveDeps,
  workload: Workload,
  slot: Slot,
): Promise<Omit<Extract<Fact, { kind: 'servicePointed' }>, 'because'> | undefined> {
  const { service } = workload;
  const selector = await deps.cluster.readService(workload);
  // one that is not there cannot be pointed, and the cluster says so
  if (service === undefined || selector === undefined) return undefined;
  if (isDeepStrictEqual(selector, slotLabels(workload, slot))) return undefined;
  return { kind: 'servicePointed', slot, service, before: serviceSelectorText(selector) };
}

/**
 * During a release the rule is the release's, and the Service is the live slot's still.
 * @returns undefined nothing is to be mended @throws RefusedError the slot has no pods
 */
async function pointUnderWay(
  deps: RecordLiveDeps,
  call: ReleaseCall,
  { workload, slot, because }: { workload: Workload; slot: Slot; because: string },
): Promise<RecordLiveAnswer | undefined> {
  const repair = await serviceRepair(deps, workload, slot);
  if (repair === undefined) return undefined;
  const { desired, revision = 'unknown' } = await deps.cluster.readSlot(workload, slot);
  if (desired === 0) throw new RefusedError(`${slot} has no replicas: scale it up first`);
  await call.append({ ...repair, because });
  await deps.cluster.pointService(workload, slot, call.position);
  return {
    kind: 'wasRecorded',
    ...{ slot, revision, releaseId: call.state.live?.releaseId ?? call.releaseId, underWay: call.releaseId },
    leftReplicas: 0,
    leftDeployment: slotName(workload, otherSlot(slot)),
    namespace: workload.cluster.namespace,
    service: repair.service,
  };
}

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
  // a person who is still at the rule: the second read says so
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

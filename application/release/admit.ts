import type { Alarms } from '../../adapters/alarms/alarms.ts';
import type { Cluster } from '../../adapters/cluster/cluster.ts';
import { ClusterNotFoundError, TemplateNotFoundError } from '../../adapters/cluster/errors.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import { RouterRuleError } from '../../adapters/router/errors.ts';
import type { TrafficRouter } from '../../adapters/router/router.ts';
import type { TargetCounts, Targets } from '../../adapters/router/targets.ts';
import { sha256 } from '../../adapters/sha256.ts';
import { clusterProblem } from '../../domain/cluster-problem.ts';
import type { Admission } from '../../domain/ledger/facts.ts';
import { admit, type Observed } from '../../domain/release/admission.ts';
import { turnedFrom } from '../../domain/release/record-live.ts';
import { routerOf } from '../../domain/routers/plan-registry.ts';
import { type NotifyDeps, notify } from '../notify.ts';
import { output } from '../outputs.ts';
import { pageFindings } from '../page.ts';
import type { ReleaseCall } from '../release-call.ts';
import type { SharedDeps } from '../shared-deps.ts';
import { heldByAlarms } from './hold-for-alarms.ts';
import { writeFinding } from './write-finding.ts';

export interface AdmitDeps extends SharedDeps, NotifyDeps {
  ledger: Ledger;
  router: TrafficRouter;
  targets: Targets;
  cluster: Cluster;
  alarms: Alarms;
  propagationSeconds: number;
  /** In whose name what a dial stands on has to be tagged. */
  controlPlane: string;
  /** The clusters that it serves. */
  clusters: readonly string[];
}

const MENDED_BY_A_PERSON = [RouterRuleError, TemplateNotFoundError, ClusterNotFoundError];

/** Checks that the release can begin, and writes down the ground on which it stands; refuses before anything moves. */
export async function admitRelease(deps: AdmitDeps, call: ReleaseCall) {
  if (call.release.refused !== undefined) return output({ kind: 'refused', because: call.release.refused });
  if (call.release.admission !== undefined) return output({ kind: 'admitted', because: 'was admitted before' });
  const decision = await decide(deps, call);
  if (decision.kind === 'refused') {
    await call.append(decision);
    return output(decision);
  }
  const held = await heldByAlarms(deps, call);
  if (held !== undefined) return held;
  const admission: Admission = { ...decision.admission, wayBack: await wayBack(deps, call, decision.admission.stable) };
  // told before it is written: a process that dies in between tells it twice, where the other order would never tell it
  await notify(deps, call.release, 'started', `revision ${admission.revision} goes to ${admission.canary}`);
  await call.append({ kind: 'admitted', admission });
  if (decision.service !== undefined) {
    await writeFinding(call, 'service', decision.service);
    await pageFindings(deps, call);
  }
  return output({ kind: 'admitted', because: `revision ${admission.revision}` });
}

const wayBack = (deps: AdmitDeps, call: ReleaseCall, stable: Admission['stable']) =>
  deps.router.planWayBack(call.release.workload, stable);

async function decide(deps: AdmitDeps, call: ReleaseCall): Promise<ReturnType<typeof admit>> {
  // registered when the control plane had other clusters, or before it looked
  const elsewhere = clusterProblem(call.release.workload, deps);
  if (elsewhere !== undefined) return { kind: 'refused', because: elsewhere };
  try {
    const [findings, unroutable] = await Promise.all([look(deps, call), problemOfRouting(deps, call)]);
    if (unroutable !== undefined) return { kind: 'refused', because: unroutable };
    const { live, ended } = call.state;
    const undone = ended.find(release => release.releaseId === call.release.undoOf);
    const from = turnedFrom(live);
    const isByHand = from !== undefined && from.releaseId === call.release.undoOf;
    const undoTo = isByHand ? from.revision : undone?.admission?.stableRevision;
    const before = ended.find(release => release.releaseId === call.release.againOf);
    return admit(call.release, findings, { nowEpochMs: call.now, live, seq: call.state.seq, undoTo, before, sha256 });
  } catch (error) {
    // what the workload names is not there, or is not what a dial can be: a person has to mend it, retrying does not
    if (!MENDED_BY_A_PERSON.some(mistake => error instanceof mistake)) throw error;
    return { kind: 'refused', because: (error as Error).message };
  }
}

/** Rules and groups may have changed hands since the workload was registered, or were never looked at then. */
async function problemOfRouting(deps: AdmitDeps, { release: { workload } }: ReleaseCall): Promise<string | undefined> {
  const owner = { controlPlane: deps.controlPlane };
  return deps.router.readProblem(workload, owner);
}

const registeredIn = ({ healthy, initial, unhealthy, unused }: TargetCounts): number =>
  healthy + initial + unhealthy + unused;

async function look(deps: AdmitDeps, call: ReleaseCall): Promise<Observed> {
  const { workload } = call.release;
  const [dial, draining, targets, template, selectors, blue, green] = await Promise.all([
    deps.router.readDial(workload),
    deps.targets.readDraining(workload),
    deps.targets.read(workload),
    deps.cluster.readTemplate(workload),
    deps.cluster.readSelectors(workload),
    deps.cluster.readSlot(workload, 'blue'),
    deps.cluster.readSlot(workload, 'green'),
  ]);
  const healthy = { blue: targets.blue.healthy, green: targets.green.healthy };
  const registered = { blue: registeredIn(targets.blue), green: registeredIn(targets.green) };
  const previews = routerOf(workload.router).previews(workload.router);
  return {
    dial,
    draining,
    healthy,
    registered,
    template,
    selectors,
    slots: { blue, green },
    previews,
    propagationSeconds: deps.propagationSeconds,
  };
}

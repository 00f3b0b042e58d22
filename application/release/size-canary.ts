import type { Cluster } from '../../adapters/cluster/cluster.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import { RouterRuleError } from '../../adapters/router/errors.ts';
import type { TrafficRouter } from '../../adapters/router/router.ts';
import type { Slot } from '../../domain/dial.ts';
import { hasTraffic } from '../../domain/ledger/weight.ts';
import { WAIT_SECONDS } from '../../domain/release/next-move.ts';
import { nextStep } from '../../domain/release/next-step.ts';
import { replicasFor, stableSize } from '../../domain/release/sizing.ts';
import { minimumToRaise, minimumUnderWay } from '../../domain/release/stable-minimum.ts';
import type { Workload } from '../../domain/workload.ts';
import { output } from '../outputs.ts';
import { readDial } from '../read-dial.ts';
import type { ReleaseCall } from '../release-call.ts';
import type { SharedDeps } from '../shared-deps.ts';
import { followTemplate } from './follow-template.ts';

export interface SizeCanaryDeps extends SharedDeps {
  ledger: Ledger;
  cluster: Cluster;
  router: TrafficRouter;
}

/** Gives the canary the replicas for its next weight, and keeps stable from shrinking while it may be needed again. */
export async function sizeCanary(deps: SizeCanaryDeps, call: ReleaseCall) {
  const putBack = minimumToRaise(call.release, call.now);
  if (putBack !== undefined) return raiseAgain(deps, call, putBack);
  const next = nextStep(call.release, call.now);
  if (next.kind !== 'sizeCanary') {
    const underWay = minimumUnderWay(call.release);
    if (underWay !== undefined) await raise(deps, call, underWay);
    return output({ kind: 'lookAgain', because: 'the canary is scaled up and ready' });
  }
  // what GitOps brings after the push is seen here at the latest, before each weight
  await followTemplate(deps, call, await deps.cluster.readTemplate(call.release.workload));
  const { stable, canary, stableMinimum } = call.admission;
  const { workload, size, shifts, readiedForWeight = -1 } = call.release;
  // read again at every size: autoscalers and people have set theirs since
  const [ofStable, ofCanary] = await Promise.all([
    deps.cluster.readSlot(workload, stable),
    deps.cluster.readSlot(workload, canary),
  ]);
  const stableNow = stableSize(call.admission, ofStable);
  const replicas = Math.max(replicasFor(next.weight, stableNow), size?.replicas ?? 0);
  // not again for the same size, or the time that it has to become ready would never be over
  const { stableReplicas = stableNow } = size ?? {};
  const isSameSize = size?.weight === next.weight && size.replicas >= replicas && stableReplicas >= stableNow;
  if (!isSameSize || readiedForWeight >= next.weight) {
    await call.append({
      kind: 'sizeIntended',
      slot: canary,
      replicas,
      weight: next.weight,
      stableReplicas: stableNow,
    });
  }
  // a group in no rule is not health-checked, and so never ready; later on a rule that names one group is a person's doing
  if (shifts.length === 0) await joinGroups(deps, call);
  if (stableMinimum !== undefined && (ofStable.autoscalerMinimum ?? stableMinimum) < stableNow) {
    await deps.cluster.setAutoscalerMinimum(workload, stable, stableNow, call.position);
  }
  const { desired, autoscalerMinimum = replicas, autoscalerMaximum = replicas } = ofCanary;
  const given = Math.min(replicas, Math.max(1, autoscalerMaximum));
  // a slot with traffic is never shrunk by us: what an autoscaler or a person made of it is left where it is more
  const isLess = desired > given || autoscalerMinimum > replicas;
  const keepsMore = hasTraffic(call.release) || (isLess && (await mayHaveTraffic(deps, workload, canary)));
  if (!keepsMore || desired < given) await deps.cluster.scaleSlot(workload, canary, given, call.position);
  if (!keepsMore || autoscalerMinimum < replicas)
    await deps.cluster.setAutoscalerMinimum(workload, canary, replicas, call.position);
  const kept = keepsMore && desired > replicas ? `, and keeps the ${desired} that it has` : '';
  const because = `${canary} is scaled to ${replicas} for weight ${next.weight} %${kept}`;
  return output({ kind: 'lookAgain', seconds: WAIT_SECONDS, because, asks: 'cluster' });
}

/** A person may have turned the dial to a slot to which the release has sent nothing yet. */
async function mayHaveTraffic(deps: SizeCanaryDeps, workload: Workload, slot: Slot): Promise<boolean> {
  const dial = await readDial(deps, workload);
  return 'unreadable' in dial || dial[slot] > 0;
}

const raise = ({ cluster }: SizeCanaryDeps, { release, admission, position }: ReleaseCall, minimum: number) =>
  cluster.setAutoscalerMinimum(release.workload, admission.stable, minimum, position);

/** Nothing else is sized by it: what the canary needs is asked again at the next look. */
async function raiseAgain(
  deps: SizeCanaryDeps,
  call: ReleaseCall,
  { from, to, because }: NonNullable<ReturnType<typeof minimumToRaise>>,
) {
  const { stable: slot } = call.admission;
  await call.append({ kind: 'stableMinimumRaised', slot, from, to });
  await raise(deps, call, to);
  return output({ kind: 'lookAgain', seconds: WAIT_SECONDS, because, asks: 'cluster' });
}

/** A rule that cannot be read is a person's doing: the look that follows holds the release and says so. */
async function joinGroups(deps: SizeCanaryDeps, call: ReleaseCall): Promise<void> {
  try {
    await deps.router.joinGroups(call.release.workload);
  } catch (error) {
    if (!(error instanceof RouterRuleError)) throw error;
    call.log.warn('the rule cannot have both groups', { because: error.message });
  }
}

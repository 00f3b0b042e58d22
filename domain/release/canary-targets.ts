import type { Admission, Fact } from '../ledger/facts.ts';
import type { ReleaseState } from '../ledger/state.ts';
import { slotName } from '../slot/slot-objects.ts';
import type { Observation } from './move.ts';

/** The controller registers a pod within a second or two; a target group that lacks ready pods for longer is told with the way out. */
const REGISTERING_SECONDS = 60;
/** Counts change with every check: what is said of them is written down no more often than this. */
const BETWEEN_LINES_SECONDS = 30;
/** What each target goes through: no news before it lasts. */
const ORDINARY = /^the load balancer says: \d+ (initial|unused)(: [^;]*)?$/;

/** What the load balancer says of the canary's targets while they are waited for; undefined where it says nothing. */
export function targetsText(
  release: ReleaseState,
  { canary }: Admission,
  seen: Pick<Observation, 'nowEpochMs' | 'registeredCanaryTargets' | 'canaryTargetsBecause'>,
): string | undefined {
  const { size, slotSeen, workload } = release;
  const said = seen.canaryTargetsBecause === undefined ? [] : [`the load balancer says: ${seen.canaryTargetsBecause}`];
  const { registeredCanaryTargets: registered } = seen;
  const available = slotSeen?.available ?? 0;
  const waitedMs = size === undefined ? 0 : seen.nowEpochMs - size.intendedAtEpochMs;
  if (registered === undefined || registered >= available || waitedMs < REGISTERING_SECONDS * 1000) {
    return said[0];
  }
  // what it believes to be registered it does not register: targets that somebody else deregistered, also Sluice as it went back
  const lacking = `${available - registered} of ${available} ready pods are not registered in its target group; the AWS Load Balancer Controller does that, and not for minutes, if at all, where somebody has deregistered them. New pods are registered at once: kubectl rollout restart -n ${workload.cluster.namespace} deployment/${slotName(workload, canary)}`;
  return [...said, lacking].join('; ');
}

/** The line that keeps it for `status` and for pages; none where it says nothing new. */
export function targetsFacts(release: ReleaseState, admission: Admission, seen: Observation): Fact[] {
  const because = targetsText(release, admission, seen);
  const { targetsSeen: before } = release;
  if (because === undefined || because === before?.because) return [];
  const waitedMs = seen.nowEpochMs - (release.size?.intendedAtEpochMs ?? 0);
  if (ORDINARY.test(because) && waitedMs < REGISTERING_SECONDS * 1000) return [];
  if (before !== undefined && seen.nowEpochMs < before.atEpochMs + BETWEEN_LINES_SECONDS * 1000) return [];
  return [{ kind: 'targetsSeen', slot: admission.canary, because }];
}

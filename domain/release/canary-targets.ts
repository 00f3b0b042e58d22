import type { Admission, Fact } from '../ledger/facts.ts';
import type { ReleaseState } from '../ledger/state.ts';
import { routerOf } from '../routers/plan-registry.ts';
import { slotName } from '../slot/slot-objects.ts';
import type { Observation } from './move.ts';

/** A pod is registered within a second or two; a router that lacks ready pods for longer is told with the way out. */
const REGISTERING_SECONDS = 60;
/** Counts change with every check: what is said of them is written down no more often than this. */
const BETWEEN_LINES_SECONDS = 30;
/** What each target goes through: no news before it lasts. */
const ORDINARY = /^the [a-z ]+ says: \d+ (initial|unused)(: [^;]*)?$/;

/** What the router says of the canary's targets while they are waited for; undefined where it says nothing. */
export function targetsText(
  release: ReleaseState,
  { canary }: Admission,
  seen: Pick<Observation, 'nowEpochMs' | 'registeredCanaryTargets' | 'canaryTargetsBecause'>,
): string | undefined {
  const { size, slotSeen, workload } = release;
  const { checks, registers } = routerOf(workload.router);
  const said = seen.canaryTargetsBecause === undefined ? [] : [`${checks} says: ${seen.canaryTargetsBecause}`];
  const { registeredCanaryTargets: registered } = seen;
  const available = slotSeen?.available ?? 0;
  const waitedMs = size === undefined ? 0 : seen.nowEpochMs - size.intendedAtEpochMs;
  const isLate = registered !== undefined && registered < available && waitedMs >= REGISTERING_SECONDS * 1000;
  if (!isLate || registers === undefined) return said[0];
  // what it believes to be registered it does not register: targets that somebody else deregistered, also Sluice as it went back
  const lacking = `${available - registered} of ${available} ready pods are not registered in ${registers.in}; ${registers.by} does that, and not for minutes, if at all, where somebody has deregistered them. New pods are registered at once: kubectl rollout restart -n ${workload.cluster.namespace} deployment/${slotName(workload, canary)}`;
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

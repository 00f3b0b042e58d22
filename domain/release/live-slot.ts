import type { ReleaseState } from '../ledger/state.ts';

/** What is seen of the slot that has all of the requests, before the one that had them is given up. */
export interface LiveSlotSeen {
  /** Replicas that its Deployment asks for. */
  desired: number;
  /** Absent: it has no autoscaler. */
  autoscalerMinimum?: number;
  healthyTargets: number;
}

/**
 * Why stable cannot be given up yet; undefined where the live slot has at least what Sluice wrote for it last, and as many
 * healthy targets. Where an autoscaler has the slot the size is the autoscaler's to say, as long as there is one replica; a
 * smaller size that a person set is a person's, and nothing is given up over it.
 */
export function liveSlotProblem(release: ReleaseState, seen: LiveSlotSeen): string | undefined {
  const { size, admission } = release;
  const written = size?.replicas ?? admission?.stableReplicas ?? 1;
  const needed = seen.autoscalerMinimum === undefined ? written : Math.min(written, Math.max(1, seen.desired));
  const slot = admission?.canary ?? 'the live slot';
  if (seen.desired < needed) return `${slot} was scaled to ${seen.desired}, and Sluice gave it ${written} replicas`;
  if (seen.healthyTargets >= needed) return undefined;
  return `${seen.healthyTargets} of ${needed} targets healthy in ${slot}, which has all of the requests`;
}

/** A canary gets a quarter more than its share of stable's replicas: traffic is not spread evenly over few pods. */
export const HEADROOM = 1.25;

/**
 * Replicas that the canary needs before `weight` per cent of the traffic comes to it. At least one, also for weight 0 (a
 * preview has to answer); never more than stable has, which carries everything today.
 */
export function replicasFor(weight: number, stableReplicas: number): number {
  const wanted = Math.ceil((stableReplicas * weight * HEADROOM) / 100);
  return Math.max(1, Math.min(wanted, stableReplicas));
}

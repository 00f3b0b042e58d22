import type { Admission } from '../ledger/facts.ts';
import type { ReleaseState } from '../ledger/state.ts';

/** A canary gets a quarter more than its share of stable's replicas: traffic is not spread evenly over few pods. */
const HEADROOM = 1.25;

/**
 * Replicas that the canary needs before `weight` per cent of the traffic comes to it. At least one, also for weight 0 (a
 * preview has to answer); never more than stable has, which carries everything today.
 */
export function replicasFor(weight: number, stableReplicas: number): number {
  const wanted = Math.ceil((stableReplicas * weight * HEADROOM) / 100);
  return Math.max(1, Math.min(wanted, stableReplicas));
}

/**
 * The replicas of stable of which the canary gets its share: what it has now, and not less than at admission. An autoscaler
 * cannot take it below that during a release (its minimum is raised), so less is a person's doing, or another tool's: it says
 * nothing about the traffic, and a canary sized by a stable that is at 0 could carry none.
 */
export const stableSize = ({ stableReplicas }: Admission, stable: { desired: number } | undefined): number =>
  Math.max(stableReplicas, stable?.desired ?? 0);

/**
 * Why the canary that was sized for `weight` has to be sized once more; undefined where its size still holds, as far as the
 * cluster was read since. Where its autoscaler allows no more (`slotSeen.most`), sizing again would change nothing.
 */
export function outgrown(release: ReleaseState, weight: number): string | undefined {
  const { admission, size, slotSeen } = release;
  if (admission === undefined || size === undefined || slotSeen === undefined) return undefined;
  const { canary, stable, stableMinimum } = admission;
  const stableNow = stableSize(admission, slotSeen.stable);
  const isRead = slotSeen.stable !== undefined; // lines from before it was read say nothing of it
  // also where the canary's share stays the same number: the minimum of stable's autoscaler is set where the canary is sized
  const minimumIsLess = stableMinimum !== undefined && stableNow > (size.stableReplicas ?? stableNow);
  if (isRead && (minimumIsLess || replicasFor(weight, stableNow) > size.replicas))
    return `${stable} has ${stableNow} replicas now`;
  if (slotSeen.desired < Math.min(size.replicas, slotSeen.most ?? Number.POSITIVE_INFINITY)) {
    return `${canary} was scaled to ${slotSeen.desired}, and Sluice gave it ${size.replicas} replicas`;
  }
  return undefined;
}

import { durationText } from '../file/units.ts';
import type { Admission } from '../ledger/facts.ts';
import type { ReleaseState } from '../ledger/state.ts';
import { rollBack } from './decisions.ts';
import { holdOr } from './hold.ts';
import type { Decision, Observation } from './move.ts';

/** A canary that restarts more than so many times as often as stable, by pod, does it by itself. */
const TIMES_STABLE = 2;

/**
 * The canary's own pods as evidence, whatever the metrics say: restarts since it was first ready, and replicas that are missing
 * while it has requests. What hits stable's pods as well is the cluster's trouble and not the canary's: that holds the release
 * as long as it lasts. Only what the cluster said counts: while it does not answer nothing is missing and nothing restarts.
 * @returns undefined where there is nothing to say of them
 */
export function failingPods(release: ReleaseState, admission: Admission, seen: Observation): Decision | undefined {
  if (release.podsAtReady === undefined || release.retiringAtEpochMs !== undefined) return undefined;
  const hasRequests = 'unreadable' in seen.dial || seen.dial[admission.canary] > 0;
  const found = crashLoop(release, admission) ?? (hasRequests ? lostReplicas(release, admission) : undefined);
  if (found === undefined) return undefined;
  if (!found.isStableToo) return rollBack('notReady', found.because);
  if (!found.lasts) return undefined;
  const because = `${found.because}; ${admission.stable} has the same trouble`;
  return holdOr(release, { because, fault: true }, seen, { then: 'rollBack', reason: 'notReady' });
}

/** `lasts`: it can be seen to end, so that a hold for it ends. */
interface Trouble {
  because: string;
  isStableToo: boolean;
  lasts: boolean;
}

function crashLoop({ plan, slotSeen, podsAtReady }: ReleaseState, { canary }: Admission): Trouble | undefined {
  const limit = plan.canaryHealth?.restarts;
  const restarts = slotSeen?.restarts ?? 0;
  if (slotSeen === undefined || limit === undefined || restarts <= limit) return undefined;
  const { stable, desired, ready, lastExit } = slotSeen;
  const ofStable = Math.max(0, (stable?.restarts ?? 0) - (podsAtReady?.stableRestarts ?? 0));
  const byPod = restarts / Math.max(1, desired);
  const isStableToo = byPod <= (TIMES_STABLE * ofStable) / Math.max(1, stable?.desired ?? 1);
  const exit = lastExit === undefined ? '' : `: ${lastExit}`;
  const because = `${canary} restarted ${restarts} times since it was ready, and ${limit} are borne${exit}`;
  return { because, isStableToo, lasts: !ready };
}

function lostReplicas({ plan, slotSeen, replicasSeen }: ReleaseState, { canary }: Admission): Trouble | undefined {
  const limitSeconds = plan.canaryHealth?.lostReplicasSeconds;
  const since = replicasSeen?.lackingSinceEpochMs;
  if (limitSeconds === undefined || slotSeen === undefined || replicasSeen === undefined || since === undefined) {
    return undefined;
  }
  if (slotSeen.atEpochMs < since + limitSeconds * 1000) return undefined;
  const { stable, available, problem } = slotSeen;
  const missing = replicasSeen.most - available;
  const ofStable = Math.max(0, (stable?.desired ?? 0) - (stable?.available ?? 0));
  const why = problem === undefined ? '' : `: ${problem}`;
  const because = `${missing} of ${replicasSeen.most} replicas of ${canary} are missing for more than ${durationText(limitSeconds)}${why}`;
  return { because, isStableToo: ofStable >= missing, lasts: true };
}

import type { Admission } from '../ledger/facts.ts';
import type { ReleaseState } from '../ledger/state.ts';
import { lookAgain, rollBack, WAIT_SECONDS } from './decisions.ts';
import type { Decision, Observation } from './move.ts';

/**
 * How long after a shift targets that are still being registered are waited for: a target is healthy after its first check,
 * ELB checks every 30 s by default, and as long again is left for a check that was missed. Later than that a group without
 * one healthy target has lost those that it had.
 */
const REGISTERING_SECONDS = 60;

/** While the canary has requests nobody waits longer for a look than this, however long the plan's windows are. */
const TRAFFIC_LOOK_SECONDS = 60;

/**
 * A canary that gets requests and has nobody to answer them goes back, whatever the release waits for and whatever the
 * metrics say: the load balancer itself answers 503 for a group without targets, and no metric of the group counts that.
 * It is the dial that is asked and not the plan: requests that a person sends there are lost as well.
 * @returns undefined where there is nothing to say of it
 */
export function unserved(release: ReleaseState, admission: Admission, seen: Observation): Decision | undefined {
  const { canary } = admission;
  const weight = 'unreadable' in seen.dial ? 0 : seen.dial[canary];
  // past the point of no return there is no way back
  if (weight === 0 || seen.healthyCanaryTargets > 0 || release.retiringAtEpochMs !== undefined) return undefined;
  const said = seen.canaryTargetsBecause === undefined ? '' : ` (${seen.canaryTargetsBecause})`;
  const because = `no target of ${canary} is healthy${said}, and ${weight} % of the requests go there`;
  if (seen.unsureCanaryTargets > 0 && seen.nowEpochMs < turnedAt(release) + REGISTERING_SECONDS * 1000) {
    return lookAgain(WAIT_SECONDS, `${because}: ${seen.unsureCanaryTargets} not checked yet`);
  }
  return rollBack('notReady', because);
}

function turnedAt({ shifts }: ReleaseState): number {
  const last = shifts.at(-1);
  return last?.confirmedAtEpochMs ?? last?.intendedAtEpochMs ?? 0;
}

/** The same decision, with its next look soon enough for a canary that has requests. */
export function soonEnough({ move, ...rest }: Decision, admission: Admission, seen: Observation): Decision {
  const hasNone = !('unreadable' in seen.dial) && seen.dial[admission.canary] === 0;
  if (move.kind !== 'lookAgain' || hasNone) return { ...rest, move };
  return { ...rest, move: { ...move, seconds: Math.min(move.seconds, TRAFFIC_LOOK_SECONDS) } };
}

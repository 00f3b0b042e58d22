import type { Admission } from '../ledger/facts.ts';
import type { ReleaseState } from '../ledger/state.ts';
import { targetsFacts, targetsText } from './canary-targets.ts';
import { lookAgain, rollBack, WAIT_SECONDS } from './decisions.ts';
import type { Decision, Observation } from './move.ts';
import { outgrown } from './sizing.ts';

/** Whether the canary can take `weight` per cent: the cluster says that it is rolled out, and the load balancer that it is healthy. */
export function readiness(release: ReleaseState, admission: Admission, weight: number, seen: Observation): Decision {
  const wanted = release.size;
  if (wanted === undefined || wanted.weight < weight) return lookAgain(WAIT_SECONDS, 'the canary is not scaled up yet');
  const grown = outgrown(release, weight);
  // to the next step, which is to size it once more
  const resized: Decision = { move: { kind: 'advance', because: `${grown}: sized again for ${weight} %` }, facts: [] };
  const wasReady = (release.readiedForWeight ?? -1) >= weight;
  if (grown !== undefined && wasReady) return resized;
  const slot = release.slotSeen;
  const ready = grown === undefined && slot?.ready === true && slot.desired >= wanted.replicas;
  if (ready && seen.healthyCanaryTargets >= wanted.replicas) {
    return {
      move: { kind: 'advance', because: `${wanted.replicas} ready for weight ${weight} %` },
      facts: [{ kind: 'readied', weight }],
    };
  }
  const count = ready
    ? `${seen.healthyCanaryTargets} of ${wanted.replicas} targets healthy in ${admission.canary}`
    : `${slot?.available ?? 0} of ${wanted.replicas} pods ready in ${admission.canary}`;
  const targets = seen.healthyCanaryTargets >= wanted.replicas ? undefined : targetsText(release, admission, seen);
  const why = [slot?.problem, targets].filter(text => text !== undefined).join('; ');
  const because = why === '' ? count : `${count}: ${why}`;
  if (seen.nowEpochMs - wanted.intendedAtEpochMs >= release.plan.progressDeadlineSeconds * 1000) {
    return rollBack('notReady', `${because} after ${release.plan.progressDeadlineSeconds} s`);
  }
  // not after the deadline, or two who set a size would take turns for ever
  if (grown !== undefined) return resized;
  const waits = lookAgain(WAIT_SECONDS, because);
  return targets === undefined ? waits : { ...waits, facts: targetsFacts(release, admission, seen) };
}

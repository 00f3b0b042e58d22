import type { Appended } from '../observed-ports.ts';
import type { Stage } from '../stage.ts';
import { theOther } from './dials.ts';

/** The slot's pods are read at least so often while nothing is the matter with the cluster, and looked at after that. */
const SEEN_WITHIN_MS = 6 * 60_000;

/**
 * Pods are evidence: a canary whose containers have ended more often than its plan bears is not promoted, where stable's have not.
 */
export function checkPods(stage: Stage, { workload, release, entry, by }: Appended): void {
  const { admission, asked, releaseId } = release;
  const { restarts: borne } = asked.canaryHealth ?? {};
  if (entry.fact.kind !== 'retiring' || admission === undefined || admission.first === true) return;
  if (borne === undefined || by === undefined) return;
  const site = stage.site(workload);
  if (site.qualityOf(theOther(admission.canary)).kind !== 'good') return;
  const { size } = site.pods[admission.canary];
  const untilMs = by.startedAtEpochMs - SEEN_WITHIN_MS;
  const untilElapsedMs = untilMs - stage.startEpochMs;
  if (stage.clusterAway.some(away => away.untilMs >= untilElapsedMs)) return;
  // what restarted before it was ready is its start; and one pod that came late may restart as often as the first ones did
  const sinceMs = release.firstTrafficEpochMs ?? untilMs;
  const before = Math.max(0, ...site.pods[admission.canary].restarts(sinceMs));
  const counts = site.pods[admission.canary].restarts(untilMs).map(count => Math.max(0, count - before));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= borne) return;
  const how = `${releaseId}: its ${size} pods restarted ${total} times, and ${borne} are borne`;
  stage.violate('a canary that crashes is not promoted', how);
}

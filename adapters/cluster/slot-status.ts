import { REVISION_ANNOTATION } from '../../domain/slot/slot-objects.ts';
import type { SlotStatus } from './cluster.ts';
import { type PodProblem, podProblem } from './pod-problem.ts';
import type { SlotDeployment, SlotPod } from './slot-shapes.ts';

/** A slot that was never written, or whose Deployment someone deleted. */
export const ABSENT_SLOT: SlotStatus = { desired: 0, updated: 0, available: 0, observed: false, ready: false };

/** Counts only; `problem` and the autoscaler are added by who has read the pods. */
export function slotStatusOf(deployment: SlotDeployment): SlotStatus {
  const { metadata, spec, status } = deployment;
  const observed = status.observedGeneration >= (metadata.generation ?? 0);
  const isRolledOut =
    status.updatedReplicas === spec.replicas &&
    status.replicas === spec.replicas &&
    status.availableReplicas === spec.replicas;
  const revision = metadata.annotations?.[REVISION_ANNOTATION];
  const { containers, initContainers } = spec.template.spec;
  return {
    desired: spec.replicas,
    updated: status.updatedReplicas,
    available: status.availableReplicas,
    observed,
    ready: observed && isRolledOut,
    ...(revision !== undefined ? { revision } : {}),
    podLabels: spec.template.metadata.labels,
    images: Object.fromEntries([...containers, ...initContainers].map(({ name, image }) => [name, image])),
  };
}

/** Causes that a sentence tells, the commonest first. */
const CAUSES_TOLD = 3;

/** What is known besides the Deployment and its pods. */
export interface ProblemContext {
  nowEpochMs: number;
  /** What the events of a pod say, by its name. */
  events?: ReadonlyMap<string, string>;
}

/**
 * Why a slot is not ready, in one sentence, the cause of most pods first; undefined where the cluster names none. Pods of
 * an older ReplicaSet, and those that go away, are not to blame.
 */
export function problemOf(deployment: SlotDeployment, pods: SlotPod[], context: ProblemContext): string | undefined {
  const alive = newestPods(deployment, pods);
  const causes = commonest(podProblems(deployment, pods, context));
  const told = causes.slice(0, CAUSES_TOLD).map(({ count, text, stuckPod }) => {
    const event = stuckPod === undefined ? undefined : context.events?.get(stuckPod);
    return `${text}${event === undefined ? '' : `: ${event}`} (${count} of ${alive.length} pods)`;
  });
  const { conditions } = deployment.status;
  const stuck = conditions.find(c => c.type === 'Progressing' && c.reason === 'ProgressDeadlineExceeded');
  const refused = conditions.find(c => c.type === 'ReplicaFailure' && c.status === 'True');
  const isSeen = deployment.status.observedGeneration >= (deployment.metadata.generation ?? 0);
  const parts = [
    ...told,
    ...(causes.length > CAUSES_TOLD ? [`and ${causes.length - CAUSES_TOLD} more causes`] : []),
    ...(refused !== undefined ? [`pods cannot be created: ${refused.message ?? refused.reason ?? ''}`] : []),
    ...(deployment.spec.paused ? ['the Deployment is paused: nothing is rolled out'] : []),
    ...(stuck !== undefined ? ['the Deployment exceeded its progress deadline'] : []),
  ];
  if (parts.length === 0 && alive.length === 0 && !isSeen) return 'the cluster has not taken up the Deployment yet';
  return parts.length > 0 ? parts.join('; ') : undefined;
}

/** The pod whose events say why pods are not made, where that is a cause which is told. */
export function stuckPodOf(deployment: SlotDeployment, pods: SlotPod[], context: ProblemContext): string | undefined {
  return commonest(podProblems(deployment, pods, context))
    .slice(0, CAUSES_TOLD)
    .find(({ stuckPod }) => stuckPod !== undefined)?.stuckPod;
}

const podProblems = (deployment: SlotDeployment, pods: SlotPod[], { nowEpochMs }: ProblemContext): PodProblem[] =>
  newestPods(deployment, pods)
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .flatMap(pod => podProblem(deployment, pod, nowEpochMs) ?? []);

/** One of each cause with its number of pods, by that number and then by how bad it is. */
function commonest(problems: PodProblem[]): (PodProblem & { count: number })[] {
  const causes = new Map<string, PodProblem & { count: number }>();
  for (const problem of problems) {
    const found = causes.get(problem.cause);
    if (found === undefined) causes.set(problem.cause, { ...problem, count: 1 });
    else found.count += 1;
  }
  return [...causes.values()].sort((a, b) => b.count - a.count || a.rank - b.rank);
}

/**
 * Of those that are not going away. The Deployment names its newest ReplicaSet in the message of its condition; where it
 * does not (no progress deadline), the pod that was made last is of it.
 */
function newestPods({ metadata, status }: SlotDeployment, pods: SlotPod[]): SlotPod[] {
  const alive = pods.filter(pod => pod.metadata.deletionTimestamp === undefined);
  const hashOf = (pod: SlotPod | undefined) => pod?.metadata.labels?.['pod-template-hash'];
  const said = status.conditions.find(({ type }) => type === 'Progressing')?.message ?? '';
  const replicaSet = /[Rr]eplica ?[Ss]et "([^"]+)"/.exec(said)?.[1];
  const prefix = `${metadata.name ?? ''}-`;
  const named = replicaSet?.startsWith(prefix) === true ? replicaSet.slice(prefix.length) : undefined;
  const madeAt = (pod: SlotPod) => pod.metadata.creationTimestamp ?? '';
  const hash = named ?? hashOf(alive.toSorted((a, b) => (madeAt(a) < madeAt(b) ? 1 : -1))[0]);
  return alive.filter(pod => hash === undefined || hashOf(pod) === undefined || hashOf(pod) === hash);
}

/** Of the pods that are not going away: restarts of each that had any, and how the container that had most of them ended. */
export function restartsOf(pods: SlotPod[]): Pick<SlotStatus, 'restarts' | 'lastExit'> {
  const alive = pods.filter(pod => pod.metadata.deletionTimestamp === undefined);
  const ofPods = alive.map(({ status }) => [...status.initContainerStatuses, ...status.containerStatuses]);
  const restarts = ofPods
    .map(containers => containers.reduce((sum, { restartCount }) => sum + restartCount, 0))
    .filter(count => count > 0);
  const [most] = ofPods.flat().sort((a, b) => b.restartCount - a.restartCount);
  const ended = most?.state.terminated ?? most?.lastState.terminated;
  if (restarts.length === 0 || most === undefined) return {};
  if (ended === undefined) return { restarts };
  const reason = ended.reason === undefined || ended.reason === 'Error' ? '' : ` (${ended.reason})`;
  return { restarts, lastExit: `container ${most.name} ended with exit code ${ended.exitCode}${reason}` };
}

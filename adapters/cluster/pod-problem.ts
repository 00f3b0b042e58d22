import * as z from 'zod';
import type { SlotDeployment, SlotPod } from './slot-shapes.ts';

/** Why one pod is not ready. */
export interface PodProblem {
  /** The same for pods with the same cause: the words of a sentence may hold a pod's name. */
  cause: string;
  /** The smaller the worse, where as many pods have the one as the other. */
  rank: number;
  text: string;
  /** The pod whose containers are not made for long: its events say why. */
  stuckPod?: string;
}

/** A pod needs some seconds to start: before that it is no news what it is at. */
const STARTING_MS = 20_000;
/** Of a sentence of the cluster. */
const TEXT_MOST = 300;

const SIDECAR = 'Always'; // an init container's restartPolicy
const NOT_MADE: ReadonlySet<string | undefined> = new Set(['ContainerCreating', 'PodInitializing']);

type Container = SlotPod['status']['containerStatuses'][number];

/**
 * Only what the kubelet and the pod's conditions say: what a container printed may hold secrets and stays in the cluster.
 * @returns undefined of a pod that is ready, or has only begun to start
 */
export function podProblem(deployment: SlotDeployment, pod: SlotPod, nowEpochMs: number): PodProblem | undefined {
  const { initContainerStatuses: init, containerStatuses: main, conditions } = pod.status;
  const ended = endedProblem([...init, ...main]);
  if (ended !== undefined) return ended;
  const unscheduled = conditions.find(c => c.type === 'PodScheduled' && c.status === 'False');
  if (unscheduled !== undefined) {
    return { cause: 'unscheduled', rank: 2, text: `not scheduled: ${short(unscheduled.message ?? '')}` };
  }
  const isYoung = nowEpochMs - (epochMs(pod.metadata.creationTimestamp) ?? Number.NEGATIVE_INFINITY) < STARTING_MS;
  const initialising = initProblem(deployment, init);
  if (initialising !== undefined) return isYoung ? undefined : initialising;
  const unready = main.filter(({ ready, state }) => !ready && state.running !== undefined);
  if (unready.length > 0) return unreadyProblem(deployment, pod, unready);
  const waiting = main.find(({ state }) => NOT_MADE.has(state.waiting?.reason));
  if (waiting !== undefined || (main.length === 0 && pod.metadata.creationTimestamp !== undefined)) {
    if (isYoung) return undefined;
    const what = waiting === undefined ? 'its containers are' : `container ${waiting.name} is`;
    const text = `${what} not made yet, since ${pod.metadata.creationTimestamp ?? 'a time that is not known'}`;
    return { cause: `making ${waiting?.name}`, rank: 5, text, stuckPod: pod.metadata.name };
  }
  return gateProblem(pod) ?? availabilityProblem(deployment, pod);
}

function endedProblem(containers: Container[]): PodProblem | undefined {
  for (const { name, state, lastState } of containers) {
    const { waiting } = state;
    const ended = state.terminated ?? lastState.terminated;
    if (waiting !== undefined && !NOT_MADE.has(waiting.reason)) {
      const exit = ended === undefined ? '' : `, last exit code ${ended.exitCode}`;
      const message = waiting.message === undefined ? '' : `: ${short(waiting.message)}`;
      const text = `container ${name}: ${waiting.reason ?? 'waiting'}${exit}${message}`;
      return { cause: `${name} ${waiting.reason} ${exit}`, rank: 0, text };
    }
    if (state.terminated !== undefined && state.terminated.exitCode !== 0) {
      const text = `container ${name} ended with exit code ${state.terminated.exitCode}`;
      return { cause: text, rank: 1, text };
    }
  }
  return undefined;
}

/** The init containers run one after the other; a sidecar is one that goes on running, and lets the next begin once it is started. */
function initProblem(deployment: SlotDeployment, statuses: Container[]): PodProblem | undefined {
  for (const { name, ready, started, state } of statuses) {
    if (state.running === undefined) continue;
    const since = state.running.startedAt === undefined ? '' : ` since ${state.running.startedAt}`;
    const container = deployment.spec.template.spec.initContainers.find(one => one.name === name);
    if (container?.restartPolicy !== SIDECAR) {
      return { cause: `init ${name}`, rank: 3, text: `init container ${name} runs${since} and has not ended` };
    }
    if (ready && started !== false) continue;
    const probe = started === false ? startupText(container) : readinessText(container);
    return { cause: `sidecar ${name}`, rank: 3, text: `sidecar ${name} runs${since} but is not ready${probe}` };
  }
  return undefined;
}

function unreadyProblem(deployment: SlotDeployment, pod: SlotPod, unready: Container[]): PodProblem {
  const [first] = unready;
  const names = unready.map(({ name }) => name).join(', ');
  const container = deployment.spec.template.spec.containers.find(({ name }) => name === first?.name);
  const probe = first?.started === false ? startupText(container) : readinessText(container);
  const because = pod.status.conditions.find(c => c.type === 'Ready' && c.status === 'False')?.message;
  const who = unready.length === 1 ? `container ${names} runs but is` : `containers ${names} run but are`;
  const why = because === undefined || because === '' ? '' : `: ${short(because)}`;
  return { cause: `unready ${names}`, rank: 3, text: `${who} not ready${probe}${why}` };
}

/** The containers are ready and the pod is not: somebody outside of it has not said yes, the load balancer's controller say. */
function gateProblem(pod: SlotPod): PodProblem | undefined {
  const { conditions } = pod.status;
  for (const { conditionType } of pod.spec.readinessGates) {
    const found = conditions.find(({ type }) => type === conditionType);
    if (found?.status === 'True') continue;
    const said = [found?.reason, found?.message]
      .filter(text => text !== undefined && text !== '')
      .map(t => short(t ?? ''));
    const how = found === undefined ? 'was not answered by anybody yet' : `is ${[found.status, ...said].join(': ')}`;
    return { cause: `gate ${conditionType} ${found?.reason}`, rank: 4, text: `readiness gate ${conditionType} ${how}` };
  }
  return undefined;
}

function availabilityProblem({ spec }: SlotDeployment, pod: SlotPod): PodProblem | undefined {
  const ready = pod.status.conditions.find(({ type }) => type === 'Ready');
  if (ready?.status !== 'True' || spec.minReadySeconds === 0) return undefined;
  const text = `ready since ${ready.lastTransitionTime ?? 'a time that is not known'}, and has to be for ${spec.minReadySeconds} s (minReadySeconds)`;
  return { cause: 'minReadySeconds', rank: 9, text };
}

const probed = (probe: Record<string, unknown> | undefined, kind: string): string =>
  probe === undefined ? '' : `, ${kind} probe ${probeText(probe)}`;
type Probes = SlotDeployment['spec']['template']['spec']['containers'][number];
const readinessText = (container: Pick<Probes, 'readinessProbe'> | undefined): string =>
  probed(container?.readinessProbe, 'readiness');
const startupText = (container: Pick<Probes, 'startupProbe'> | undefined): string =>
  probed(container?.startupProbe, 'startup');

function probeText(probe: Record<string, unknown>): string {
  const httpGet = z.looseObject({ path: z.string().default('/') }).safeParse(probe.httpGet);
  if (httpGet.success) return `GET ${httpGet.data.path}`;
  return Object.keys(probe).find(key => ['tcpSocket', 'exec', 'grpc'].includes(key)) ?? 'unknown';
}

const epochMs = (iso: string | undefined): number | undefined => (iso === undefined ? undefined : Date.parse(iso));

const short = (text: string): string => (text.length > TEXT_MOST ? `${text.slice(0, TEXT_MOST)}…` : text);

import * as z from 'zod';
import { REVISION_ANNOTATION } from '../../domain/slot/slot-objects.ts';
import type { SlotStatus } from './cluster.ts';

const conditionSchema = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
});
export const deploymentSchema = z.looseObject({
  metadata: z.looseObject({
    generation: z.number().optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z.looseObject({
    replicas: z.number().default(1),
    minReadySeconds: z.number().default(0),
    progressDeadlineSeconds: z.number().optional(),
    template: z.looseObject({
      spec: z.looseObject({
        containers: z.array(
          z.looseObject({
            name: z.string(),
            image: z.string().default(''),
            readinessProbe: z.looseObject({}).optional(),
          }),
        ),
        initContainers: z.array(z.looseObject({ name: z.string(), image: z.string().default('') })).default([]),
      }),
    }),
  }),
  status: z
    .looseObject({
      observedGeneration: z.number().default(0),
      replicas: z.number().default(0),
      updatedReplicas: z.number().default(0),
      availableReplicas: z.number().default(0),
      conditions: z.array(conditionSchema).default([]),
    })
    .prefault({}),
});

const stateSchema = z.looseObject({
  waiting: z.looseObject({ reason: z.string().optional(), message: z.string().optional() }).optional(),
  running: z.looseObject({}).optional(),
  terminated: z.looseObject({ exitCode: z.number(), reason: z.string().optional() }).optional(),
});
const containerStatusSchema = z.looseObject({
  name: z.string(),
  ready: z.boolean(),
  restartCount: z.number().default(0),
  state: stateSchema.default({}),
  lastState: stateSchema.default({}),
});
export const podSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), deletionTimestamp: z.string().optional() }),
  status: z
    .looseObject({
      conditions: z.array(conditionSchema).default([]),
      initContainerStatuses: z.array(containerStatusSchema).default([]),
      containerStatuses: z.array(containerStatusSchema).default([]),
    })
    .prefault({}),
});
export type SlotDeployment = z.infer<typeof deploymentSchema>;
export type SlotPod = z.infer<typeof podSchema>;

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
    images: Object.fromEntries([...containers, ...initContainers].map(({ name, image }) => [name, image])),
  };
}

/**
 * Why a slot is not ready, in one sentence, worst cause first; undefined where the cluster names none. Only what the
 * kubelet says: what a container printed may hold secrets and stays in the cluster.
 */
export function problemOf(deployment: SlotDeployment, pods: SlotPod[]): string | undefined {
  const alive = pods.filter(pod => pod.metadata.deletionTimestamp === undefined);
  const sentences = alive.map(pod => podProblem(deployment, pod)).filter(problem => problem !== undefined);
  const worst = sentences.sort((a, b) => a.rank - b.rank)[0];
  const conditions = deployment.status.conditions;
  const stuck = conditions.find(c => c.type === 'Progressing' && c.reason === 'ProgressDeadlineExceeded');
  const refused = conditions.find(c => c.type === 'ReplicaFailure' && c.status === 'True');
  const parts = [
    ...(worst !== undefined ? [`${worst.text} (${sentences.length} of ${alive.length} pods not ready)`] : []),
    ...(refused !== undefined ? [`pods cannot be created: ${refused.message ?? refused.reason ?? ''}`] : []),
    ...(stuck !== undefined ? ['the Deployment exceeded its progress deadline'] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : undefined;
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

function podProblem(deployment: SlotDeployment, pod: SlotPod): { rank: number; text: string } | undefined {
  const { initContainerStatuses, containerStatuses, conditions } = pod.status;
  for (const { name, state, lastState } of [...initContainerStatuses, ...containerStatuses]) {
    const { waiting } = state;
    const ended = state.terminated ?? lastState.terminated;
    if (waiting !== undefined && waiting.reason !== 'ContainerCreating' && waiting.reason !== 'PodInitializing') {
      const exit = ended === undefined ? '' : `, last exit code ${ended.exitCode}`;
      const message = waiting.message === undefined ? '' : `: ${waiting.message.slice(0, 300)}`;
      return { rank: 0, text: `container ${name}: ${waiting.reason ?? 'waiting'}${exit}${message}` };
    }
    if (state.terminated !== undefined && state.terminated.exitCode !== 0) {
      return { rank: 1, text: `container ${name} ended with exit code ${state.terminated.exitCode}` };
    }
  }
  const unscheduled = conditions.find(c => c.type === 'PodScheduled' && c.status === 'False');
  if (unscheduled !== undefined) return { rank: 2, text: `not scheduled: ${unscheduled.message ?? ''}` };
  const unready = containerStatuses.find(({ ready, state }) => !ready && state.running !== undefined);
  if (unready !== undefined) {
    const container = deployment.spec.template.spec.containers.find(({ name }) => name === unready.name);
    const because = conditions.find(c => c.type === 'Ready' && c.status === 'False')?.message;
    const probe =
      container?.readinessProbe === undefined ? '' : `, readiness probe ${probeText(container.readinessProbe)}`;
    return { rank: 3, text: `container ${unready.name} runs but is not ready${probe}${because ? `: ${because}` : ''}` };
  }
  return undefined;
}

function probeText(probe: Record<string, unknown>): string {
  const httpGet = z.looseObject({ path: z.string().default('/') }).safeParse(probe.httpGet);
  if (httpGet.success) return `GET ${httpGet.data.path}`;
  return Object.keys(probe).find(key => ['tcpSocket', 'exec', 'grpc'].includes(key)) ?? 'unknown';
}

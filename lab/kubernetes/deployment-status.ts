import type { JsonObject } from './schema.ts';

export interface PodCounts {
  desired: number;
  /** Pods that are not ending. */
  total: number;
  updated: number;
  ready: number;
  available: number;
}

/** `status` of a Deployment, with the conditions by which clients know a roll-out that is done or stuck. */
export function deploymentStatus(input: {
  name: string;
  generation: number;
  counts: PodCounts;
  isComplete: boolean;
  /** No progress for progressDeadlineSeconds. */
  isOverdue: boolean;
}): JsonObject {
  const { name, generation, counts, isComplete, isOverdue } = input;
  const isAvailable = counts.available >= counts.desired;
  const progressing = isOverdue
    ? {
        status: 'False',
        reason: 'ProgressDeadlineExceeded',
        message: `Deployment "${name}" has timed out progressing.`,
      }
    : isComplete
      ? {
          status: 'True',
          reason: 'NewReplicaSetAvailable',
          message: `Deployment "${name}" has successfully progressed.`,
        }
      : { status: 'True', reason: 'ReplicaSetUpdated', message: `Deployment "${name}" is progressing.` };
  const available = isAvailable
    ? { status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : {
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
  // zero counts are left out, as Kubernetes' JSON does
  const shown = {
    replicas: counts.total,
    updatedReplicas: counts.updated,
    readyReplicas: counts.ready,
    availableReplicas: counts.available,
    unavailableReplicas: Math.max(0, counts.desired - counts.available),
  };
  return {
    observedGeneration: generation,
    ...Object.fromEntries(Object.entries(shown).filter(([, count]) => count > 0)),
    conditions: [
      { type: 'Progressing', ...progressing },
      { type: 'Available', ...available },
    ],
  };
}

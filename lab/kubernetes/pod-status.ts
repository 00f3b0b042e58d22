import type { JsonObject } from './schema.ts';

/** What the kubelet knows of a pod's container. */
export interface ContainerState {
  state:
    | { kind: 'waiting'; reason: string; message?: string }
    | { kind: 'running'; startedAt: string }
    | { kind: 'terminated'; exitCode: number; reason: string; finishedAt: string };
  last?: { exitCode: number; reason: string; finishedAt: string; message?: string };
  restarts: number;
  ready: boolean;
  /** RFC 3339: when `ready` last changed. */
  readySince: string;
  /** Why a running container is not ready. */
  notReadyBecause?: string;
}

/** `status` of the pod's object, as Kubernetes shows it. */
export function podStatus(name: string, image: string, container: ContainerState): JsonObject {
  const { state, last, restarts, ready, readySince, notReadyBecause } = container;
  const condition = (type: string): JsonObject => ({
    type,
    status: ready ? 'True' : 'False',
    lastTransitionTime: readySince,
    ...(ready
      ? {}
      : { reason: 'ContainersNotReady', message: notReadyBecause ?? `containers with unready status: [${name}]` }),
  });
  return {
    phase: state.kind === 'running' || last !== undefined ? 'Running' : 'Pending',
    podIP: '127.0.0.1',
    hostIP: '127.0.0.1',
    conditions: [condition('Ready'), condition('ContainersReady')],
    containerStatuses: [
      {
        name,
        image,
        imageID: image,
        ready,
        started: state.kind === 'running',
        restartCount: restarts,
        state: shownState(state),
        lastState: last === undefined ? {} : { terminated: { ...last } },
      },
    ],
  };
}

function shownState(state: ContainerState['state']): JsonObject {
  const { kind, ...rest } = state;
  return { [kind]: rest as JsonObject };
}

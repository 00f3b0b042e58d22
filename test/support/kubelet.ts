import { setTimeout as pause } from 'node:timers/promises';
import type { Asker, JsonBody } from './kubernetes-ask.ts';
import { MERGE_PATCH } from './kubernetes-ask.ts';

export interface Kubelet {
  /** Resolves when it acts no more. @throws Error what went wrong while it ran */
  close(): Promise<void>;
}

const NODE = 'node-in-test';
const LOOK_EVERY_MS = 50;

/**
 * What a scheduler and a kubelet write into pods, without anything that runs: pods are bound to a node, run and are ready
 * at once; those of an image in `exits` end with that code and are backed off; those that are deleted go.
 */
export async function startKubelet(admin: Asker, exits: ReadonlyMap<string, number>): Promise<Kubelet> {
  await admin.must('POST', '/api/v1/nodes', { body: { metadata: { name: NODE } } });
  let closed = false;
  let started = 0;

  async function care(pod: JsonBody): Promise<void> {
    const { name, namespace, uid } = pod.metadata;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    if (pod.spec.nodeName === undefined) {
      if (pod.metadata.deletionTimestamp !== undefined) return; // the server lets a pod without a node go by itself
      const target = { apiVersion: 'v1', kind: 'Node', name: NODE };
      return tolerateGone(admin.ask('POST', `${path}/binding`, { body: { metadata: { name, uid }, target } }));
    }
    if (pod.metadata.deletionTimestamp !== undefined) {
      return tolerateGone(
        admin.ask('DELETE', path, {
          body: { gracePeriodSeconds: 0, preconditions: { uid } },
          type: 'application/json',
        }),
      );
    }
    if (pod.status.containerStatuses !== undefined) return;
    started += 1;
    const body = { status: statusOf(pod, exits, `10.1.${started >> 8}.${started & 255}`) };
    await tolerateGone(admin.ask('PATCH', `${path}/status?fieldManager=kubelet`, { body, type: MERGE_PATCH }));
  }

  const running = (async () => {
    while (!closed) {
      const { items } = await admin.must('GET', '/api/v1/pods');
      await Promise.all(items.map(care));
      await pause(LOOK_EVERY_MS);
    }
  })();
  running.catch(() => undefined); // told at close
  return {
    close: async () => {
      closed = true;
      await running;
    },
  };
}

/** A pod may go, or be another of the same name, between the list and the write. */
async function tolerateGone(asked: ReturnType<Asker['ask']>): Promise<void> {
  const { code, body } = await asked;
  if (code >= 300 && code !== 404 && code !== 409) throw new Error(`the kubelet was answered ${code}: ${body.message}`);
}

function statusOf(pod: JsonBody, exits: ReadonlyMap<string, number>, podIP: string): unknown {
  const at = `${new Date().toISOString().slice(0, 19)}Z`;
  const containerStatuses = pod.spec.containers.map(({ name, image }: { name: string; image: string }) => {
    const common = { name, image, imageID: image, ready: true, restartCount: 0, started: true };
    const exitCode = exits.get(image);
    if (exitCode === undefined) return { ...common, state: { running: { startedAt: at } } };
    return {
      ...common,
      ready: false,
      started: false,
      restartCount: 1,
      state: {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: `back-off 10s restarting failed container=${name} pod=${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`,
        },
      },
      lastState: { terminated: { exitCode, reason: 'Error', startedAt: at, finishedAt: at } },
    };
  });
  const unready = containerStatuses.filter(({ ready }: { ready: boolean }) => !ready);
  const because = {
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${unready.map(({ name }: { name: string }) => name).join(' ')}]`,
  };
  const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(type => {
    const isTrue = unready.length === 0 || type === 'PodScheduled' || type === 'Initialized';
    return { type, status: isTrue ? 'True' : 'False', lastTransitionTime: at, ...(isTrue ? {} : because) };
  });
  return { phase: 'Running', startTime: at, podIP, podIPs: [{ ip: podIP }], conditions, containerStatuses };
}

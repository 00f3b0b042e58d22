import { createHash } from 'node:crypto';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { deploymentStatus } from './deployment-status.ts';
import type { Pod, PodDeps } from './pod.ts';
import { openPod } from './pod.ts';
import { openPodLog } from './pod-log.ts';
import { at, resourceOf } from './resources.ts';
import type { JsonObject } from './schema.ts';

export interface DeploymentController {
  /** Every pod that is not gone yet, those that end included. */
  pods(): Pod[];
  deletePod(namespace: string, name: string): void;
  close(graceMs: number): Promise<void>;
}

interface Tracked {
  namespace: string;
  name: string;
  pods: Pod[];
  /** What counted as progress when there was some, and when (lab's clock). */
  progress: { mark: string; atEpochMs: number };
  /** The template whose roll-out was complete once: scaling it later is no roll-out and has no deadline. */
  completeHash?: string;
  timer?: NodeJS.Timeout;
}

const DEPLOYMENT = resourceOf('Deployment');
const POD = resourceOf('Pod');

/**
 * Keeps as many pods as each Deployment asks for. A changed template is rolled out with one pod more than wanted and
 * never one fewer available (maxSurge 1, maxUnavailable 0, whatever the Deployment's strategy says).
 */
export function openDeploymentController(deps: PodDeps & { logFolder?: string | undefined }): DeploymentController {
  const { store, clock } = deps;
  const tracked = new Map<string, Tracked>();
  const ending = new Set<Pod>();
  let closed = false;
  let serial = 0;

  store.onChange(({ resource, namespace, name, object }) => {
    if (resource === DEPLOYMENT) reconcileSoon(namespace, name);
    if (resource === POD) {
      const owner = object === undefined ? undefined : at(object, 'metadata', 'annotations', OWNER_ANNOTATION);
      if (typeof owner === 'string') reconcileSoon(namespace, owner);
    }
  });

  const due = new Set<string>();
  /** Once, after the change that is being told of: a status that we write must not call us again within itself. */
  function reconcileSoon(namespace: string, name: string): void {
    const key = `${namespace}/${name}`;
    if (closed || due.has(key)) return;
    due.add(key);
    setImmediate(() => {
      due.delete(key);
      if (!closed) reconcile(namespace, name);
    });
  }

  function reconcile(namespace: string, name: string): void {
    const key = `${namespace}/${name}`;
    const deployment = store.get(DEPLOYMENT, namespace, name);
    const entry = tracked.get(key) ?? { namespace, name, pods: [], progress: { mark: '', atEpochMs: clock.now() } };
    tracked.set(key, entry);
    clearTimeout(entry.timer);
    entry.pods = entry.pods.filter(pod => !pod.isTerminating());
    if (deployment === undefined) {
      for (const pod of entry.pods) end(pod);
      tracked.delete(key);
      return;
    }
    const hash = templateHash(deployment);
    const desired = Number(at(deployment, 'spec', 'replicas') ?? 1);
    const minReadyMs = Number(at(deployment, 'spec', 'minReadySeconds') ?? 0) * 1000;
    const isAvailable = (pod: Pod) => {
      const since = pod.readySinceEpochMs();
      return since !== undefined && clock.now() - since >= minReadyMs;
    };
    const updated = entry.pods.filter(pod => pod.templateHash === hash);
    const old = entry.pods.filter(pod => pod.templateHash !== hash);

    // up: at most one pod more than wanted while old ones are there
    const most = desired + (old.length > 0 ? 1 : 0);
    while (updated.length < desired && entry.pods.length < most) {
      const pod = start(deployment, hash);
      updated.push(pod);
      entry.pods.push(pod);
    }
    // down: what is not available first; of the available only as many as leave `desired`
    const surplus = updated.length - desired;
    const leastUseful = [...updated].sort(
      (a, b) => (b.readySinceEpochMs() ?? Infinity) - (a.readySinceEpochMs() ?? Infinity),
    );
    for (const pod of surplus > 0 ? leastUseful.slice(0, surplus) : []) end(pod);
    let spare = entry.pods.filter(isAvailable).length - desired;
    for (const pod of old) {
      if (isAvailable(pod) && spare-- <= 0) continue;
      end(pod);
    }
    entry.pods = entry.pods.filter(pod => !pod.isTerminating());
    publish(entry, deployment, hash, isAvailable, minReadyMs);
  }

  function publish(
    entry: Tracked,
    deployment: JsonObject,
    hash: string,
    isAvailable: (pod: Pod) => boolean,
    minReadyMs: number,
  ): void {
    const counts = {
      desired: Number(at(deployment, 'spec', 'replicas') ?? 1),
      total: entry.pods.length,
      updated: entry.pods.filter(pod => pod.templateHash === hash).length,
      ready: entry.pods.filter(pod => pod.readySinceEpochMs() !== undefined).length,
      available: entry.pods.filter(isAvailable).length,
    };
    const generation = Number(at(deployment, 'metadata', 'generation'));
    const mark = JSON.stringify([generation, counts]);
    if (mark !== entry.progress.mark) entry.progress = { mark, atEpochMs: clock.now() };
    const deadlineMs = Number(at(deployment, 'spec', 'progressDeadlineSeconds') ?? 600) * 1000;
    const isWhole =
      counts.updated === counts.desired && counts.total === counts.desired && counts.available >= counts.desired;
    if (isWhole) entry.completeHash = hash;
    else if (entry.completeHash !== hash) delete entry.completeHash;
    const isComplete = entry.completeHash === hash;
    const leftMs = entry.progress.atEpochMs + deadlineMs - clock.now();
    const status = deploymentStatus({
      name: entry.name,
      generation,
      counts,
      isComplete,
      isOverdue: !isComplete && leftMs <= 0,
    });
    const waits = entry.pods
      .map(pod => pod.readySinceEpochMs())
      .filter(since => since !== undefined)
      .map(since => since + minReadyMs - clock.now());
    const next = Math.min(...waits.filter(ms => ms > 0), ...(!isComplete && leftMs > 0 ? [leftMs] : []));
    if (Number.isFinite(next)) {
      entry.timer = setTimeout(() => reconcileSoon(entry.namespace, entry.name), clock.wallMs(next) + 1);
    }
    store.putStatus(DEPLOYMENT, entry, status);
  }

  function start(deployment: JsonObject, hash: string): Pod {
    const metadata = deployment.metadata as JsonObject;
    const namespace = String(metadata.namespace);
    const template = (deployment.spec as JsonObject).template as JsonObject;
    const name = `${String(metadata.name)}-${hash}-${(serial++).toString(36).padStart(5, '0')}`;
    const own = (template.metadata ?? {}) as JsonObject;
    const object = store.create(
      POD,
      namespace,
      {
        metadata: {
          name,
          labels: { ...(own.labels as JsonObject), 'pod-template-hash': hash },
          annotations: { ...(own.annotations as JsonObject), [OWNER_ANNOTATION]: String(metadata.name) },
          ownerReferences: [
            {
              apiVersion: 'apps/v1',
              kind: 'Deployment',
              name: metadata.name ?? '',
              uid: metadata.uid ?? '',
              controller: true,
            },
          ],
        },
        spec: structuredClone(template.spec ?? {}),
      },
      'kube-controller-manager',
    );
    return openPod(deps, { object, templateHash: hash, log: openPodLog(name, deps.logFolder) });
  }

  function end(pod: Pod): void {
    if (pod.isTerminating()) return;
    ending.add(pod);
    void pod.terminate().finally(() => ending.delete(pod));
  }

  const all = () => [...new Set([...[...tracked.values()].flatMap(({ pods }) => pods), ...ending])];
  return {
    pods: all,
    deletePod: (namespace, name) => {
      const pod = all().find(candidate => candidate.namespace === namespace && candidate.name === name);
      if (pod !== undefined) end(pod);
    },
    close: async graceMs => {
      closed = true;
      for (const { timer } of tracked.values()) clearTimeout(timer);
      await Promise.all(all().map(pod => pod.close(graceMs)));
    },
  };
}

/** The pods' way back to their Deployment (Kubernetes goes by ReplicaSets, which the lab does not have). */
const OWNER_ANNOTATION = 'lab.sluice.dev/deployment';

const templateHash = (deployment: JsonObject): string =>
  createHash('sha256')
    .update(canonicalJson(at(deployment, 'spec', 'template')))
    .digest('hex')
    .slice(0, 10);

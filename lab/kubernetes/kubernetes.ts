import { randomBytes } from 'node:crypto';
import type { LabClock } from '../clock.ts';
import { openApiServer } from './api-server.ts';
import type { BindingController, TargetRegistrar } from './binding-controller.ts';
import { openBindingController } from './binding-controller.ts';
import { makeCertificates } from './certificates.ts';
import { openDeploymentController } from './deployment-controller.ts';
import type { Program } from './pod.ts';
import { findFreePort } from './ports.ts';
import { at, resourceOf } from './resources.ts';
import type { JsonObject } from './schema.ts';
import { openStore } from './store.ts';

export interface LabKubernetesOptions {
  clock: LabClock;
  /** What each image is, by its URI as pods name it (by digest). Read at each start of a pod: more may be added. */
  programs: ReadonlyMap<string, Program>;
  /** Where TargetGroupBindings register pods. */
  registrar: TargetRegistrar;
  /** What the programs inherit; `process.env` where absent. */
  baseEnv?: NodeJS.ProcessEnv;
  /** Folder for one log file per pod; without it only the last lines are kept, in memory. */
  logFolder?: string;
  /** A free port for a new process. */
  findPort?: () => Promise<number>;
}

export interface LabPod {
  name: string;
  namespace: string;
  labels: Record<string, string>;
  image: string;
  host: string;
  /** Absent before its first process has one. */
  port?: number;
  pid?: number;
  ready: boolean;
  terminating: boolean;
}

export interface LabKubernetes {
  /** `https://127.0.0.1:<port>` */
  readonly endpoint: string;
  /** CLUSTER_ENDPOINT, CLUSTER_CA (base64 PEM) and CLUSTER_TOKEN, as the product's adapter reads them. */
  readonly env: { CLUSTER_ENDPOINT: string; CLUSTER_CA: string; CLUSTER_TOKEN: string };
  /** Creates or changes an object as a person would with `kubectl apply --server-side`. @throws ApiError */
  apply(object: JsonObject, manager?: string, options?: { force: boolean }): void;
  /** Changes an object as a controller or `kubectl edit` would: no conflicts, and the fields are that manager's. */
  patch(kind: string, namespace: string, name: string, patch: JsonObject, manager: string): void;
  /** @throws ApiError where it is not there */
  remove(kind: string, namespace: string, name: string): void;
  /** Objects as the API shows them, in name order. */
  list(kind: string, namespace: string): JsonObject[];
  pods(): LabPod[];
  /** The last lines that the pod's processes printed. */
  podLog(name: string): string[];
  /** Ends every process (SIGTERM, SIGKILL after `graceMs`, 1,000 by default), then the server. */
  close(graceMs?: number): Promise<void>;
}

/**
 * The lab's stand-in for a Kubernetes cluster: the API over TLS (server-side apply with field owners, Deployments and
 * their scale, pods, Services, ConfigMaps, Secrets, autoscalers, TargetGroupBindings) and real processes as pods. Not
 * there: watches, ReplicaSets, an autoscaler that acts, sidecars and init containers, liveness probes, RBAC.
 */
export async function openKubernetes(options: LabKubernetesOptions): Promise<LabKubernetes> {
  const { clock, programs, registrar, findPort = findFreePort, baseEnv = process.env, logFolder } = options;
  const certificates = await makeCertificates();
  const token = randomBytes(24).toString('base64url');
  const store = openStore(clock.now);
  let bindings: BindingController | undefined;
  const deployments = openDeploymentController({
    store,
    clock,
    programs,
    findPort,
    baseEnv,
    logFolder,
    untilDrained: async (namespace, podName) => bindings?.untilDrained(namespace, podName),
  });
  bindings = openBindingController(store, registrar, deployments.pods);
  const find = (name: string) => deployments.pods().find(pod => pod.name === name);
  const server = await openApiServer({
    store,
    certificates,
    token,
    podLog: ({ name }) => find(name)?.log.lines().join('\n'),
    deletePod: ({ namespace, name }) => deployments.deletePod(namespace, name),
  });
  return {
    endpoint: server.endpoint,
    env: {
      CLUSTER_ENDPOINT: server.endpoint,
      CLUSTER_CA: Buffer.from(certificates.ca).toString('base64'),
      CLUSTER_TOKEN: token,
    },
    apply: (object, manager = 'kubectl', { force } = { force: false }) => {
      const target = {
        namespace: String(at(object, 'metadata', 'namespace') ?? 'default'),
        name: String(at(object, 'metadata', 'name')),
      };
      store.apply(resourceOf(String(object.kind)), target, object, { manager, force });
    },
    patch: (kind, namespace, name, patch, manager) => {
      store.patch(resourceOf(kind), { namespace, name }, patch, manager);
    },
    remove: (kind, namespace, name) => {
      store.remove(resourceOf(kind), { namespace, name });
    },
    list: (kind, namespace) => store.list(resourceOf(kind), namespace),
    pods: () =>
      deployments.pods().map(pod => {
        const object = store.get(resourceOf('Pod'), pod.namespace, pod.name);
        const port = pod.port();
        const pid = pod.pid();
        return {
          name: pod.name,
          namespace: pod.namespace,
          labels: (at(object, 'metadata', 'labels') ?? {}) as Record<string, string>,
          image: pod.image,
          host: pod.host,
          ...(port !== undefined ? { port } : {}),
          ...(pid !== undefined ? { pid } : {}),
          ready: pod.readySinceEpochMs() !== undefined,
          terminating: pod.isTerminating(),
        };
      }),
    podLog: name => find(name)?.log.lines() ?? [],
    close: async (graceMs = 1_000) => {
      await bindings.close();
      await deployments.close(graceMs);
      await server.close();
    },
  };
}

import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Slot } from '../../domain/dial.ts';
import type { KubernetesObject } from '../../domain/kubernetes-object.ts';
import type { Labels } from '../../domain/slot/label-selector.ts';
import { configMapNames, podTemplateSchema } from '../../domain/slot/pod-template.ts';
import { slotLabels } from '../../domain/slot/slot-labels.ts';
import {
  OWN_MINIMUM_ANNOTATION,
  POSITION_ANNOTATION,
  SIZE_POSITION_ANNOTATION,
  slotName,
  slotObjects,
} from '../../domain/slot/slot-objects.ts';
import type { Workload } from '../../domain/workload.ts';
import type { Clock } from '../clock.ts';
import { systemClock } from '../clock.ts';
import type { Cluster, SlotContent, SlotStatus, Template } from './cluster.ts';
import { ClusterRefusedError, FieldOwnedError, TemplateNotFoundError } from './errors.ts';
import { onlyOn, parseStored, positionOf, type Stored, writeFenced } from './fence.ts';
import { addedByOthers } from './foreign-fields.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { kubernetesApi } from './kubernetes-api.ts';
import { podEvent } from './pod-events.ts';
import { readSelectors } from './read-selectors.ts';
import { servedVersion } from './served-version.ts';
import { deploymentSchema, podSchema, type SlotDeployment, type SlotPod } from './slot-shapes.ts';
import { ABSENT_SLOT, problemOf, restartsOf, slotStatusOf, stuckPodOf } from './slot-status.ts';
import { writeRouteObject } from './write-route-object.ts';

/** Owns what a slot is. */
const MANAGER = 'sluice';
/** Owns `replicas` and nothing else, so that writing a slot neither sets nor resets its size. */
const SIZE_MANAGER = 'sluice-size';
/** Whatever is added to a slot and not to the template is in one version and not in the other. */
const WHAT_TO_DO = 'add it to the template, and take it out of the slot';

const configMapSchema = z.looseObject({
  data: z.record(z.string(), z.string()).default({}),
  binaryData: z.record(z.string(), z.string()).optional(),
});
const listOf = <T extends z.ZodType>(item: T) => z.looseObject({ items: z.array(item) });
const autoscalerSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), annotations: z.record(z.string(), z.string()).default({}) }),
  spec: z.looseObject({
    minReplicas: z.number().default(1),
    maxReplicas: z.number(),
    scaleTargetRef: z.looseObject({ kind: z.string(), name: z.string() }),
  }),
});
type Autoscaler = z.infer<typeof autoscalerSchema>;
const serviceSchema = z.looseObject({
  spec: z.looseObject({ selector: z.record(z.string(), z.string()).default({}) }),
});
const ownersSchema = z.looseObject({
  metadata: z.looseObject({
    managedFields: z
      .array(
        z.looseObject({
          manager: z.string().optional(),
          fieldsV1: z.looseObject({ 'f:spec': z.looseObject({}).optional() }).optional(),
        }),
      )
      .default([]),
  }),
});

const environmentSchema = z.object({
  CLUSTER_ENDPOINT: z.url({ protocol: /^https$/ }),
  /** PEM in base64. */
  CLUSTER_CA: z.base64(),
  CLUSTER_TOKEN: z.string().min(1),
});

export interface OpenCluster extends Cluster {
  /** Closes the connections; a Lambda never needs to. */
  close(): Promise<void>;
}

/** The one cluster of CLUSTER_ENDPOINT, CLUSTER_CA (base64 PEM) and CLUSTER_TOKEN: the lab's. Clusters of EKS: eks/clusters.ts. */
export async function openKubernetesCluster(env: NodeJS.ProcessEnv, clock: Clock = systemClock): Promise<OpenCluster> {
  const { CLUSTER_ENDPOINT: endpoint, CLUSTER_CA: caData, CLUSTER_TOKEN: token } = environmentSchema.parse(env);
  const api = await kubernetesApi({ endpoint: endpoint.replace(/\/$/, ''), caData, token: async () => token });
  return { ...kubernetesCluster(api, clock), close: api.close };
}

const namespaced = (group: string, workload: Workload, plural: string, name = ''): string =>
  `/${group === 'v1' ? 'api' : 'apis'}/${group}/namespaces/${workload.cluster.namespace}/${plural}${name && `/${name}`}`;
const deploymentPath = (workload: Workload, name: string) => namespaced('apps/v1', workload, 'deployments', name);

/** @param clock how long pods have been starting */
export function kubernetesCluster(api: KubernetesApi, clock: Clock = systemClock): Cluster {
  async function readDeployment(workload: Workload, name: string): Promise<SlotDeployment | undefined> {
    const body = await api.get(deploymentPath(workload, name));
    return body === undefined ? undefined : deploymentSchema.parse(body);
  }

  async function findAutoscaler(workload: Workload, slot: Slot): Promise<Autoscaler | undefined> {
    const body = await api.get(namespaced('autoscaling/v2', workload, 'horizontalpodautoscalers'));
    const { items } = listOf(autoscalerSchema).parse(body ?? { items: [] });
    return items.find(({ spec }) => {
      const { kind, name } = spec.scaleTargetRef;
      return kind === 'Deployment' && name === slotName(workload, slot);
    });
  }

  async function problemIn(
    workload: Workload,
    deployment: SlotDeployment,
    pods: SlotPod[],
  ): Promise<string | undefined> {
    const nowEpochMs = clock.now();
    const pod = stuckPodOf(deployment, pods, { nowEpochMs });
    const event = pod === undefined ? undefined : await podEvent(api, namespaced('v1', workload, 'events'), pod);
    const events = new Map(pod !== undefined && event !== undefined ? [[pod, event]] : []);
    return problemOf(deployment, pods, { nowEpochMs, events });
  }

  /** @param wanted of the autoscaler as it is; `own` is the team's, kept beside it; undefined: nothing is to be written */
  async function writeMinimum(
    { workload, slot, position }: { workload: Workload; slot: Slot; position: number },
    wanted: (autoscaler: Autoscaler) => { minimum: number; own: string | null } | undefined,
  ): Promise<void> {
    let autoscaler: Autoscaler | undefined;
    const read = async () => {
      autoscaler = await findAutoscaler(workload, slot);
      return autoscaler;
    };
    await writeFenced(`the autoscaler of ${slotName(workload, slot)}`, position, read, async seen => {
      const want = autoscaler && wanted(autoscaler);
      if (autoscaler === undefined || want === undefined) return;
      const { name } = autoscaler.metadata;
      // Kubernetes refuses a minimum above the maximum, and a refusal would be a fault of the release
      const minReplicas = Math.min(want.minimum, autoscaler.spec.maxReplicas);
      const annotations = { [POSITION_ANNOTATION]: String(position), [OWN_MINIMUM_ANNOTATION]: want.own };
      const path = namespaced('autoscaling/v2', workload, 'horizontalpodautoscalers', name);
      const patch = { metadata: { ...onlyOn(seen), annotations }, spec: { minReplicas } };
      await api.mergePatch(path, patch, { manager: SIZE_MANAGER });
    });
  }

  async function readSelector(workload: Workload, service: string): Promise<Labels | undefined> {
    const body = await api.get(namespaced('v1', workload, 'services', service));
    return body === undefined ? undefined : serviceSchema.parse(body).spec.selector;
  }

  async function requireService(workload: Workload, service: string): Promise<void> {
    if ((await readSelector(workload, service)) !== undefined) return;
    const { name, namespace } = workload.cluster;
    throw new TemplateNotFoundError(`there is no Service ${service} in ${name}/${namespace}`);
  }

  async function setSize(workload: Workload, name: string, size: { replicas: number; position: number }, seen: Stored) {
    const { replicas, position } = size;
    const metadata = { name, ...onlyOn(seen), annotations: { [SIZE_POSITION_ANNOTATION]: String(position) } };
    const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { replicas } };
    // force: a size is ours to set whoever set it last (an autoscaler, a person with kubectl scale)
    return parseStored(await api.apply(deploymentPath(workload, name), object, { manager: SIZE_MANAGER, force: true }));
  }

  const applyOwn = async (path: string, object: KubernetesObject, position: number, seen: Stored | undefined) =>
    parseStored(await api.apply(path, stamped(object, position, seen), { manager: MANAGER, force: false }));

  const writeOwn = (path: string, object: KubernetesObject, position: number) =>
    writeFenced(
      `${object.kind} ${object.metadata.name}`,
      position,
      () => api.get(path),
      seen => applyOwn(path, object, position, seen),
    );

  /**
   * A Deployment created without `replicas` starts with 1, and a field that its only owner no longer applies is reset:
   * so it is created with 0, `sluice-size` takes that 0 over, and only then is it written without. Each of these on what the
   * one before has left.
   */
  function writeDeployment(workload: Workload, deployment: KubernetesObject, position: number): Promise<Stored> {
    const { name } = deployment.metadata;
    const path = deploymentPath(workload, name);
    const withSize = { ...deployment, spec: { ...(deployment.spec as Record<string, unknown>), replicas: 0 } };
    return writeFenced(
      `Deployment ${name}`,
      position,
      () => api.get(path),
      async found => {
        let seen = found ?? (await applyOwn(path, withSize, position, undefined));
        const { managedFields } = ownersSchema.parse(seen).metadata;
        const owners = managedFields.filter(({ fieldsV1 }) => fieldsV1?.['f:spec']?.['f:replicas'] !== undefined);
        if (owners.length > 0 && owners.every(({ manager }) => manager === MANAGER)) {
          const { replicas } = deploymentSchema.parse(seen).spec;
          seen = await setSize(workload, name, { replicas, position }, seen);
        }
        const spec = deployment.spec as Record<string, unknown>;
        const { strategy } = deploymentSchema.parse(seen).spec;
        if (isRecreate(spec.strategy) && !isRecreate(strategy)) {
          // what the server filled in for another strategy is nobody's, and stays until it is ours to leave out
          seen = await applyOwn(path, { ...deployment, spec: { ...spec, strategy } }, position, seen);
        }
        const written = await applyOwn(path, deployment, position, seen);
        const added = addedByOthers(written, MANAGER);
        if (added !== undefined) throw new FieldOwnedError(`${path}: ${added}: ${WHAT_TO_DO}`);
        return written;
      },
    );
  }

  return {
    readTemplate: async workload => {
      const body = await api.get(deploymentPath(workload, workload.deployment));
      if (body === undefined) {
        const where = `${workload.cluster.name}/${workload.cluster.namespace}`;
        throw new TemplateNotFoundError(`there is no Deployment ${workload.deployment} in ${where}`);
      }
      if (workload.service !== undefined) await requireService(workload, workload.service);
      const { spec } = deploymentSchema.parse(body);
      const template: Template = {
        podTemplate: spec.template,
        configMaps: {},
        selector: spec.selector,
        minReadySeconds: spec.minReadySeconds,
        ...onlyDefined({
          progressDeadlineSeconds: spec.progressDeadlineSeconds,
          revisionHistoryLimit: spec.revisionHistoryLimit,
          strategy: spec.strategy,
        }),
        containers: spec.template.spec.containers.map(({ name }) => name),
        replicas: spec.replicas,
      };
      const names = configMapNames(podTemplateSchema.parse(spec.template));
      await Promise.all(
        names.map(async name => {
          const found = await api.get(namespaced('v1', workload, 'configmaps', name));
          if (found === undefined) return; // optional, or the pods will say that it is missing
          const { data, binaryData } = configMapSchema.parse(found);
          template.configMaps[name] = data;
          if (binaryData !== undefined) {
            template.configMapBinaryData = { ...template.configMapBinaryData, [name]: binaryData };
          }
        }),
      );
      return template;
    },

    readSelectors: workload => readSelectors(api, workload.cluster.namespace),

    readService: async workload =>
      workload.service === undefined ? undefined : readSelector(workload, workload.service),

    readSlot: async (workload, slot): Promise<SlotStatus> => {
      const [deployment, autoscaler] = await Promise.all([
        readDeployment(workload, slotName(workload, slot)),
        findAutoscaler(workload, slot),
      ]);
      const positions = [deployment, autoscaler].map(object => positionOf(object?.metadata.annotations) ?? -1);
      const position = Math.max(...positions);
      const own = autoscaler && ownMinimum(autoscaler);
      const more = {
        ...(autoscaler !== undefined && {
          autoscalerMinimum: autoscaler.spec.minReplicas,
          autoscalerMaximum: autoscaler.spec.maxReplicas,
        }),
        ...(own !== undefined && { ownMinimum: own }),
        ...(position >= 0 && { position }),
      };
      if (deployment === undefined) return { ...ABSENT_SLOT, ...more };
      const added = addedByOthers(deployment, MANAGER);
      const status = { ...slotStatusOf(deployment), ...(added !== undefined && { added }), ...more };
      if (status.desired === 0) return status;
      const labelSelector = Object.entries(slotLabels(workload, slot))
        .map(pair => pair.join('='))
        .join(',');
      const pods = await api.get(namespaced('v1', workload, 'pods'), { labelSelector });
      const { items } = listOf(podSchema).parse(pods ?? { items: [] });
      const problem = status.ready ? undefined : await problemIn(workload, deployment, items);
      return { ...status, ...restartsOf(items), ...(problem !== undefined && { problem }) };
    },

    writeSlot: async (workload, slot, content: SlotContent, position) => {
      const { deployment, service, routing, configMaps } = objectsOf(workload, slot, content);
      const path = (group: string, plural: string, { metadata }: KubernetesObject) =>
        namespaced(group, workload, plural, metadata.name);
      // no fence: their names say what is in them, and it never changes
      for (const copy of configMaps) {
        await api.apply(path('v1', 'configmaps', copy), { ...copy }, { manager: MANAGER, force: false });
      }
      // before the pods: a controller adds its readiness gate to pods that an object of the router already selects
      await writeOwn(path('v1', 'services', service), service, position);
      for (const wanted of routing) {
        const { plural } = wanted;
        const object = { ...wanted.object, apiVersion: await servedVersion(api, wanted) };
        const route = { ...wanted, object };
        const at = path(object.apiVersion, plural, object);
        await writeFenced(
          `${object.kind} ${object.metadata.name}`,
          position,
          () => api.get(at),
          seen =>
            writeRouteObject(
              {
                ...{ api, path: at, route },
                replicas: async () => (await readDeployment(workload, slotName(workload, slot)))?.spec.replicas ?? 0,
                apply: now => applyOwn(at, object, position, now),
              },
              seen,
            ),
        );
      }
      await writeDeployment(workload, deployment, position);
    },

    scaleSlot: async (workload, slot, replicas, position) => {
      const name = slotName(workload, slot);
      const read = () => api.get(deploymentPath(workload, name));
      await writeFenced(`Deployment ${name}`, position, read, async seen => {
        if (seen !== undefined) {
          // also where the size is that already: a write of an older claim that is on its way finds this one
          await setSize(workload, name, { replicas, position }, seen);
        } else if (replicas > 0) {
          throw new ClusterRefusedError(`there is no Deployment ${name} in ${workload.cluster.namespace} to scale`);
        }
      });
    },

    setAutoscalerMinimum: (workload, slot, minimum, position) =>
      writeMinimum({ workload, slot, position }, autoscaler => {
        const own = ownMinimum(autoscaler) ?? autoscaler.spec.minReplicas;
        return { minimum, own: String(own) };
      }),

    restoreAutoscalerMinimum: (workload, slot, minimum, position) =>
      writeMinimum({ workload, slot, position }, autoscaler => {
        const own = minimum ?? ownMinimum(autoscaler);
        return own === undefined ? undefined : { minimum: own, own: null };
      }),

    pointService: async (workload, slot, position) => {
      const { service } = workload;
      if (service === undefined) return;
      const path = namespaced('v1', workload, 'services', service);
      await writeFenced(
        `Service ${service}`,
        position,
        () => api.get(path),
        async seen => {
          if (seen === undefined) {
            throw new ClusterRefusedError(`there is no Service ${service} in ${workload.cluster.namespace} to point`);
          }
          // a merge patch leaves the keys that it does not name: those of the team's own selector are taken out
          const gone = Object.fromEntries(Object.keys(serviceSchema.parse(seen).spec.selector).map(key => [key, null]));
          const selector = { ...gone, ...slotLabels(workload, slot) };
          const annotations = position === undefined ? {} : { [POSITION_ANNOTATION]: String(position) };
          const metadata = { ...onlyOn(seen), annotations };
          await api.mergePatch(path, { metadata, spec: { selector } }, { manager: MANAGER });
        },
      );
    },
  };
}

const isRecreate = (strategy: unknown): boolean => (strategy as { type?: unknown } | undefined)?.type === 'Recreate';

/** Without the members that are undefined. */
const onlyDefined = <T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;

/** The object with its writer's position on it, to be written on what was read alone. */
const stamped = (object: KubernetesObject, position: number, seen: Stored | undefined) => ({
  ...object,
  metadata: {
    ...object.metadata,
    ...onlyOn(seen),
    annotations: { ...object.metadata.annotations, [POSITION_ANNOTATION]: String(position) },
  },
});

/** The team's minimum, where Sluice has set another. */
function ownMinimum({ metadata }: Autoscaler): number | undefined {
  const own = metadata.annotations[OWN_MINIMUM_ANNOTATION];
  return own !== undefined && /^\d{1,9}$/.test(own) ? Number(own) : undefined;
}

/** @throws ClusterRefusedError a template that cannot be a slot: no such container, no port, not a pod template */
function objectsOf(workload: Workload, slot: Slot, content: SlotContent) {
  try {
    return slotObjects({ workload, slot, content, hash: sha256 });
  } catch (cause) {
    throw new ClusterRefusedError(`${slotName(workload, slot)} cannot be written: ${(cause as Error).message}`, {
      cause,
    });
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

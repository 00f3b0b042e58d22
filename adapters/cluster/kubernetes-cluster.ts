import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { Slot } from '../../domain/dial.ts';
import { configMapNames, podTemplateSchema } from '../../domain/slot/pod-template.ts';
import type { KubernetesObject } from '../../domain/slot/slot-objects.ts';
import { slotLabels, slotName, slotObjects } from '../../domain/slot/slot-objects.ts';
import type { Workload } from '../../domain/workload.ts';
import type { Clock } from '../clock.ts';
import { systemClock } from '../clock.ts';
import type { Cluster, SlotContent, SlotStatus, Template } from './cluster.ts';
import { EKS_TOKEN_REFRESH_MS, signEksToken } from './eks-token.ts';
import { ClusterRefusedError, TemplateNotFoundError } from './errors.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { openKubernetesApi } from './kubernetes-api.ts';
import type { SlotDeployment } from './slot-status.ts';
import { ABSENT_SLOT, deploymentSchema, podSchema, problemOf, restartsOf, slotStatusOf } from './slot-status.ts';

/** Owns what a slot is. */
const MANAGER = 'sluice';
/** Owns `replicas` and nothing else, so that writing a slot neither sets nor resets its size. */
const SIZE_MANAGER = 'sluice-size';

const configMapSchema = z.looseObject({
  data: z.record(z.string(), z.string()).default({}),
  binaryData: z.record(z.string(), z.string()).optional(),
});
const listOf = <T extends z.ZodType>(item: T) => z.looseObject({ items: z.array(item) });
const autoscalerSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    minReplicas: z.number().default(1),
    maxReplicas: z.number(),
    scaleTargetRef: z.looseObject({ kind: z.string(), name: z.string() }),
  }),
});
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
});
const eksSchema = z.object({
  CLUSTER_NAME: z.string().min(1),
  AWS_REGION: z.string().min(1),
  AWS_ACCESS_KEY_ID: z.string().min(1),
  AWS_SECRET_ACCESS_KEY: z.string().min(1),
  AWS_SESSION_TOKEN: z.string().optional(),
});

export interface OpenCluster extends Cluster {
  /** Closes the connections; a Lambda never needs to. */
  close(): Promise<void>;
}

/**
 * The cluster of CLUSTER_ENDPOINT and CLUSTER_CA (base64 PEM). With CLUSTER_TOKEN that token is sent (the lab);
 * without, an EKS token for CLUSTER_NAME is signed with the environment's AWS credentials and renewed in time.
 */
export async function openKubernetesCluster(env: NodeJS.ProcessEnv, clock: Clock = systemClock): Promise<OpenCluster> {
  const { CLUSTER_ENDPOINT: endpoint, CLUSTER_CA: caData } = environmentSchema.parse(env);
  const fixed = env.CLUSTER_TOKEN;
  const token = fixed !== undefined ? async () => fixed : eksTokens(env, clock);
  const api = await openKubernetesApi({ endpoint: endpoint.replace(/\/$/, ''), caData, token });
  return { ...makeKubernetesCluster(api), close: api.close };
}

function eksTokens(env: NodeJS.ProcessEnv, clock: Clock): (fresh: boolean) => Promise<string> {
  const eks = eksSchema.parse(env);
  const credentials = {
    accessKeyId: eks.AWS_ACCESS_KEY_ID,
    secretAccessKey: eks.AWS_SECRET_ACCESS_KEY,
    ...(eks.AWS_SESSION_TOKEN !== undefined ? { sessionToken: eks.AWS_SESSION_TOKEN } : {}),
  };
  let kept: { token: string; signedAtEpochMs: number } | undefined;
  return async fresh => {
    const nowEpochMs = clock.now();
    if (fresh || kept === undefined || nowEpochMs - kept.signedAtEpochMs > EKS_TOKEN_REFRESH_MS) {
      const signing = { clusterName: eks.CLUSTER_NAME, region: eks.AWS_REGION, credentials, nowEpochMs };
      kept = { token: await signEksToken(signing), signedAtEpochMs: nowEpochMs };
    }
    return kept.token;
  };
}

const namespaced = (group: string, workload: Workload, plural: string, name = ''): string =>
  `/${group === 'v1' ? 'api' : 'apis'}/${group}/namespaces/${workload.cluster.namespace}/${plural}${name && `/${name}`}`;
const deploymentPath = (workload: Workload, name: string) => namespaced('apps/v1', workload, 'deployments', name);

export function makeKubernetesCluster(api: KubernetesApi): Cluster {
  async function readDeployment(workload: Workload, name: string): Promise<SlotDeployment | undefined> {
    const body = await api.get(deploymentPath(workload, name));
    return body === undefined ? undefined : deploymentSchema.parse(body);
  }

  async function findAutoscaler(workload: Workload, slot: Slot) {
    const body = await api.get(namespaced('autoscaling/v2', workload, 'horizontalpodautoscalers'));
    const { items } = listOf(autoscalerSchema).parse(body ?? { items: [] });
    return items.find(({ spec }) => {
      const { kind, name } = spec.scaleTargetRef;
      return kind === 'Deployment' && name === slotName(workload, slot);
    });
  }

  async function readSelector(workload: Workload, service: string): Promise<Record<string, string> | undefined> {
    const body = await api.get(namespaced('v1', workload, 'services', service));
    return body === undefined ? undefined : serviceSchema.parse(body).spec.selector;
  }

  async function requireService(workload: Workload, service: string): Promise<void> {
    if ((await readSelector(workload, service)) !== undefined) return;
    const { name, namespace } = workload.cluster;
    throw new TemplateNotFoundError(`there is no Service ${service} in ${name}/${namespace}`);
  }

  const setSize = (workload: Workload, name: string, replicas: number) => {
    const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { replicas } };
    // force: a size is ours to set whoever set it last (an autoscaler, a person with kubectl scale)
    return api.apply(deploymentPath(workload, name), object, { manager: SIZE_MANAGER, force: true });
  };

  /**
   * A Deployment created without `replicas` starts with 1, and a field that its only owner no longer applies is reset:
   * so it is created with 0, `sluice-size` takes that 0 over, and only then is it written without.
   */
  async function writeDeployment(workload: Workload, deployment: KubernetesObject): Promise<void> {
    const { name } = deployment.metadata;
    const path = deploymentPath(workload, name);
    const own = { manager: MANAGER, force: false };
    let body = await api.get(path);
    if (body === undefined) {
      const withSize = { ...deployment, spec: { ...(deployment.spec as Record<string, unknown>), replicas: 0 } };
      body = await api.apply(path, withSize, own);
    }
    const { managedFields } = ownersSchema.parse(body).metadata;
    const owners = managedFields.filter(({ fieldsV1 }) => fieldsV1?.['f:spec']?.['f:replicas'] !== undefined);
    if (owners.length > 0 && owners.every(({ manager }) => manager === MANAGER)) {
      await setSize(workload, name, deploymentSchema.parse(body).spec.replicas);
    }
    await api.apply(path, deployment, own);
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
        minReadySeconds: spec.minReadySeconds,
        ...(spec.progressDeadlineSeconds !== undefined
          ? { progressDeadlineSeconds: spec.progressDeadlineSeconds }
          : {}),
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

    readSlot: async (workload, slot): Promise<SlotStatus> => {
      const [deployment, autoscaler] = await Promise.all([
        readDeployment(workload, slotName(workload, slot)),
        findAutoscaler(workload, slot),
      ]);
      const bounds =
        autoscaler === undefined
          ? {}
          : { autoscalerMinimum: autoscaler.spec.minReplicas, autoscalerMaximum: autoscaler.spec.maxReplicas };
      if (deployment === undefined) return { ...ABSENT_SLOT, ...bounds };
      const status = { ...slotStatusOf(deployment), ...bounds };
      if (status.desired === 0) return status;
      const labelSelector = Object.entries(slotLabels(workload, slot))
        .map(pair => pair.join('='))
        .join(',');
      const pods = await api.get(namespaced('v1', workload, 'pods'), { labelSelector });
      const { items } = listOf(podSchema).parse(pods ?? { items: [] });
      const problem = status.ready ? undefined : problemOf(deployment, items);
      return { ...status, ...restartsOf(items), ...(problem !== undefined && { problem }) };
    },

    writeSlot: async (workload, slot, content: SlotContent) => {
      const { deployment, service, targetGroupBinding, configMaps } = objectsOf(workload, slot, content);
      const own = { manager: MANAGER, force: false };
      const path = (group: string, plural: string, { metadata }: KubernetesObject) =>
        namespaced(group, workload, plural, metadata.name);
      for (const copy of configMaps) await api.apply(path('v1', 'configmaps', copy), copy, own);
      // before the pods: the AWS Load Balancer Controller adds its readiness gate to pods that a binding already selects
      await api.apply(path('v1', 'services', service), service, own);
      const binding = path('elbv2.k8s.aws/v1beta1', 'targetgroupbindings', targetGroupBinding);
      await api.apply(binding, targetGroupBinding, own);
      await writeDeployment(workload, deployment);
    },

    scaleSlot: async (workload, slot, replicas) => {
      const name = slotName(workload, slot);
      if ((await readDeployment(workload, name)) === undefined) {
        if (replicas === 0) return; // nothing there is nothing left to scale down
        throw new ClusterRefusedError(`there is no Deployment ${name} in ${workload.cluster.namespace} to scale`);
      }
      await setSize(workload, name, replicas);
    },

    setAutoscalerMinimum: async (workload, slot, minimum) => {
      const autoscaler = await findAutoscaler(workload, slot);
      if (autoscaler === undefined) return;
      // Kubernetes refuses a minimum above the maximum, and a refusal would be a fault of the release
      const minReplicas = Math.min(minimum, autoscaler.spec.maxReplicas);
      if (autoscaler.spec.minReplicas === minReplicas) return;
      const path = namespaced('autoscaling/v2', workload, 'horizontalpodautoscalers', autoscaler.metadata.name);
      await api.mergePatch(path, { spec: { minReplicas } }, { manager: SIZE_MANAGER });
    },

    pointService: async (workload, slot) => {
      const { service } = workload;
      if (service === undefined) return;
      const now = await readSelector(workload, service);
      if (now === undefined) {
        throw new ClusterRefusedError(`there is no Service ${service} in ${workload.cluster.namespace} to point`);
      }
      const wanted: Record<string, string> = slotLabels(workload, slot);
      if (isDeepStrictEqual(now, wanted)) return;
      // a merge patch leaves the keys that it does not name: those of the team's own selector are taken out
      const gone = Object.fromEntries(Object.keys(now).map(key => [key, null]));
      const path = namespaced('v1', workload, 'services', service);
      await api.mergePatch(path, { spec: { selector: { ...gone, ...wanted } } }, { manager: MANAGER });
    },
  };
}

/** @throws ClusterRefusedError a template that cannot be a slot: no such container, no port, not a pod template */
function objectsOf(workload: Workload, slot: Slot, content: SlotContent) {
  const targetGroupArn = workload.router.targetGroups[slot];
  try {
    return slotObjects({ workload, slot, content, targetGroupArn, hash: sha256 });
  } catch (cause) {
    throw new ClusterRefusedError(`${slotName(workload, slot)} cannot be written: ${(cause as Error).message}`, {
      cause,
    });
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

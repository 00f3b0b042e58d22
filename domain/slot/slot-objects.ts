import { canonicalJson } from '../canonical-json.ts';
import type { Slot } from '../dial.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { routerOf } from '../routers/plan-registry.ts';
import type { RouteObject } from '../routers/router-kind.ts';
import type { Workload } from '../workload.ts';
import type { LabelSelector } from './label-selector.ts';
import { withMergedLists } from './merged-lists.ts';
import { withReachableSelectors } from './pod-selectors.ts';
import type { PodTemplate } from './pod-template.ts';
import { configMapNames, podTemplateSchema, withConfigMapNames, withoutTracking } from './pod-template.ts';
import { withPushedImages } from './pushed-images.ts';
import { requestPort } from './request-port.ts';
import { objectLabels, podLabels, slotLabels, WORKLOAD_LABEL } from './slot-labels.ts';

/** On copies of ConfigMaps: whose copy it is, by name. */
const COPY_OF_ANNOTATION = 'sluice.dev/copy-of';
export const REVISION_ANNOTATION = 'sluice.dev/revision';
/** Line of the ledger up to which its writer had read it when it wrote this object: an older writer finds a newer one there. */
export const POSITION_ANNOTATION = 'sluice.dev/position';
/** The same of the writer of `replicas`, which is another field manager; the greater of the two holds. */
export const SIZE_POSITION_ANNOTATION = 'sluice.dev/size-position';
/** On an autoscaler whose minimum Sluice has set for a release: the minimum that the team gave it. */
export const OWN_MINIMUM_ANNOTATION = 'sluice.dev/own-minimum';

/** What a slot takes over of the team's own objects. Plain JSON. */
export interface SlotTemplate {
  /** `spec.template` of the team's Deployment, untouched. */
  podTemplate: unknown;
  /** The data of each ConfigMap that the pod template refers to (env, envFrom, volumes), by name. */
  configMaps: Record<string, Record<string, string>>;
  /** binaryData (base64) of those ConfigMaps that have any, by name. */
  configMapBinaryData?: Record<string, Record<string, string>>;
  /** `spec.selector` of the Deployment. */
  selector?: LabelSelector;
  /** Of its `spec`, as the rest. */
  minReadySeconds: number;
  progressDeadlineSeconds?: number;
  revisionHistoryLimit?: number;
  strategy?: { type?: string | undefined; [field: string]: unknown };
}

/** What a slot is written from; adapters/cluster's SlotContent fits. */
export interface SlotSource {
  revision: string;
  /** Image URI by digest per container that a push names; others of the same repository get it as well. */
  images: Record<string, string>;
  template: SlotTemplate;
}

export interface SlotObjects {
  deployment: KubernetesObject;
  service: KubernetesObject;
  /** What the router needs of a slot besides. */
  routing: RouteObject[];
  configMaps: KubernetesObject[];
}

export const slotName = (workload: Pick<Workload, 'name'>, slot: Slot): string => `${workload.name}-${slot}`;

/**
 * The objects of a slot, written from an allow-list of fields: nothing of the template's metadata but the team's own
 * labels and annotations on the pods, so that no pruner takes a slot for its own. `replicas` is not part of it.
 * @param hash hex digest of a text: names the copies of ConfigMaps by their content
 * @throws RangeError the template has no such container, or it is not clear to which port requests go
 */
export function slotObjects(input: {
  workload: Workload;
  slot: Slot;
  content: SlotSource;
  hash: (text: string) => string;
}): SlotObjects {
  const { workload, slot, content, hash } = input;
  const { template } = content;
  const { namespace } = workload.cluster;
  const metadata = { name: slotName(workload, slot), namespace, labels: objectLabels(workload, slot) };
  const selected = slotLabels(workload, slot);
  const own = podTemplateSchema.parse(template.podTemplate);
  const labels = podLabels(workload, slot, { pods: own, selector: template.selector });
  const clean = withoutTracking(withMergedLists(own));
  const original = own.metadata?.labels ?? {};
  const reachable = withReachableSelectors(clean, { original, slot: labels, workload: workload.name, namespace });
  const pods = withPushedImages(reachable, content.images);
  const copies = configMapCopies(pods, content, workload, hash);
  const renamed = withConfigMapNames(pods, name => copies.get(name)?.metadata.name ?? name);
  const port = requestPort(workload, own);
  return {
    deployment: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...metadata, annotations: { [REVISION_ANNOTATION]: content.revision } },
      spec: {
        minReadySeconds: template.minReadySeconds,
        ...(template.progressDeadlineSeconds !== undefined && {
          progressDeadlineSeconds: template.progressDeadlineSeconds,
        }),
        ...(template.revisionHistoryLimit !== undefined && { revisionHistoryLimit: template.revisionHistoryLimit }),
        ...(template.strategy !== undefined && { strategy: template.strategy }),
        selector: { matchLabels: selected },
        template: {
          ...renamed,
          metadata: { ...clean.metadata, labels },
        },
      },
    },
    service: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        type: 'ClusterIP',
        selector: selected,
        ports: [{ name: 'http', protocol: 'TCP', port, targetPort: port }],
      },
    },
    routing: routerOf(workload.router).slotObjects(workload.router, { slot, metadata, port }),
    configMaps: [...copies.values()],
  };
}

/** Copies by the name of what they copy. A ConfigMap that was not there at admission stays a plain reference. */
function configMapCopies(
  pods: PodTemplate,
  content: SlotSource,
  workload: Workload,
  hash: (text: string) => string,
): Map<string, KubernetesObject> {
  const copies = new Map<string, KubernetesObject>();
  for (const name of configMapNames(pods)) {
    const data = content.template.configMaps[name];
    if (data === undefined) continue;
    const binaryData = content.template.configMapBinaryData?.[name];
    const body = { data, ...(binaryData !== undefined ? { binaryData } : {}) };
    copies.set(name, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: copyName(name, hash(canonicalJson({ workload: workload.name, ...body })), hash),
        namespace: workload.cluster.namespace,
        // by which it is found when the workload is removed: two workloads that use one ConfigMap have a copy each
        labels: { ...workload.labels, [WORKLOAD_LABEL]: workload.name },
        annotations: { [COPY_OF_ANNOTATION]: name },
      },
      immutable: true,
      ...body,
    });
  }
  return copies;
}

/** Characters that the name of an object may have. */
const LONGEST_NAME = 253;

/** By the content, and where the whole name leaves no room for that, by the name's own hash: two names stay two. */
function copyName(name: string, contentHash: string, hash: (text: string) => string): string {
  const suffix = `-${contentHash.slice(0, 10)}`;
  if (name.length + suffix.length <= LONGEST_NAME) return `${name}${suffix}`;
  const short = `-${hash(name).slice(0, 10)}${suffix}`;
  // what is cut off may leave a dash or a dot at the end, and a part of a name ends with neither
  return `${name.slice(0, LONGEST_NAME - short.length).replace(/[-.]+$/, '')}${short}`;
}

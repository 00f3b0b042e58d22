import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, expect } from 'vitest';
import type { SlotContent } from '../../../adapters/cluster/cluster.ts';
import type { OpenCluster } from '../../../adapters/cluster/kubernetes-cluster.ts';
import { openKubernetesCluster } from '../../../adapters/cluster/kubernetes-cluster.ts';
import type { Slot } from '../../../domain/dial.ts';
import { slotLabels } from '../../../domain/slot/slot-labels.ts';
import { slotName } from '../../../domain/slot/slot-objects.ts';
import { type Asker, type JsonBody, STRATEGIC_PATCH } from '../../support/kubernetes-ask.ts';
import { emptyNamespace } from '../../support/kubernetes-namespace.ts';
import type { RealKubernetes } from '../../support/kubernetes-server.ts';
import type { ClusterUnderTest } from './cluster.contract.ts';
import { checkout, GOOD_IMAGE, OTHER_GOOD_IMAGE, template } from './cluster.contract.ts';

/** The workload's namespace, as objects name it. */
export const shop = { namespace: checkout.cluster.namespace };
export const deploymentPath = (name: string): string =>
  `/apis/apps/v1/namespaces/${shop.namespace}/deployments/${name}`;
export const corePath = (plural: string): string => `/api/v1/namespaces/${shop.namespace}/${plural}`;

/** The adapter on a real Kubernetes whose namespace is empty, and what people do there as administrators. */
export async function openRealCluster({
  admin,
  env,
}: RealKubernetes): Promise<ClusterUnderTest & { cluster: OpenCluster }> {
  await emptyNamespace(admin, shop.namespace);
  const cluster = await openKubernetesCluster(env);
  return {
    cluster,
    putTemplate: async () => {
      const data = { greeting: 'hello' };
      await admin.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', ...shop }, data });
      const spec = { replicas: 2, selector: { matchLabels: { app: 'checkout' } }, template: template.podTemplate };
      await admin.apply({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'checkout', ...shop }, spec });
    },
    removeTemplate: async () => {
      await admin.must('DELETE', deploymentPath('checkout'));
    },
    takeImage: async (slot: Slot, manager: string) => {
      const spec = { template: { spec: { containers: [{ name: 'app', image: OTHER_GOOD_IMAGE }] } } };
      const metadata = { name: slotName(checkout, slot), ...shop };
      await admin.apply({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec }, { manager, force: true });
    },
    addVariable: async (slot: Slot, manager: string) => {
      const containers = [{ name: 'app', env: [{ name: 'DEBUG', value: '1' }] }];
      await admin.must('PATCH', `${deploymentPath(slotName(checkout, slot))}?fieldManager=${manager}`, {
        body: { spec: { template: { spec: { containers } } } },
        type: STRATEGIC_PATCH,
      });
    },
    putAutoscaler: async (slot: Slot, minimum: number) => {
      const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: slotName(checkout, slot) };
      const spec = { minReplicas: minimum, maxReplicas: 20, scaleTargetRef };
      const metadata = { name: `scale-${slot}`, ...shop };
      await admin.apply({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata, spec });
    },
    putService: async () => {
      const spec = { selector: { app: 'checkout' }, ports: [{ port: 80, targetPort: 8080 }] };
      const metadata = { name: 'checkout', ...shop };
      await admin.apply({ apiVersion: 'v1', kind: 'Service', metadata, spec }, { manager: 'team' });
    },
    serviceSelects: async () => {
      const { spec } = await admin.must('GET', `${corePath('services')}/checkout`);
      return (['blue', 'green'] as const).find(slot => isDeepStrictEqual(spec.selector, slotLabels(checkout, slot)));
    },
    close: () => cluster.close(),
  };
}

/** Opened before each test with the template in place, closed after it; and how tests look at the slot `green`. */
export function withRealCluster(real: () => RealKubernetes) {
  let under: Awaited<ReturnType<typeof openRealCluster>>;
  const opened: { close(): Promise<void> }[] = [];
  beforeEach(async () => {
    under = await openRealCluster(real());
    opened.push(under);
    await under.putTemplate();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(one => one.close()));
  });
  const admin = (): Asker => real().admin;
  const green = (): Promise<JsonBody> => admin().must('GET', deploymentPath('checkout-green'));
  return {
    under: () => under,
    cluster: () => under.cluster,
    admin,
    /** Closed after the test as well. */
    opened,
    /** From the template as the server answers it, with all that it filled in. */
    contentOf: async (revision: string, images = { app: GOOD_IMAGE }): Promise<SlotContent> => ({
      revision,
      images,
      template: await under.cluster.readTemplate(checkout),
    }),
    green,
    untilGreen: () => expect.poll(() => under.cluster.readSlot(checkout, 'green'), { timeout: 15_000, interval: 50 }),
    /** Who owns `replicas` of green. */
    sizeOwners: async (): Promise<string[]> =>
      (await green()).metadata.managedFields
        .filter((entry: JsonBody) => entry.fieldsV1['f:spec']?.['f:replicas'] !== undefined)
        .map((entry: JsonBody) => entry.manager),
    /** Where a Service sends its callers, as the cluster's own controller worked it out. */
    readyAddresses: async (service: string): Promise<string[]> => {
      const query = `labelSelector=kubernetes.io%2Fservice-name%3D${service}`;
      const path = `/apis/discovery.k8s.io/v1/namespaces/${shop.namespace}/endpointslices?${query}`;
      const endpoints = (await admin().must('GET', path)).items.flatMap((slice: JsonBody) => slice.endpoints ?? []);
      return endpoints
        .filter((e: JsonBody) => e.conditions.ready)
        .flatMap((e: JsonBody) => e.addresses)
        .sort();
    },
    podAddresses: async (slot: Slot): Promise<string[]> => {
      const labels = Object.entries(slotLabels(checkout, slot)).map(pair => pair.join('='));
      const path = `${corePath('pods')}?labelSelector=${encodeURIComponent(labels.join(','))}`;
      return (await admin().must('GET', path)).items.map((pod: JsonBody) => pod.status.podIP).sort();
    },
  };
}

import { isDeepStrictEqual } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { kubernetesApi } from '../../../adapters/cluster/kubernetes-api.ts';
import { kubernetesCluster, openKubernetesCluster } from '../../../adapters/cluster/kubernetes-cluster.ts';
import { slotLabels } from '../../../domain/slot/slot-labels.ts';
import { slotName } from '../../../domain/slot/slot-objects.ts';
import { makeCertificates } from '../../../lab/kubernetes/certificates.ts';
import { openLab, programs } from '../../lab/kubernetes/cluster-in-lab.ts';
import {
  BROKEN_IMAGE,
  checkout,
  GOOD_IMAGE,
  keepsClusterContract,
  OTHER_GOOD_IMAGE,
  template,
} from './cluster.contract.ts';
import { keepsLateWritesOut } from './late-writes.contract.ts';

const IMAGES = {
  [GOOD_IMAGE]: programs.good,
  [OTHER_GOOD_IMAGE]: programs.good,
  [BROKEN_IMAGE]: programs.exitsAtOnce,
};
const shop = { namespace: checkout.cluster.namespace };

async function openUnderTest() {
  const { kubernetes, registrar } = await openLab(IMAGES);
  const cluster = await openKubernetesCluster(kubernetes.env);
  const putTemplate = async () => {
    kubernetes.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', ...shop },
      data: { greeting: 'hello' },
    });
    kubernetes.apply({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'checkout', ...shop },
      spec: { replicas: 2, selector: { matchLabels: { app: 'checkout' } }, template: template.podTemplate as never },
    });
  };
  return {
    kubernetes,
    registrar,
    cluster,
    putTemplate,
    removeTemplate: async () => kubernetes.remove('Deployment', shop.namespace, 'checkout'),
    takeImage: async (slot: 'blue' | 'green', manager: string) =>
      kubernetes.apply(
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: slotName(checkout, slot), ...shop },
          spec: { template: { spec: { containers: [{ name: 'app', image: OTHER_GOOD_IMAGE }] } } },
        },
        manager,
        { force: true },
      ),
    addVariable: async (slot: 'blue' | 'green', manager: string) =>
      kubernetes.apply(
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: slotName(checkout, slot), ...shop },
          spec: { template: { spec: { containers: [{ name: 'app', env: [{ name: 'DEBUG', value: '1' }] }] } } },
        },
        manager,
      ),
    putAutoscaler: async (slot: 'blue' | 'green', minimum: number) =>
      kubernetes.apply({
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: `scale-${slot}`, ...shop },
        spec: {
          minReplicas: minimum,
          maxReplicas: 20,
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: slotName(checkout, slot) },
        },
      }),
    putService: async () =>
      kubernetes.apply(
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'checkout', ...shop },
          spec: { selector: { app: 'checkout' }, ports: [{ port: 80 }] },
        },
        'team',
      ),
    serviceSelects: async () => {
      const services = kubernetes.list('Service', shop.namespace) as unknown as {
        metadata: { name: string };
        spec: { selector: Record<string, string> };
      }[];
      const selector = services.find(({ metadata }) => metadata.name === 'checkout')?.spec.selector;
      return (['blue', 'green'] as const).find(slot => isDeepStrictEqual(selector, slotLabels(checkout, slot)));
    },
    close: async () => {
      await cluster.close();
      await kubernetes.close();
    },
  };
}

describe('the Kubernetes adapter over TLS', () => {
  keepsClusterContract(openUnderTest);
  describe('keeps out', () =>
    keepsLateWritesOut(async () => {
      const under = await openUnderTest();
      return { ...under, env: under.kubernetes.env };
    }));
});

describe('the Kubernetes adapter in the lab', () => {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(one => one.close()));
  });
  async function open() {
    const under = await openUnderTest();
    opened.push(under);
    await under.putTemplate();
    return under;
  }

  it('registers the slot’s ready pods in the slot’s target group, and they see their copy of the ConfigMap', async () => {
    // Prepare
    const { cluster, registrar } = await open();
    const images = { app: GOOD_IMAGE };
    await cluster.writeSlot(
      checkout,
      'green',
      {
        revision: 'r1',
        images,
        template: await cluster.readTemplate(checkout),
      },
      1,
    );

    // Act
    await cluster.scaleSlot(checkout, 'green', 2, 1);

    // Assess
    await expect.poll(() => registrar.targets.get('tg-green')?.length, { timeout: 15_000 }).toBe(2);
    const [target] = registrar.targets.get('tg-green') ?? [];
    expect(await (await fetch(`http://${target}/`)).text()).toBe('hello');
    expect(registrar.targets.get('tg-blue')).toBeUndefined();
  });

  it('keeps a size that kubectl or an autoscaler set, until it sets one itself', async () => {
    // Prepare
    const { cluster, kubernetes } = await open();
    const content = { revision: 'r1', images: { app: GOOD_IMAGE }, template };
    await cluster.writeSlot(checkout, 'green', content, 1);
    await cluster.scaleSlot(checkout, 'green', 1, 1);
    kubernetes.patch(
      'Deployment',
      shop.namespace,
      'checkout-green',
      { spec: { replicas: 3 } },
      'kube-controller-manager',
    );

    // Act
    await cluster.writeSlot(checkout, 'green', { ...content, revision: 'r2' }, 1);

    // Assess
    expect(await cluster.readSlot(checkout, 'green')).toMatchObject({ revision: 'r2', desired: 3 });

    // Act: our own size takes over again
    await cluster.scaleSlot(checkout, 'green', 0, 1);

    // Assess
    expect(await cluster.readSlot(checkout, 'green')).toMatchObject({ desired: 0 });
  });

  it('hands the size over when an earlier write died between its steps', async () => {
    // Prepare: created with replicas 0 by sluice alone, as the first step does
    const { cluster, kubernetes } = await open();
    const labels = { 'sluice.dev/workload': 'checkout', 'sluice.dev/slot': 'green' };
    kubernetes.apply(
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'checkout-green', ...shop },
        spec: {
          replicas: 0,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: GOOD_IMAGE }] } },
        },
      },
      'sluice',
    );

    // Act
    await cluster.writeSlot(checkout, 'green', { revision: 'r1', images: { app: GOOD_IMAGE }, template }, 1);

    // Assess
    expect(await cluster.readSlot(checkout, 'green')).toMatchObject({ revision: 'r1', desired: 0 });
  });

  it('does not talk to a cluster whose certificate it cannot verify', async () => {
    // Prepare: an authority that did not sign the server's certificate
    const { kubernetes } = await open();
    const other = await makeCertificates();
    const caData = Buffer.from(other.ca).toString('base64');
    const cluster = await openKubernetesCluster({ ...kubernetes.env, CLUSTER_CA: caData });
    opened.push(cluster);

    // Act, Assess
    await expect(cluster.readSlot(checkout, 'green')).rejects.toMatchObject({
      name: 'ClusterUnreachableError',
      message: expect.stringMatching(/certificate/),
    });
  });

  it('is refused with a wrong token', async () => {
    // Prepare
    const { kubernetes } = await open();
    const cluster = await openKubernetesCluster({ ...kubernetes.env, CLUSTER_TOKEN: 'wrong' });
    opened.push(cluster);

    // Act, Assess
    await expect(cluster.readSlot(checkout, 'green')).rejects.toMatchObject({
      name: 'ClusterRefusedError',
      message: expect.stringContaining('401'),
    });
  });

  it('asks for a fresh token once when the kept one is refused', async () => {
    // Prepare
    const { kubernetes } = await open();
    const asked: boolean[] = [];
    const api = await kubernetesApi({
      endpoint: kubernetes.endpoint,
      caData: kubernetes.env.CLUSTER_CA,
      token: async fresh => {
        asked.push(fresh);
        return fresh ? kubernetes.env.CLUSTER_TOKEN : 'ended';
      },
    });
    opened.push(api);

    // Act
    const status = await kubernetesCluster(api).readTemplate(checkout);

    // Assess
    expect(status.containers).toEqual(['app']);
    expect(asked.slice(0, 2)).toEqual([false, true]);
  });

  it('gives up on a cluster that does not answer after a bounded number of tries', async () => {
    // Prepare
    const { kubernetes } = await open();
    const cluster = await openKubernetesCluster(kubernetes.env);
    opened.push(cluster);
    await kubernetes.close();

    // Act, Assess
    await expect(cluster.readTemplate(checkout)).rejects.toMatchObject({ name: 'ClusterUnreachableError' });
  });

  it('says that the cluster does not serve a kind of object, which is not the same as an object that is not there', async () => {
    // Prepare
    const { kubernetes } = await open();
    const { CLUSTER_CA: caData, CLUSTER_TOKEN } = kubernetes.env;
    const api = await kubernetesApi({ endpoint: kubernetes.endpoint, caData, token: async () => CLUSTER_TOKEN });
    opened.push(api);
    const path = `/apis/elbv2.k8s.aws/v9/namespaces/${shop.namespace}/targetgroupbindings/checkout-green`;

    // Act, Assess
    await expect(api.apply(path, {}, { manager: 'sluice', force: false })).rejects.toMatchObject({
      name: 'ClusterRefusedError',
      message: expect.stringMatching(/404 page not found .*is its CRD installed\?/),
    });
    expect(await api.get(path)).toBeUndefined();
  });

  it('refuses an address without TLS and an authority that is no base64', async () => {
    const ca = Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64');

    await expect(
      openKubernetesCluster({ CLUSTER_ENDPOINT: 'http://127.0.0.1:1', CLUSTER_CA: ca, CLUSTER_TOKEN: 't' }),
    ).rejects.toThrow(/CLUSTER_ENDPOINT/);
    await expect(
      openKubernetesCluster({ CLUSTER_ENDPOINT: 'https://127.0.0.1:1', CLUSTER_CA: '*', CLUSTER_TOKEN: 't' }),
    ).rejects.toThrow(/CLUSTER_CA/);
  });
});

import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SlotContent } from '../../../adapters/cluster/cluster.ts';
import { openKubernetesApi } from '../../../adapters/cluster/kubernetes-api.ts';
import type { OpenCluster } from '../../../adapters/cluster/kubernetes-cluster.ts';
import { openKubernetesCluster } from '../../../adapters/cluster/kubernetes-cluster.ts';
import type { Slot } from '../../../domain/dial.ts';
import { slotLabels, slotName } from '../../../domain/slot/slot-objects.ts';
import { makeCertificates } from '../../../lab/kubernetes/certificates.ts';
import { answersAsKubernetes } from '../../lab/kubernetes/same-as-kubernetes.ts';
import { startKubelet } from '../../support/kubelet.ts';
import type { Asker, JsonBody } from '../../support/kubernetes-ask.ts';
import { MERGE_PATCH, STRATEGIC_PATCH } from '../../support/kubernetes-ask.ts';
import { emptyNamespace } from '../../support/kubernetes-namespace.ts';
import { startKubernetes } from '../../support/kubernetes-server.ts';
import {
  BROKEN_IMAGE,
  checkout,
  GOOD_IMAGE,
  keepsClusterContract,
  OTHER_GOOD_IMAGE,
  template,
} from './cluster.contract.ts';

/*
 * The adapter, with the rights of examples/cluster-access.yaml and no others, on Kubernetes' own API server, RBAC,
 * admission and controllers. Pods are ready because a stand-in for the kubelet says so; nothing runs in them.
 */
const shop = { namespace: checkout.cluster.namespace };
const real = await startKubernetes([shop.namespace, 'elsewhere']);
const kubelet = real.kind === 'there' ? await startKubelet(real.admin, new Map([[BROKEN_IMAGE, 3]])) : undefined;
afterAll(async () => {
  try {
    await kubelet?.close();
  } finally {
    if (real.kind === 'there') await real.close();
  }
});
const kubernetes = () => {
  if (real.kind === 'absent') throw new Error(real.because);
  return real;
};
const where = real.kind === 'there' ? 'on a real Kubernetes' : `skipped: ${real.because}`;

async function openUnderTest() {
  const { admin, env } = kubernetes();
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
      await admin.must('DELETE', DEPLOYMENT('checkout'));
    },
    takeImage: async (slot: Slot, manager: string) => {
      const spec = { template: { spec: { containers: [{ name: 'app', image: OTHER_GOOD_IMAGE }] } } };
      const metadata = { name: slotName(checkout, slot), ...shop };
      await admin.apply({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec }, { manager, force: true });
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
      const { spec } = await admin.must('GET', `/api/v1/namespaces/${shop.namespace}/services/checkout`);
      return (['blue', 'green'] as const).find(slot => isDeepStrictEqual(spec.selector, slotLabels(checkout, slot)));
    },
    close: () => cluster.close(),
  };
}
const DEPLOYMENT = (name: string) => `/apis/apps/v1/namespaces/${shop.namespace}/deployments/${name}`;
const CORE = (plural: string) => `/api/v1/namespaces/${shop.namespace}/${plural}`;

describe.skipIf(real.kind === 'absent')(`the Kubernetes adapter ${where}`, () => {
  keepsClusterContract(openUnderTest);
});

describe.skipIf(real.kind === 'absent')(`what only Kubernetes itself can say of a slot, ${where}`, () => {
  let under: Awaited<ReturnType<typeof openUnderTest>>;
  let cluster: OpenCluster;
  let admin: Asker;
  const opened: { close(): Promise<void> }[] = [];
  beforeEach(async () => {
    under = await openUnderTest();
    ({ cluster } = under);
    ({ admin } = kubernetes());
    await under.putTemplate();
    opened.push(cluster);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(one => one.close()));
  });
  const contentOf = async (revision: string, images = { app: GOOD_IMAGE }): Promise<SlotContent> => ({
    revision,
    images,
    template: await cluster.readTemplate(checkout), // with all that the server filled in
  });
  const green = (): Promise<JsonBody> => admin.must('GET', DEPLOYMENT('checkout-green'));
  const untilGreen = () => expect.poll(() => cluster.readSlot(checkout, 'green'), { timeout: 15_000, interval: 50 });
  const sizeOwners = async () =>
    (await green()).metadata.managedFields
      .filter((entry: JsonBody) => entry.fieldsV1['f:spec']?.['f:replicas'] !== undefined)
      .map((entry: JsonBody) => entry.manager);
  const readyAddresses = async (service: string): Promise<string[]> => {
    const query = `labelSelector=kubernetes.io%2Fservice-name%3D${service}`;
    const path = `/apis/discovery.k8s.io/v1/namespaces/${shop.namespace}/endpointslices?${query}`;
    const { items } = await admin.must('GET', path);
    const endpoints = items.flatMap((slice: JsonBody) => slice.endpoints ?? []);
    return endpoints
      .filter((e: JsonBody) => e.conditions.ready)
      .flatMap((e: JsonBody) => e.addresses)
      .sort();
  };
  const podAddresses = async (slot: Slot): Promise<string[]> => {
    const labels = Object.entries(slotLabels(checkout, slot)).map(pair => pair.join('='));
    const { items } = await admin.must('GET', `${CORE('pods')}?labelSelector=${encodeURIComponent(labels.join(','))}`);
    return items.map((pod: JsonBody) => pod.status.podIP).sort();
  };

  it('restarts no pod when a slot is written again from the same template', async () => {
    // Prepare
    await cluster.writeSlot(checkout, 'green', await contentOf('r1'));
    await cluster.scaleSlot(checkout, 'green', 2);
    await untilGreen().toMatchObject({ ready: true, available: 2 });
    const { generation } = (await green()).metadata;
    const pods = await podAddresses('green');

    // Act
    await cluster.writeSlot(checkout, 'green', await contentOf('r1'));

    // Assess
    expect((await green()).metadata.generation).toBe(generation);
    expect(await cluster.readSlot(checkout, 'green')).toMatchObject({ ready: true, available: 2 });
    expect(await podAddresses('green')).toEqual(pods);
  });

  it('takes out of a slot what the template no longer has: a container, a variable, a label', async () => {
    // Prepare
    const first = await contentOf('r1');
    const podTemplate = structuredClone(first.template.podTemplate) as JsonBody;
    podTemplate.metadata.labels.tier = 'front';
    podTemplate.spec.containers[0].env.push({ name: 'OLD', value: '1' });
    podTemplate.spec.containers.push({ name: 'sidecar', image: OTHER_GOOD_IMAGE });
    await cluster.writeSlot(checkout, 'green', { ...first, template: { ...first.template, podTemplate } });
    expect((await green()).spec.template.spec.containers).toHaveLength(2);

    // Act
    await cluster.writeSlot(checkout, 'green', { ...first, revision: 'r2' });

    // Assess
    const { spec } = (await green()).spec.template;
    expect(spec.containers.map(({ name }: JsonBody) => name)).toEqual(['app']);
    expect(spec.containers[0].env.map(({ name }: JsonBody) => name)).toEqual(['GREETING']);
    expect((await green()).spec.template.metadata.labels).not.toHaveProperty('tier');
  });

  it('names each manager of a field that is not its own: of an edit by hand and of another apply', async () => {
    // Prepare
    await cluster.writeSlot(checkout, 'green', await contentOf('r1'));
    const containers = [{ name: 'app', image: OTHER_GOOD_IMAGE }];
    await admin.must('PATCH', `${DEPLOYMENT('checkout-green')}?fieldManager=kubectl-set`, {
      body: { spec: { template: { spec: { containers } } } },
      type: STRATEGIC_PATCH,
    });
    const metadata = { name: 'checkout-green', ...shop };
    await admin.apply(
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { minReadySeconds: 7 } },
      { manager: 'argocd-controller', force: true },
    );

    // Act, Assess
    await expect(cluster.writeSlot(checkout, 'green', await contentOf('r2'))).rejects.toMatchObject({
      name: 'FieldOwnedError',
      message: expect.stringMatching(
        /(?=.*\.spec\.minReadySeconds is owned by the field manager "argocd-controller")(?=.*containers\[name="app"\]\.image is owned by the field manager "kubectl-set")/,
      ),
    });
    expect(await cluster.readSlot(checkout, 'green')).toMatchObject({ revision: 'r1' });
  });

  it('hands the size to sluice-size alone, also after a write that died between its steps', async () => {
    // Act
    await cluster.writeSlot(checkout, 'green', await contentOf('r1'));

    // Assess
    expect(await sizeOwners()).toEqual(['sluice-size']);

    // Prepare: created with replicas 0 by sluice alone, as the first step does
    const labels = slotLabels(checkout, 'blue');
    const pods = { metadata: { labels }, spec: { containers: [{ name: 'app', image: GOOD_IMAGE }] } };
    const spec = { replicas: 0, selector: { matchLabels: labels }, template: pods };
    const metadata = { name: 'checkout-blue', ...shop };
    await admin.apply({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec }, { manager: 'sluice' });

    // Act
    await cluster.writeSlot(checkout, 'blue', await contentOf('r1'));

    // Assess
    expect(await cluster.readSlot(checkout, 'blue')).toMatchObject({ revision: 'r1', desired: 0 });
  });

  it('keeps a size that kubectl scale set, until it sets one itself', async () => {
    // Prepare
    await cluster.writeSlot(checkout, 'green', await contentOf('r1'));
    await cluster.scaleSlot(checkout, 'green', 1);
    const body = { spec: { replicas: 3 } };
    await admin.must('PATCH', `${DEPLOYMENT('checkout-green')}/scale?fieldManager=kubectl`, {
      body,
      type: MERGE_PATCH,
    });

    // Act
    await cluster.writeSlot(checkout, 'green', await contentOf('r2'));

    // Assess
    await untilGreen().toMatchObject({ revision: 'r2', desired: 3, available: 3, ready: true });

    // Act
    await cluster.scaleSlot(checkout, 'green', 1);

    // Assess
    await untilGreen().toMatchObject({ desired: 1, available: 1, ready: true });
    expect(await sizeOwners()).toEqual(['sluice-size']);
  });

  it('raises a slot with its autoscaler’s minimum, which the real autoscaler obeys, and writes it at that size', async () => {
    // Prepare
    await cluster.writeSlot(checkout, 'green', await contentOf('r1'));
    await cluster.scaleSlot(checkout, 'green', 1);
    await under.putAutoscaler('green', 1);

    // Act
    await cluster.setAutoscalerMinimum(checkout, 'green', 3);

    // Assess
    await untilGreen().toMatchObject({ desired: 3, available: 3, ready: true, autoscalerMinimum: 3 });

    // Act
    await cluster.writeSlot(checkout, 'green', await contentOf('r2'));

    // Assess
    await untilGreen().toMatchObject({ revision: 'r2', desired: 3, available: 3, ready: true, autoscalerMinimum: 3 });
  });

  it('sends the callers inside the cluster to the slot’s ready pods, and keeps the rest of the team’s Service', async () => {
    // Prepare
    const named = { ...checkout, service: 'checkout' };
    await under.putService();
    await cluster.writeSlot(checkout, 'green', await contentOf('r1'));
    await cluster.scaleSlot(checkout, 'green', 2);
    await untilGreen().toMatchObject({ ready: true, available: 2 });

    // Act
    await cluster.pointService(named, 'green');

    // Assess
    const addresses = await podAddresses('green');
    expect(addresses).toHaveLength(2);
    await expect.poll(() => readyAddresses('checkout'), { timeout: 15_000 }).toEqual(addresses);
    await expect.poll(() => readyAddresses('checkout-green'), { timeout: 15_000 }).toEqual(addresses);
    const { spec } = await admin.must('GET', `${CORE('services')}/checkout`);
    expect(spec).toMatchObject({ selector: slotLabels(checkout, 'green'), ports: [{ port: 80, targetPort: 8080 }] });
  });

  it('copies ConfigMaps by content: written twice they stay, another content is another copy', async () => {
    // Prepare: text and bytes, by every way in which pods refer to them
    const metadata = { name: 'settings', ...shop };
    const settings = (greeting: string) =>
      admin.apply({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata,
        data: { greeting },
        binaryData: { icon: Buffer.from([0, 255, 7]).toString('base64') },
      });
    await settings('hello');
    const spec = {
      volumes: [{ name: 'files', configMap: { name: 'settings' } }],
      containers: [
        {
          name: 'app',
          envFrom: [{ configMapRef: { name: 'settings' } }],
          volumeMounts: [{ name: 'files', mountPath: '/etc/settings' }],
        },
      ],
    };
    await admin.must('PATCH', `${DEPLOYMENT('checkout')}?fieldManager=kubectl-edit`, {
      body: { spec: { template: { spec } } },
      type: STRATEGIC_PATCH,
    });
    const copies = async (): Promise<JsonBody[]> => {
      const { items } = await admin.must('GET', CORE('configmaps'));
      return items.filter((item: JsonBody) => item.metadata.annotations?.['sluice.dev/copy-of'] === 'settings');
    };
    const referred = async (): Promise<string[]> => {
      const pods = (await green()).spec.template.spec;
      const [app] = pods.containers;
      return [
        app.env[0].valueFrom.configMapKeyRef.name,
        app.envFrom[0].configMapRef.name,
        pods.volumes[0].configMap.name,
      ];
    };

    // Act
    await cluster.writeSlot(checkout, 'green', await contentOf('r1'));
    await cluster.writeSlot(checkout, 'green', await contentOf('r1'));

    // Assess
    const [first, ...more] = await copies();
    expect(more).toEqual([]);
    expect(first).toMatchObject({ immutable: true, data: { greeting: 'hello' }, binaryData: { icon: 'AP8H' } });
    expect(await referred()).toEqual([first.metadata.name, first.metadata.name, first.metadata.name]);

    // Act
    await settings('good evening');
    await cluster.writeSlot(checkout, 'green', await contentOf('r2'));

    // Assess
    const second = (await copies()).find(({ data }) => data.greeting === 'good evening');
    expect(await copies()).toHaveLength(2);
    expect(await referred()).toEqual([second.metadata.name, second.metadata.name, second.metadata.name]);
  });

  it('says that no pod can be created where admission forbids it, in the words of the cluster', async () => {
    // Prepare
    const restrict = (level: string | null) =>
      admin.must('PATCH', `/api/v1/namespaces/${shop.namespace}`, {
        body: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': level } } },
        type: MERGE_PATCH,
      });
    await cluster.writeSlot(checkout, 'green', await contentOf('r1'));
    await restrict('restricted');
    try {
      // Act
      await cluster.scaleSlot(checkout, 'green', 1);

      // Assess
      await untilGreen().toMatchObject({
        ready: false,
        problem: expect.stringMatching(/pods cannot be created: .*violates PodSecurity "restricted/),
      });
    } finally {
      await restrict(null);
    }
  });

  it('has no deadline for a slot that is scaled up from nothing: the plan’s own is what counts', async () => {
    // Prepare: without replicas the Deployment is complete
    await cluster.writeSlot(checkout, 'green', await contentOf('r1', { app: BROKEN_IMAGE }));
    const conditionOf = async (type: string) =>
      (await green()).status?.conditions?.find((c: JsonBody) => c.type === type);
    const complete = { status: 'True', reason: 'NewReplicaSetAvailable' };
    await expect.poll(() => conditionOf('Progressing')).toMatchObject(complete);

    // Act
    await cluster.scaleSlot(checkout, 'green', 1);

    // Assess
    await expect.poll(() => conditionOf('Available')).toMatchObject({ status: 'False' });
    expect(await conditionOf('Progressing')).toMatchObject(complete);
  });

  it('says that a new revision exceeded its progress deadline where pods of the last one run', async () => {
    // Prepare
    await cluster.writeSlot(checkout, 'green', await contentOf('r1'));
    await cluster.scaleSlot(checkout, 'green', 1);
    await untilGreen().toMatchObject({ ready: true, available: 1 });
    const { template: read, ...content } = await contentOf('r2', { app: BROKEN_IMAGE });

    // Act
    await cluster.writeSlot(checkout, 'green', { ...content, template: { ...read, progressDeadlineSeconds: 1 } });

    // Assess
    await untilGreen().toMatchObject({
      ready: false,
      problem: expect.stringMatching(/CrashLoopBackOff.*the Deployment exceeded its progress deadline/),
    });
  });

  it('is refused a slot that is no valid Deployment, and says which field of it', async () => {
    // Prepare
    const content = await contentOf('r1');
    const podTemplate = structuredClone(content.template.podTemplate) as JsonBody;
    podTemplate.spec.containers[0].volumeMounts = [{ name: 'nowhere', mountPath: '/data' }];

    // Act, Assess
    await expect(
      cluster.writeSlot(checkout, 'green', { ...content, template: { ...content.template, podTemplate } }),
    ).rejects.toMatchObject({
      name: 'ClusterRefusedError',
      message: expect.stringMatching(/422.*volumeMounts\[0\]\.name: Not found: "nowhere"/),
    });
  });

  it('is written from a template with a variable twice, which an apply cannot hold, and is refused with a port twice', async () => {
    // Prepare: `kubectl apply` without --server-side and Helm make such Deployments
    const manifest = await admin.must('GET', DEPLOYMENT('checkout'));
    const twice = (more: JsonBody): JsonBody => {
      const copy = structuredClone(manifest);
      Object.assign(copy.spec.template.spec.containers[0], more);
      return admin.must('PUT', `${DEPLOYMENT('checkout')}?fieldManager=helm`, {
        body: { ...copy, metadata: { name: 'checkout', ...shop } },
      });
    };
    const env = (...values: string[]) => values.map(value => ({ name: 'MODE', value }));
    await twice({ env: env('first', 'second') });

    // Act
    await cluster.writeSlot(checkout, 'green', await contentOf('r1'));

    // Assess
    expect((await green()).spec.template.spec.containers[0].env).toEqual(env('second'));

    // Prepare
    const port = { containerPort: 8080, protocol: 'TCP' };
    await twice({
      ports: [
        { ...port, name: 'http' },
        { ...port, name: 'metrics' },
      ],
    });

    // Act, Assess: 500 is how the server says so, and asking again does not help
    await expect(cluster.writeSlot(checkout, 'green', await contentOf('r2'))).rejects.toMatchObject({
      name: 'ClusterRefusedError',
      message: expect.stringMatching(/containers\[name="app"\]\.ports: duplicate entries for key/),
    });
  });

  it('says that the cluster does not serve a kind of object', async () => {
    // Prepare
    const { CLUSTER_ENDPOINT: endpoint, CLUSTER_CA: caData, CLUSTER_TOKEN } = kubernetes().env;
    const api = await openKubernetesApi({ endpoint, caData, token: async () => CLUSTER_TOKEN });
    opened.push(api);
    const path = `/apis/elbv2.k8s.aws/v9/namespaces/${shop.namespace}/targetgroupbindings/checkout-green`;

    // Act, Assess
    await expect(api.apply(path, {}, { manager: 'sluice', force: false })).rejects.toMatchObject({
      name: 'ClusterRefusedError',
      message: expect.stringMatching(/404 page not found .*is its CRD installed\?/),
    });
  });

  it('may do nothing outside of its namespace', async () => {
    // Prepare
    const away = { ...checkout, cluster: { ...checkout.cluster, namespace: 'elsewhere' } };
    const refusal = { name: 'ClusterRefusedError', message: expect.stringMatching(/403.*"sluice-functions" cannot/) };

    // Act, Assess
    await expect(cluster.readTemplate(away)).rejects.toMatchObject(refusal);
    await expect(cluster.readSlot(away, 'green')).rejects.toMatchObject(refusal);
    await expect(cluster.writeSlot(away, 'green', await contentOf('r1'))).rejects.toMatchObject(refusal);
  });

  it.each([
    ['GET', CORE('secrets')],
    ['GET', CORE('pods/any/log')],
    ['POST', CORE('pods')],
    ['POST', CORE('pods/any/exec?command=sh')],
    ['DELETE', CORE('configmaps/settings')],
    ['POST', CORE('serviceaccounts/default/token')],
    ['DELETE', DEPLOYMENT('checkout')],
    ['GET', `/apis/rbac.authorization.k8s.io/v1/namespaces/${shop.namespace}/roles`],
    ['GET', '/api/v1/namespaces'],
    ['GET', '/api/v1/nodes'],
  ])('has no right to %s %s', async (method, path) => {
    expect(await kubernetes().sluice.ask(method, path)).toMatchObject({
      code: 403,
      body: { reason: 'Forbidden' },
    });
  });

  it('does not talk to it where another authority signed its certificate, and is refused with a wrong token', async () => {
    // Prepare
    const { env } = kubernetes();
    const other = Buffer.from((await makeCertificates()).ca).toString('base64');
    const untrusting = await openKubernetesCluster({ ...env, CLUSTER_CA: other });
    const unknown = await openKubernetesCluster({ ...env, CLUSTER_TOKEN: 'wrong' });
    opened.push(untrusting, unknown);

    // Act, Assess
    await expect(untrusting.readSlot(checkout, 'green')).rejects.toMatchObject({
      name: 'ClusterUnreachableError',
      message: expect.stringMatching(/certificate/),
    });
    await expect(unknown.readSlot(checkout, 'green')).rejects.toMatchObject({
      name: 'ClusterRefusedError',
      message: expect.stringContaining('401'),
    });
  });
});

describe.skipIf(real.kind === 'absent')(`the lab’s Kubernetes beside it, ${where}`, () => {
  answersAsKubernetes(() => kubernetes().admin, shop.namespace);
});

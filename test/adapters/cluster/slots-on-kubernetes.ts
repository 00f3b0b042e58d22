import { expect, it } from 'vitest';
import { openKubernetesCluster } from '../../../adapters/cluster/kubernetes-cluster.ts';
import { slotLabels } from '../../../domain/slot/slot-labels.ts';
import { teamServiceProblem } from '../../../domain/slot/team-service.ts';
import type { JsonBody } from '../../support/kubernetes-ask.ts';
import { MERGE_PATCH, STRATEGIC_PATCH } from '../../support/kubernetes-ask.ts';
import type { RealKubernetes } from '../../support/kubernetes-server.ts';
import { BROKEN_IMAGE, checkout, GOOD_IMAGE, OTHER_GOOD_IMAGE } from './cluster.contract.ts';
import { corePath, deploymentPath, shop, withRealCluster } from './real-cluster.ts';

/** What Kubernetes itself makes of a slot: its server-side apply, its controllers, its admission. */
export function slotsOnKubernetes(real: () => RealKubernetes): void {
  const { under, cluster, admin, opened, contentOf, green, untilGreen, readyAddresses, podAddresses } =
    withRealCluster(real);

  it('restarts no pod when a slot is written again from the same template', async () => {
    // Prepare
    await cluster().writeSlot(checkout, 'green', await contentOf('r1'), 1);
    await cluster().scaleSlot(checkout, 'green', 2, 1);
    await untilGreen().toMatchObject({ ready: true, available: 2 });
    const { generation } = (await green()).metadata;
    const pods = await podAddresses('green');

    // Act
    await cluster().writeSlot(checkout, 'green', await contentOf('r1'), 1);

    // Assess
    expect((await green()).metadata.generation).toBe(generation);
    expect(await cluster().readSlot(checkout, 'green')).toMatchObject({ ready: true, available: 2 });
    expect(await podAddresses('green')).toEqual(pods);
  });

  it('takes out of a slot what the template no longer has: a container, a variable, a label', async () => {
    // Prepare
    const first = await contentOf('r1');
    const podTemplate = structuredClone(first.template.podTemplate) as JsonBody;
    podTemplate.metadata.labels.tier = 'front';
    podTemplate.spec.containers[0].env.push({ name: 'OLD', value: '1' });
    podTemplate.spec.containers.push({ name: 'sidecar', image: OTHER_GOOD_IMAGE });
    await cluster().writeSlot(checkout, 'green', { ...first, template: { ...first.template, podTemplate } }, 1);
    expect((await green()).spec.template.spec.containers).toHaveLength(2);

    // Act
    await cluster().writeSlot(checkout, 'green', { ...first, revision: 'r2' }, 1);

    // Assess
    const { spec } = (await green()).spec.template;
    expect(spec.containers.map(({ name }: JsonBody) => name)).toEqual(['app']);
    expect(spec.containers[0].env.map(({ name }: JsonBody) => name)).toEqual(['GREETING']);
    expect((await green()).spec.template.metadata.labels).not.toHaveProperty('tier');
  });

  it('names each manager of a field that is not its own: of an edit by hand and of another apply', async () => {
    // Prepare
    await cluster().writeSlot(checkout, 'green', await contentOf('r1'), 1);
    const containers = [{ name: 'app', image: OTHER_GOOD_IMAGE }];
    await admin().must('PATCH', `${deploymentPath('checkout-green')}?fieldManager=kubectl-set`, {
      body: { spec: { template: { spec: { containers } } } },
      type: STRATEGIC_PATCH,
    });
    const metadata = { name: 'checkout-green', ...shop };
    await admin().apply(
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { minReadySeconds: 7 } },
      { manager: 'argocd-controller', force: true },
    );

    // Act, Assess
    await expect(cluster().writeSlot(checkout, 'green', await contentOf('r2'), 1)).rejects.toMatchObject({
      name: 'FieldOwnedError',
      message: expect.stringMatching(
        /(?=.*\.spec\.minReadySeconds is owned by the field manager "argocd-controller")(?=.*containers\[name="app"\]\.image is owned by the field manager "kubectl-set")/,
      ),
    });
    expect(await cluster().readSlot(checkout, 'green')).toMatchObject({ revision: 'r1' });
  });

  it('names all that others put under the pod template, and nothing that does not change the pods', async () => {
    // Prepare: a restart, a scale and an image that is the same one are no additions
    await cluster().writeSlot(checkout, 'green', await contentOf('r1'), 1);
    const edit = (manager: string, body: JsonBody) =>
      admin().must('PATCH', `${deploymentPath('checkout-green')}?fieldManager=${manager}`, {
        body,
        type: STRATEGIC_PATCH,
      });
    const template = (spec: JsonBody, metadata: JsonBody = {}) => ({ spec: { template: { metadata, spec } } });
    const at = { 'kubectl.kubernetes.io/restartedAt': '2026-11-29T12:00:00Z' };
    await edit('kubectl-rollout', template({}, { annotations: at }));
    await edit('kubectl-scale', { spec: { replicas: 1 } });
    await edit('kubectl-set', template({ containers: [{ name: 'app', image: GOOD_IMAGE }] }));
    await cluster().writeSlot(checkout, 'green', await contentOf('r2'), 1);
    expect(await cluster().readSlot(checkout, 'green')).not.toHaveProperty('added');

    // Act
    await edit('mesh', template({ containers: [{ name: 'proxy', image: OTHER_GOOD_IMAGE }] }));
    await edit('scheduler', template({ nodeSelector: { disk: 'fast' } }));
    await edit('reloader', template({}, { annotations: { 'reloader.example/at': 'now' } }));

    // Assess
    const { added } = await cluster().readSlot(checkout, 'green');
    expect(added?.split('; ').sort()).toEqual([
      '.spec.template.metadata.annotations["reloader.example/at"] is of the field manager "reloader"',
      '.spec.template.spec.containers[name="proxy"] is of the field manager "mesh"',
      '.spec.template.spec.nodeSelector is of the field manager "scheduler"',
    ]);
    await expect(cluster().writeSlot(checkout, 'green', await contentOf('r3'), 1)).rejects.toMatchObject({
      name: 'FieldOwnedError',
      message: expect.stringContaining('containers[name="proxy"] is of the field manager "mesh"'),
    });
  });

  /** Green is ready, and the team's Service is the team's still. */
  async function readyBehindTheService() {
    await under().putService();
    await cluster().writeSlot(checkout, 'green', await contentOf('r1'), 1);
    await cluster().scaleSlot(checkout, 'green', 2, 1);
    await untilGreen().toMatchObject({ ready: true, available: 2 });
    return { ...checkout, service: 'checkout' };
  }

  it('sends the callers inside the cluster to the slot’s ready pods, and keeps the rest of the team’s Service', async () => {
    // Prepare
    const named = await readyBehindTheService();

    // Act
    await cluster().pointService(named, 'green', 1);

    // Assess
    const addresses = await podAddresses('green');
    expect(addresses).toHaveLength(2);
    await expect.poll(() => readyAddresses('checkout'), { timeout: 15_000 }).toEqual(addresses);
    await expect.poll(() => readyAddresses('checkout-green'), { timeout: 15_000 }).toEqual(addresses);
    const { spec } = await admin().must('GET', `${corePath('services')}/checkout`);
    expect(spec.selector).toEqual(slotLabels(checkout, 'green'));
    expect(spec.ports).toMatchObject([{ port: 80, targetPort: 8080 }]);
  });

  it('takes a selector back that another tool has merged with its own, and its callers are answered again', async () => {
    // Prepare: as `kubectl apply` of the team's file does it, which knows nothing of the slot's keys
    const named = await readyBehindTheService();
    await cluster().pointService(named, 'green', 1);
    const addresses = await podAddresses('green');
    await expect.poll(() => readyAddresses('checkout'), { timeout: 15_000 }).toEqual(addresses);
    const service = `${corePath('services')}/checkout`;
    await admin().must('PATCH', `${service}?fieldManager=kubectl-client-side-apply`, {
      body: { spec: { selector: { team: 'checkout' } } },
      type: STRATEGIC_PATCH,
    });
    await expect.poll(() => readyAddresses('checkout'), { timeout: 15_000 }).toEqual([]);

    // Assess: found by its selector, with the rights of those that read
    const reader = await openKubernetesCluster(real().readersEnv);
    opened.push(reader);
    const found = async () => {
      const [selector, green] = await Promise.all([reader.readService(named), reader.readSlot(named, 'green')]);
      return teamServiceProblem(named, 'green', { selector, slots: { blue: undefined, green: green.podLabels } });
    };
    expect(await found()).toMatch(/^Service checkout \(.*team=checkout.*\) selects no pod of green.*--slot green$/);

    // Act
    await cluster().pointService(named, 'green', 1);

    // Assess
    expect(await found()).toBeUndefined();
    expect((await admin().must('GET', service)).spec.selector).toEqual(slotLabels(checkout, 'green'));
    await expect.poll(() => readyAddresses('checkout'), { timeout: 15_000 }).toEqual(addresses);
  });

  it('copies ConfigMaps by content: written twice they stay, another content is another copy', async () => {
    // Prepare: text and bytes, by every way in which pods refer to them
    const metadata = { name: 'settings', ...shop };
    const settings = (greeting: string) =>
      admin().apply({
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
    await admin().must('PATCH', `${deploymentPath('checkout')}?fieldManager=kubectl-edit`, {
      body: { spec: { template: { spec } } },
      type: STRATEGIC_PATCH,
    });
    const copies = async (): Promise<JsonBody[]> => {
      const { items } = await admin().must('GET', corePath('configmaps'));
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
    await cluster().writeSlot(checkout, 'green', await contentOf('r1'), 1);
    await cluster().writeSlot(checkout, 'green', await contentOf('r1'), 1);

    // Assess
    const [first, ...more] = await copies();
    expect(more).toEqual([]);
    expect(first).toMatchObject({ immutable: true, data: { greeting: 'hello' }, binaryData: { icon: 'AP8H' } });
    expect(await referred()).toEqual([first.metadata.name, first.metadata.name, first.metadata.name]);

    // Act
    await settings('good evening');
    await cluster().writeSlot(checkout, 'green', await contentOf('r2'), 1);

    // Assess
    const second = (await copies()).find(({ data }) => data.greeting === 'good evening');
    expect(await copies()).toHaveLength(2);
    expect(await referred()).toEqual([second.metadata.name, second.metadata.name, second.metadata.name]);
  });

  it('says that no pod can be created where admission forbids it, in the words of the cluster', async () => {
    // Prepare
    const restrict = (level: string | null) =>
      admin().must('PATCH', `/api/v1/namespaces/${shop.namespace}`, {
        body: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': level } } },
        type: MERGE_PATCH,
      });
    await cluster().writeSlot(checkout, 'green', await contentOf('r1'), 1);
    await restrict('restricted');
    try {
      // Act
      await cluster().scaleSlot(checkout, 'green', 1, 1);

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
    await cluster().writeSlot(checkout, 'green', await contentOf('r1', { app: BROKEN_IMAGE }), 1);
    const conditionOf = async (type: string) =>
      (await green()).status?.conditions?.find((c: JsonBody) => c.type === type);
    const complete = { status: 'True', reason: 'NewReplicaSetAvailable' };
    await expect.poll(() => conditionOf('Progressing')).toMatchObject(complete);

    // Act
    await cluster().scaleSlot(checkout, 'green', 1, 1);

    // Assess
    await expect.poll(() => conditionOf('Available')).toMatchObject({ status: 'False' });
    expect(await conditionOf('Progressing')).toMatchObject(complete);
  });

  it('says that a new revision exceeded its progress deadline where pods of the last one run', async () => {
    // Prepare
    await cluster().writeSlot(checkout, 'green', await contentOf('r1'), 1);
    await cluster().scaleSlot(checkout, 'green', 1, 1);
    await untilGreen().toMatchObject({ ready: true, available: 1 });
    const { template: read, ...content } = await contentOf('r2', { app: BROKEN_IMAGE });

    // Act
    await cluster().writeSlot(checkout, 'green', { ...content, template: { ...read, progressDeadlineSeconds: 1 } }, 1);

    // Assess
    await untilGreen().toMatchObject({
      ready: false,
      problem: expect.stringMatching(/CrashLoopBackOff.*the Deployment exceeded its progress deadline/),
    });
  });

  it('takes over how the template is rolled and how many revisions it keeps, and another way later', async () => {
    // Prepare: as a slot of before was written, for which the server has filled in the strategy
    const { template: read, ...content } = await contentOf('r1');
    const { strategy: _, revisionHistoryLimit: __, ...before } = read;
    await cluster().writeSlot(checkout, 'green', { ...content, template: before }, 1);
    const rolled = { type: 'RollingUpdate', rollingUpdate: { maxSurge: '100%', maxUnavailable: 0 } };
    const edit = async (spec: JsonBody) => {
      await admin().must('PATCH', deploymentPath('checkout'), { body: { spec }, type: MERGE_PATCH });
      await cluster().writeSlot(checkout, 'green', await contentOf('r1'), 1);
      return (await green()).spec;
    };

    // Act, Assess
    expect(await edit({ strategy: { type: 'Recreate', rollingUpdate: null } })).toMatchObject({
      strategy: { type: 'Recreate' },
      revisionHistoryLimit: 10,
    });
    expect(await edit({ strategy: rolled, revisionHistoryLimit: 0 })).toMatchObject({
      strategy: rolled,
      revisionHistoryLimit: 0,
    });
    expect((await edit({ strategy: { type: 'Recreate', rollingUpdate: null } })).strategy).toEqual({
      type: 'Recreate',
    });
  });
}

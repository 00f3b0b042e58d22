import { expect, it } from 'vitest';
import { openKubernetesCluster } from '../../../adapters/cluster/kubernetes-cluster.ts';
import { selectionProblems } from '../../../domain/slot/selected-pods.ts';
import { slotLabels } from '../../../domain/slot/slot-labels.ts';
import type { ApplyObject, JsonBody } from '../../support/kubernetes-ask.ts';
import type { RealKubernetes } from '../../support/kubernetes-server.ts';
import { checkout } from './cluster.contract.ts';
import { corePath, deploymentPath, shop, withRealCluster } from './real-cluster.ts';

/** Who selects which pods, as Kubernetes itself works it out. */
export function selectorsOnKubernetes(real: () => RealKubernetes): void {
  const { under, cluster, admin, contentOf, untilGreen, readyAddresses, podAddresses } = withRealCluster(real);
  const named = { ...checkout, service: 'checkout' };
  const ownAddresses = async (): Promise<string[]> => {
    const path = `${corePath('pods')}?labelSelector=app%3Dcheckout`;
    return (await admin().must('GET', path)).items.map((pod: JsonBody) => pod.status.podIP).sort();
  };
  const callersFind = () => expect.poll(() => readyAddresses('checkout'), { timeout: 15_000, interval: 50 });

  it('adoption never leaves the team’s Service without endpoints, nor gives it those of two versions', async () => {
    // Prepare: as the service is before anybody adopts it
    await under().putService();
    await callersFind().toHaveLength(2);
    const own = await ownAddresses();

    // Act: the first release fills a slot
    await cluster().writeSlot(named, 'green', await contentOf('r1'), 1);
    await cluster().scaleSlot(named, 'green', 2, 1);
    await untilGreen().toMatchObject({ ready: true, available: 2 });
    const slot = await podAddresses('green');

    // Assess: callers stay where they were
    expect(await ownAddresses()).toEqual(own);
    await expect.poll(() => readyAddresses('checkout-green'), { timeout: 15_000 }).toEqual(slot);
    expect(await readyAddresses('checkout')).toEqual(own);

    // Act: its promotion points the Service, with the Deployment's pods still there
    await cluster().pointService(named, 'green', 2);
    await callersFind().toEqual(slot);
    expect(await ownAddresses()).toEqual(own);

    // Act: then the Deployment is the template
    await admin().must('PATCH', deploymentPath('checkout'), {
      body: { spec: { replicas: 0 } },
      type: 'application/merge-patch+json',
    });
    await expect.poll(ownAddresses, { timeout: 15_000 }).toEqual([]);

    // Assess
    expect(await readyAddresses('checkout')).toEqual(slot);
  });

  it('reads what selects pods with the rights that it has, and finds what would bring requests past the dial', async () => {
    // Prepare
    const put = (apiVersion: string, kind: string, name: string, spec: object) =>
      admin().apply({ apiVersion, kind, metadata: { name, ...shop }, spec } as ApplyObject);
    const app = { matchLabels: { app: 'checkout' } };
    const ports = [{ port: 80 }];
    await put('v1', 'Service', 'stray', { selector: { 'sluice.dev/workload': 'checkout' }, ports });
    await put('v1', 'Service', 'outside', { type: 'ExternalName', externalName: 'example.com' });
    await put('networking.k8s.io/v1', 'NetworkPolicy', 'checkout', { podSelector: app, policyTypes: ['Ingress'] });
    await put('policy/v1', 'PodDisruptionBudget', 'checkout', { selector: app, maxUnavailable: 1 });
    const reader = await openKubernetesCluster(real().readersEnv);
    try {
      // Act
      const found = await reader.readSelectors(checkout);

      // Assess
      const slots = { blue: slotLabels(checkout, 'blue'), green: slotLabels(checkout, 'green') };
      const pods = { workload: checkout, canary: 'green' as const, slots, template: { app: 'checkout' } };
      expect(selectionProblems(pods, found)).toEqual([
        expect.stringMatching(/^Service stray \(sluice\.dev\/workload=checkout\) selects pods of blue/),
        expect.stringMatching(/^NetworkPolicy checkout \(app=checkout\) is for pods of checkout and misses/),
        expect.stringMatching(/^PodDisruptionBudget checkout \(app=checkout\) is for pods of checkout and misses/),
      ]);
      expect(found.services.map(({ name }) => name)).not.toContain('outside');
      expect(found.deployments).toEqual([{ name: 'checkout', selector: app }]);
    } finally {
      await reader.close();
      await admin().must('DELETE', `/apis/networking.k8s.io/v1/namespaces/${shop.namespace}/networkpolicies/checkout`);
      await admin().must('DELETE', `/apis/policy/v1/namespaces/${shop.namespace}/poddisruptionbudgets/checkout`);
    }
  });
}

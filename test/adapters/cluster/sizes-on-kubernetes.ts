import { expect, it } from 'vitest';
import { slotLabels } from '../../../domain/slot/slot-labels.ts';
import { MERGE_PATCH } from '../../support/kubernetes-ask.ts';
import type { RealKubernetes } from '../../support/kubernetes-server.ts';
import { checkout, GOOD_IMAGE } from './cluster.contract.ts';
import { deploymentPath, shop, withRealCluster } from './real-cluster.ts';

/** Who has the size of a slot: Sluice, people, an autoscaler. */
export function sizesOnKubernetes(real: () => RealKubernetes): void {
  const { under, cluster, admin, contentOf, untilGreen, sizeOwners } = withRealCluster(real);

  it('hands the size to sluice-size alone, also after a write that died between its steps', async () => {
    // Act
    await cluster().writeSlot(checkout, 'green', await contentOf('r1'), 1);

    // Assess
    expect(await sizeOwners()).toEqual(['sluice-size']);

    // Prepare: created with replicas 0 by sluice alone, as the first step does
    const labels = slotLabels(checkout, 'blue');
    const pods = { metadata: { labels }, spec: { containers: [{ name: 'app', image: GOOD_IMAGE }] } };
    const spec = { replicas: 0, selector: { matchLabels: labels }, template: pods };
    const metadata = { name: 'checkout-blue', ...shop };
    await admin().apply({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec }, { manager: 'sluice' });

    // Act
    await cluster().writeSlot(checkout, 'blue', await contentOf('r1'), 1);

    // Assess
    expect(await cluster().readSlot(checkout, 'blue')).toMatchObject({ revision: 'r1', desired: 0 });
  });

  it('keeps a size that kubectl scale set, until it sets one itself', async () => {
    // Prepare
    await cluster().writeSlot(checkout, 'green', await contentOf('r1'), 1);
    await cluster().scaleSlot(checkout, 'green', 1, 1);
    const body = { spec: { replicas: 3 } };
    await admin().must('PATCH', `${deploymentPath('checkout-green')}/scale?fieldManager=kubectl`, {
      body,
      type: MERGE_PATCH,
    });

    // Act
    await cluster().writeSlot(checkout, 'green', await contentOf('r2'), 1);

    // Assess
    await untilGreen().toMatchObject({ revision: 'r2', desired: 3, available: 3, ready: true });

    // Act
    await cluster().scaleSlot(checkout, 'green', 1, 1);

    // Assess
    await untilGreen().toMatchObject({ desired: 1, available: 1, ready: true });
    expect(await sizeOwners()).toEqual(['sluice-size']);
  });

  it('raises a slot with its autoscaler’s minimum, which the real autoscaler obeys, and writes it at that size', async () => {
    // Prepare
    await cluster().writeSlot(checkout, 'green', await contentOf('r1'), 1);
    await cluster().scaleSlot(checkout, 'green', 1, 1);
    await under().putAutoscaler('green', 1);

    // Act
    await cluster().setAutoscalerMinimum(checkout, 'green', 3, 1);

    // Assess
    await untilGreen().toMatchObject({ desired: 3, available: 3, ready: true, autoscalerMinimum: 3 });

    // Act
    await cluster().writeSlot(checkout, 'green', await contentOf('r2'), 1);

    // Assess
    await untilGreen().toMatchObject({ revision: 'r2', desired: 3, available: 3, ready: true, autoscalerMinimum: 3 });
  });
}

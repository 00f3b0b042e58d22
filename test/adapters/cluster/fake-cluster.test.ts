import { describe, expect, it } from 'vitest';
import { fakeCluster } from '../../../adapters/cluster/fake-cluster.ts';
import { BROKEN_IMAGE, checkout, keepsClusterContract, template } from './cluster.contract.ts';

describe('the fake cluster', () => {
  keepsClusterContract(async () => {
    const cluster = fakeCluster();
    cluster.breakImage(BROKEN_IMAGE, 'container app: CrashLoopBackOff, last exit code 3');
    return {
      cluster,
      putTemplate: async () => cluster.putTemplate(checkout, template),
      removeTemplate: async () => cluster.removeTemplate(checkout),
      takeImage: async (slot, manager) =>
        cluster.own(checkout, slot, manager, '.spec.template.spec.containers[name="app"].image'),
      addVariable: async (slot, manager) =>
        cluster.add(checkout, slot, manager, '.spec.template.spec.containers[name="app"].env[name="DEBUG"]'),
      putAutoscaler: async (slot, minimum) => cluster.putAutoscaler(checkout, slot, minimum, 20),
      putService: async () => cluster.putService(checkout, 'checkout'),
      serviceSelects: async () => cluster.pointsAt(checkout, 'checkout'),
      close: async () => undefined,
    };
  });

  it('does not answer while it is unreachable', async () => {
    // Prepare
    const cluster = fakeCluster();
    cluster.setReachable(false);

    // Act, Assess
    await expect(cluster.readSlot(checkout, 'blue')).rejects.toMatchObject({ name: 'ClusterUnreachableError' });
  });
});

import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Cluster, SlotContent } from '../../../adapters/cluster/cluster.ts';
import type { KubernetesApi } from '../../../adapters/cluster/kubernetes-api.ts';
import { kubernetesApi } from '../../../adapters/cluster/kubernetes-api.ts';
import { kubernetesCluster } from '../../../adapters/cluster/kubernetes-cluster.ts';
import { type ClusterUnderTest, checkout, GOOD_IMAGE, OTHER_GOOD_IMAGE } from './cluster.contract.ts';

interface Connection {
  CLUSTER_ENDPOINT: string;
  CLUSTER_CA: string;
  CLUSTER_TOKEN: string;
}

/** What the API server itself has to do for the fence: a write that was sent before a newer one, and arrives after it. */
export function keepsLateWritesOut(open: () => Promise<ClusterUnderTest & { env: Connection }>): void {
  let under: ClusterUnderTest;
  let api: KubernetesApi;
  beforeEach(async () => {
    const opened = await open();
    under = opened;
    const { CLUSTER_ENDPOINT: endpoint, CLUSTER_CA: caData, CLUSTER_TOKEN } = opened.env;
    api = await kubernetesApi({ endpoint, caData, token: async () => CLUSTER_TOKEN });
    await under.putTemplate();
  });
  afterEach(async () => {
    await api.close();
    await under.close();
  });

  const contentOf = async (revision: string, image: string): Promise<SlotContent> => {
    return { revision, images: { app: image }, template: await under.cluster.readTemplate(checkout) };
  };
  /** A cluster whose nth write reaches the API server only after `first` is done. */
  const late = (nth: number, first: () => Promise<void>): Cluster => {
    let writes = 0;
    const then = async () => {
      writes += 1;
      if (writes === nth) await first();
    };
    return kubernetesCluster({
      ...api,
      apply: async (...call) => {
        await then();
        return api.apply(...call);
      },
      mergePatch: async (...call) => {
        await then();
        return api.mergePatch(...call);
      },
    });
  };
  const newer = { name: 'NewerWriteError' };

  // a ConfigMap, the Service, the binding, the Deployment, its size, the Deployment again
  it.each([1, 2, 3, 4, 5, 6])('a slot that is written for the first time, late in its write %i', async nth => {
    const old = await contentOf('r1', OTHER_GOOD_IMAGE);
    const next = await contentOf('r2', GOOD_IMAGE);
    const cluster = late(nth, async () => {
      await under.cluster.writeSlot(checkout, 'green', next, 9);
      await under.cluster.scaleSlot(checkout, 'green', 1, 10);
    });
    await expect(cluster.writeSlot(checkout, 'green', old, 4)).rejects.toMatchObject(newer);
    const kept = { revision: 'r2', images: { app: GOOD_IMAGE }, desired: 1 };
    expect(await under.cluster.readSlot(checkout, 'green')).toMatchObject(kept);
  });

  it('a slot that was retired meanwhile, though it had no replicas', async () => {
    await under.cluster.writeSlot(checkout, 'green', await contentOf('r1', GOOD_IMAGE), 2);
    const old = await contentOf('r2', OTHER_GOOD_IMAGE);
    const cluster = late(4, () => under.cluster.scaleSlot(checkout, 'green', 0, 9));
    await expect(cluster.writeSlot(checkout, 'green', old, 4)).rejects.toMatchObject(newer);
    expect(await under.cluster.readSlot(checkout, 'green')).toMatchObject({ revision: 'r1', desired: 0 });
  });

  it('a size of 0, of a slot that the next release has sized', async () => {
    await under.cluster.writeSlot(checkout, 'green', await contentOf('r1', GOOD_IMAGE), 2);
    const cluster = late(1, () => under.cluster.scaleSlot(checkout, 'green', 1, 9));
    await expect(cluster.scaleSlot(checkout, 'green', 0, 8)).rejects.toMatchObject(newer);
    expect(await under.cluster.readSlot(checkout, 'green')).toMatchObject({ desired: 1 });
  });

  it('a minimum that was put back meanwhile, though it was not raised yet', async () => {
    await under.putAutoscaler('green', 2);
    const cluster = late(1, () => under.cluster.restoreAutoscalerMinimum(checkout, 'green', 2, 9));
    await expect(cluster.setAutoscalerMinimum(checkout, 'green', 5, 4)).rejects.toMatchObject(newer);
    expect(await under.cluster.readSlot(checkout, 'green')).toMatchObject({ autoscalerMinimum: 2 });
  });

  it('the team’s Service, which was pointed elsewhere meanwhile', async () => {
    await under.putService();
    const named = { ...checkout, service: 'checkout' };
    const cluster = late(1, () => under.cluster.pointService(named, 'green', 9));
    await expect(cluster.pointService(named, 'blue', 4)).rejects.toMatchObject(newer);
    expect(await under.serviceSelects()).toBe('green');
  });

  it('but not one that only finds what somebody else wrote: it is read and written again', async () => {
    await under.cluster.writeSlot(checkout, 'green', await contentOf('r1', GOOD_IMAGE), 2);
    const cluster = late(1, () => under.takeImage('green', 'kubectl'));
    await cluster.scaleSlot(checkout, 'green', 1, 3);
    expect(await under.cluster.readSlot(checkout, 'green')).toMatchObject({ desired: 1, position: 3 });
  });
}

import { afterEach, describe, expect, it } from 'vitest';
import { fakeCluster } from '../../../../adapters/cluster/fake-cluster.ts';
import { openKubernetesCluster } from '../../../../adapters/cluster/kubernetes-cluster.ts';
import { RouterRuleError, RouterUnreachableError } from '../../../../adapters/router/errors.ts';
import { selectorRouter } from '../../../../adapters/router/selector/router.ts';
import { selectorTargets } from '../../../../adapters/router/selector/targets.ts';
import { TargetsUnreachableError } from '../../../../adapters/router/targets.ts';
import { openLab } from '../../../lab/kubernetes/cluster-in-lab.ts';
import { checkout, GOOD_IMAGE, template } from '../../cluster/cluster.contract.ts';
import { keepsDialContract } from '../dial.contract.ts';
import { selectorOn, turned } from './selector-on.ts';

const onFake = async () => {
  const cluster = fakeCluster();
  const fakes = await selectorOn({ cluster, putService: async () => cluster.putService(checkout, 'checkout') });
  return { ...fakes, cluster };
};

describe('the selector router, on the fake cluster', () => {
  keepsDialContract(onFake);

  it('is fenced: a write of an older claim finds the newer one, and a way back without a ledger keeps its line', async () => {
    const { router, cluster, workload } = await onFake();
    await router.setDial(workload, { blue: 0, green: 100 }, 9);
    const late = { name: 'NewerWriteError' };
    await expect(router.setDial(workload, { blue: 100, green: 0 }, 4)).rejects.toMatchObject(late);
    await router.goBack(workload, { kind: 'selector', stable: 'blue' });
    expect(await router.readDial(workload)).toEqual({ blue: 100, green: 0 });
    await expect(router.setDial(workload, { blue: 0, green: 100 }, 8)).rejects.toMatchObject(late);
    cluster.setReachable(false);
    await expect(router.readDial(workload)).rejects.toThrow(RouterUnreachableError);
  });

  it.each([
    ['that is not there', async () => fakeCluster(), /no Service checkout/],
    [
      'that selects the team’s own pods',
      async () => {
        const { cluster, spoil } = await onFake();
        await spoil();
        return cluster;
      },
      /Service checkout selects app=checkout, and no slot: it must be sluice.dev\/workload=checkout, sluice.dev\/slot=blue or/,
    ],
  ])('says of a Service %s what it found, and what it must be', async (_, open, found) => {
    const error = await selectorRouter(await open())
      .readDial(turned)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RouterRuleError);
    expect((error as Error).message).toMatch(found);
  });

  it('knows nothing in a function that does not reach the cluster', async () => {
    await expect(selectorRouter(undefined).readDial(turned)).rejects.toThrow(/which this function does not ask/);
    await expect(selectorTargets(undefined).read(turned)).rejects.toThrow(TargetsUnreachableError);
  });
});

describe('the targets of a selector', () => {
  it('are the pods that are ready; those that are not are no targets, and a cluster that is away is no count', async () => {
    const { cluster } = await onFake();
    const targets = selectorTargets(cluster);
    await cluster.writeSlot(turned, 'green', { revision: 'r', images: { app: GOOD_IMAGE }, template }, 1);
    await cluster.scaleSlot(turned, 'green', 4, 1);
    cluster.lose(turned, 'green', 1);
    const { blue, green } = await targets.read(turned);
    expect(blue).toMatchObject({ healthy: 0, unhealthy: 0, initial: 0, unused: 0 });
    expect(green).toMatchObject({ healthy: 3, unhealthy: 1, initial: 0, unused: 0 });
    cluster.setReachable(false);
    await expect(targets.read(turned)).rejects.toThrow(TargetsUnreachableError);
  });

  it.each([
    ['cut', 0],
    ['drain', 900],
  ] as const)('drain for %s: %d s', async (connections, seconds) => {
    const draining = { connectionsSeconds: seconds, clientsSeconds: 0 };
    expect(await selectorTargets(undefined).readDraining({ ...turned, connections })).toEqual(draining);
  });
});

describe('the selector router, on the lab’s Kubernetes', () => {
  const opened: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0).reverse()) await close();
  });

  keepsDialContract(async () => {
    const { kubernetes } = await openLab({});
    const cluster = await openKubernetesCluster(kubernetes.env);
    opened.push(
      () => kubernetes.close(),
      () => cluster.close(),
    );
    const { namespace } = checkout.cluster;
    const spec = { selector: { app: 'checkout' }, ports: [{ port: 80 }] };
    return selectorOn({
      cluster,
      putService: async () => {
        if (kubernetes.list('Service', namespace).length > 0) kubernetes.remove('Service', namespace, 'checkout');
        kubernetes.apply(
          { apiVersion: 'v1', kind: 'Service', metadata: { name: 'checkout', namespace }, spec },
          'team',
        );
      },
    });
  });
});

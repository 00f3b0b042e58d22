import { afterAll, afterEach, describe } from 'vitest';
import { startKubernetes } from '../../../support/kubernetes-server.ts';
import { corePath, openRealCluster, shop } from '../../cluster/real-cluster.ts';
import { keepsDialContract } from '../dial.contract.ts';
import { selectorOn } from './selector-on.ts';

/* With the rights of examples/cluster-access.yaml and no others, on Kubernetes' own API server. */
const kubernetes = await startKubernetes([shop.namespace]);
const isThere = kubernetes.kind === 'there';
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(one => one.close()));
});
afterAll(async () => {
  if (kubernetes.kind === 'there') await kubernetes.close();
});

const where = isThere ? 'on a real Kubernetes' : `skipped: ${kubernetes.because}`;
describe.skipIf(!isThere)(`the selector router ${where}`, () => {
  keepsDialContract(async () => {
    if (kubernetes.kind !== 'there') throw new Error(kubernetes.because);
    const { admin } = kubernetes;
    const under = await openRealCluster(kubernetes);
    opened.push(under);
    return selectorOn({
      cluster: under.cluster,
      putService: async () => {
        await admin.ask('DELETE', `${corePath('services')}/checkout`);
        await under.putService();
      },
    });
  });
});

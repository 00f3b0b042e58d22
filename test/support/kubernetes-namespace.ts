import { until } from '../../lab/prometheus/until.ts';
import type { Asker } from './kubernetes-ask.ts';

/** What tests make, owners before what they own. */
const COLLECTIONS = [
  'apis/autoscaling/v2/NAMESPACE/horizontalpodautoscalers',
  'apis/elbv2.k8s.aws/v1beta1/NAMESPACE/targetgroupbindings',
  'apis/apps/v1/NAMESPACE/deployments',
  'apis/apps/v1/NAMESPACE/replicasets',
  'api/v1/NAMESPACE/pods',
  'api/v1/NAMESPACE/services',
  'apis/discovery.k8s.io/v1/NAMESPACE/endpointslices',
  'api/v1/NAMESPACE/configmaps',
];

/**
 * Empties a namespace without ending it (the controllers that a deletion needs do not run): again and again, because a
 * controller that works from its cache may make one more before it hears.
 */
export async function emptyNamespace(admin: Asker, namespace: string): Promise<void> {
  const paths = COLLECTIONS.map(path => `/${path.replace('NAMESPACE', `namespaces/${namespace}`)}`);
  const itemsOf = async (path: string): Promise<{ metadata: { name: string; deletionTimestamp?: string } }[]> =>
    (await admin.must('GET', path)).items;
  await until('the namespace is empty', async () => {
    let left = 0;
    for (const path of paths) {
      const items = await itemsOf(path);
      left += items.length;
      // a pod that is ending is its kubelet's to remove
      const alive = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      const body = { gracePeriodSeconds: 0, propagationPolicy: 'Background' };
      await Promise.all(alive.map(({ metadata }) => admin.ask('DELETE', `${path}/${metadata.name}`, { body })));
    }
    return left === 0;
  });
}

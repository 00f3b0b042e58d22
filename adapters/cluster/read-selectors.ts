import * as z from 'zod';
import { type NamespaceSelectors, namespaceSelectorsSchema } from '../../domain/slot/namespace-selectors.ts';
import { ClusterRefusedError } from './errors.ts';
import type { KubernetesApi } from './kubernetes-api.ts';

const listSchema = z.looseObject({
  items: z.array(
    z.looseObject({ metadata: z.looseObject({ name: z.string() }), spec: z.looseObject({}).prefault({}) }),
  ),
});
type Item = z.infer<typeof listSchema>['items'][number];

/** What selects pods in a namespace, with four lists. @throws ClusterRefusedError also where one of them is not served */
export async function readSelectors(api: KubernetesApi, namespace: string): Promise<NamespaceSelectors> {
  const list = async <T>(group: string, plural: string, map: (item: Item) => T | undefined): Promise<T[]> => {
    const path = `/${group === 'v1' ? 'api' : 'apis'}/${group}/namespaces/${namespace}/${plural}`;
    const body = await api.get(path);
    if (body === undefined) throw new ClusterRefusedError(`GET ${path}: the cluster does not serve ${plural}`);
    return listSchema.parse(body).items.flatMap(item => map(item) ?? []);
  };
  const selecting = ({ metadata: { name }, spec: { selector } }: Item) => (selector ? { name, selector } : undefined);
  const [services, deployments, networkPolicies, disruptionBudgets] = await Promise.all([
    // one without a single label selects no pod: somebody else says where it leads
    list('v1', 'services', item => (Object.keys(item.spec.selector ?? {}).length === 0 ? undefined : selecting(item))),
    list('apps/v1', 'deployments', selecting),
    list('networking.k8s.io/v1', 'networkpolicies', ({ metadata: { name }, spec }) => ({ name, spec })),
    list('policy/v1', 'poddisruptionbudgets', selecting),
  ]);
  return namespaceSelectorsSchema.parse({ services, deployments, networkPolicies, disruptionBudgets });
}

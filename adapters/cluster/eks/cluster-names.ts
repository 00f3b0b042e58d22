import type { Env } from '../../aws-client-config.ts';

/**
 * CLUSTER_NAMES: the clusters that a control plane serves, with commas between them, which no name has.
 * @throws Error it names none
 */
export function clusterNames(env: Env): string[] {
  const names = (env.CLUSTER_NAMES ?? '').split(',').filter(name => name !== '');
  if (names.length === 0) throw new Error('CLUSTER_NAMES is not set; expected the names of clusters, with commas');
  return names;
}

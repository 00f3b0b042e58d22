import type { Workload } from './workload.ts';

/**
 * Why a control plane cannot release a workload: it is in a cluster that its functions do not reach. Undefined: it can.
 * @param serves the control plane's own name, and the names of its clusters
 */
export function clusterProblem(
  { name, cluster }: Pick<Workload, 'name' | 'cluster'>,
  serves: { controlPlane: string; clusters: readonly string[] },
): string | undefined {
  const { controlPlane, clusters } = serves;
  if (clusters.includes(cluster.name)) return undefined;
  return (
    `workload ${name}: cluster.name: found ${cluster.name}; expected ${clusters.join(' or ')}: control plane ${controlPlane} serves no other. ` +
    'A cluster that the network of its functions reaches is added to it; one in another network takes a control plane of its own'
  );
}

import type { Env } from '../../adapters/aws-client-config.ts';
import type { Cluster } from '../../adapters/cluster/cluster.ts';
import { openEksClusters } from '../../adapters/cluster/eks/clusters.ts';

/** Only the functions that talk to a cluster import this file: design.md, "Going back". */
export const openCluster = (env: Env): Cluster => openEksClusters(env);

import type { Env } from '../../adapters/aws-client-config.ts';
import type { Cluster } from '../../adapters/cluster/cluster.ts';
import { openKubernetesCluster } from '../../adapters/cluster/kubernetes-cluster.ts';

/** Only the functions that talk to the cluster import this file: design.md, "Going back". */
export const openCluster = (env: Env): Promise<Cluster> => openKubernetesCluster(env);

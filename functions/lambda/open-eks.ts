import { openEksAccessEntries } from '../../adapters/cluster/eks/access-entries.ts';
import { openEksDirectory } from '../../adapters/cluster/eks/directory.ts';

/** EKS without the cluster's own client: for the function that looks at clusters in a deployment. */
export const openDirectory = openEksDirectory;
export const openAccessEntries = openEksAccessEntries;

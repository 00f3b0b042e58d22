import type { Workload } from '../../../domain/workload.ts';
import type { Env } from '../../aws-client-config.ts';
import { type Clock, systemClock } from '../../clock.ts';
import { eksTokens } from '../eks-token.ts';
import { ClusterRefusedError } from '../errors.ts';
import { kubernetesApi } from '../kubernetes-api.ts';
import { kubernetesCluster, type OpenCluster } from '../kubernetes-cluster.ts';
import { clusterNames } from './cluster-names.ts';
import { type ClusterDirectory, openEksDirectory } from './directory.ts';

/**
 * The clusters of CLUSTER_NAMES, each found by EKS when a workload of it is first asked for, and again when it no longer is
 * where it was. @throws Error where CLUSTER_NAMES names none
 */
export const openEksClusters = (env: Env, clock: Clock = systemClock): OpenCluster =>
  clustersByName(clusterNames(env), openOne(env, clock, openEksDirectory(env)));

/** A cluster of EKS by its name, with tokens that are signed by the environment's credentials. */
export const openOne =
  (env: Env, clock: Clock, directory: ClusterDirectory) =>
  async (name: string): Promise<OpenCluster> => {
    const address = await directory.find(name);
    const find = () => directory.find(name);
    const api = await kubernetesApi({ ...address, find, token: eksTokens(env, name, clock) });
    return { ...kubernetesCluster(api, clock), close: api.close };
  };

/**
 * Each workload's own cluster, opened once; one that could not be opened is tried again at the next call.
 * @throws ClusterRefusedError from every call for a workload of another cluster
 */
export function clustersByName(names: readonly string[], open: (name: string) => Promise<OpenCluster>): OpenCluster {
  const opened = new Map<string, Promise<OpenCluster>>();

  async function of({ name: workload, cluster: { name } }: Workload): Promise<OpenCluster> {
    if (!names.includes(name)) {
      throw new ClusterRefusedError(
        `workload ${workload} is in cluster ${name}: this reaches ${names.join(', ')} alone`,
      );
    }
    const opening = opened.get(name) ?? open(name);
    opened.set(name, opening);
    try {
      return await opening;
    } catch (error) {
      opened.delete(name);
      throw error;
    }
  }

  return {
    readTemplate: async workload => (await of(workload)).readTemplate(workload),
    readSelectors: async workload => (await of(workload)).readSelectors(workload),
    readSlot: async (workload, slot) => (await of(workload)).readSlot(workload, slot),
    readService: async workload => (await of(workload)).readService(workload),
    writeSlot: async (workload, ...rest) => (await of(workload)).writeSlot(workload, ...rest),
    scaleSlot: async (workload, ...rest) => (await of(workload)).scaleSlot(workload, ...rest),
    setAutoscalerMinimum: async (workload, ...rest) => (await of(workload)).setAutoscalerMinimum(workload, ...rest),
    restoreAutoscalerMinimum: async (workload, ...rest) =>
      (await of(workload)).restoreAutoscalerMinimum(workload, ...rest),
    pointService: async (workload, ...rest) => (await of(workload)).pointService(workload, ...rest),
    close: async () => {
      for (const opening of opened.values()) await (await opening).close();
    },
  };
}

import type { WorkloadOf } from '../../../domain/workload.ts';
import type { Cluster, SlotStatus } from '../../cluster/cluster.ts';
import { ClusterUnreachableError } from '../../cluster/errors.ts';
import { type TargetCounts, type Targets, TargetsUnreachableError } from '../targets.ts';

/** Pods as their kubelets say: a Service sends to those that are ready, and to no others. What nobody says is ready is not. */
export function selectorTargets(cluster: Cluster | undefined): Targets<WorkloadOf<'selector'>> {
  return {
    async read(workload) {
      if (cluster === undefined) {
        throw new TargetsUnreachableError('the pods are in the cluster, which this function does not ask');
      }
      try {
        const [blue, green] = await Promise.all([
          cluster.readSlot(workload, 'blue'),
          cluster.readSlot(workload, 'green'),
        ]);
        return { blue: countsOf(blue), green: countsOf(green) };
      } catch (error) {
        if (!(error instanceof ClusterUnreachableError)) throw error;
        throw new TargetsUnreachableError(error.message, { cause: error });
      }
    },

    async readDraining({ connections, maxDrainSeconds }) {
      // nothing ends a connection to a slot but its client or the end of its pod: cut waits for neither
      return { connectionsSeconds: connections === 'cut' ? 0 : maxDrainSeconds, clientsSeconds: 0 };
    },

    async cutConnections() {
      // they end with the pods, when the slot is scaled to zero after its drain
    },
  };
}

const countsOf = ({ desired, available, problem }: SlotStatus): TargetCounts => ({
  healthy: available,
  initial: 0,
  unhealthy: Math.max(0, desired - available),
  draining: 0,
  unused: 0,
  ...(problem !== undefined && { because: problem }),
});

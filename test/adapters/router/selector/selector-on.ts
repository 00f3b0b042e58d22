import { selectorRouter } from '../../../../adapters/router/selector/router.ts';
import type { Slot } from '../../../../domain/dial.ts';
import type { WorkloadOf } from '../../../../domain/workload.ts';
import { type ClusterUnderTest, checkout } from '../../cluster/cluster.contract.ts';
import type { DialSetup } from '../dial.contract.ts';

/** The contract's workload, whose Service is turned. */
export const turned: WorkloadOf<'selector'> = { ...checkout, router: { kind: 'selector', service: 'checkout' } };

/** A selector on a cluster of any make, at blue. */
export async function selectorOn({
  cluster,
  putService,
}: Pick<ClusterUnderTest, 'cluster' | 'putService'>): Promise<DialSetup> {
  const turnByHand = (slot: Slot) => cluster.pointService({ ...turned, service: 'checkout' }, slot, undefined);
  await putService();
  await turnByHand('blue');
  return {
    router: selectorRouter(cluster),
    workload: turned,
    turnByHand,
    // as the team's own manifest has it, applied again
    spoil: putService,
  };
}

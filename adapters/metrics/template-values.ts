import type { Slot } from '../../domain/dial.ts';
import type { ReadRequest } from './metric-source.ts';

/** What the variables of a query mean for one slot. `window` is a duration as PromQL writes it. */
export const templateValues = (
  { workload, revisions }: Pick<ReadRequest, 'workload' | 'revisions'>,
  slot: Slot,
  windowMs: number,
): Record<string, string> => ({
  namespace: workload.cluster.namespace,
  workload: workload.name,
  slot,
  revision: revisions[slot],
  window: `${windowMs / 1000}s`,
});

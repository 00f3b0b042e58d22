import { SLOTS } from '../dial.ts';
import { routerOf } from '../routers/plan-registry.ts';
import type { Workload } from '../workload.ts';
import { slotName } from './slot-objects.ts';

/**
 * What a workload must have for itself, as texts that people read: what its router turns, and in the cluster its template
 * and what its slots are called. Repositories, alarms and metrics may be shared.
 */
export function ownResources(workload: Workload): string[] {
  const { router, cluster, deployment, service } = workload;
  const where = `${cluster.name}/${cluster.namespace}`;
  const slots = SLOTS.map(slot => slotName(workload, slot));
  return [
    ...new Set([
      ...routerOf(router).ownResources(router, where),
      ...[deployment, ...slots].map(name => `Deployment ${where}/${name}`),
      ...[...slots, ...(service === undefined ? [] : [service])].map(name => `Service ${where}/${name}`),
    ]),
  ];
}

/** The first thing that this workload has in common with another, though each must have it for itself. */
export function sharedWith(
  workload: Workload,
  others: readonly Workload[],
): { resource: string; other: string } | undefined {
  const own = new Set(ownResources(workload));
  for (const other of others) {
    if (other.name === workload.name) continue;
    const resource = ownResources(other).find(one => own.has(one));
    if (resource !== undefined) return { resource, other: other.name };
  }
  return undefined;
}

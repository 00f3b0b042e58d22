import type { Log } from '../../adapters/log/log.ts';
import { PartlyFailedError } from './errors.ts';

/**
 * Does the same for several workloads; what fails for one does not keep the others from it.
 * @throws PartlyFailedError names each that failed and why, when all are done
 */
export async function forEachWorkload<T extends { workload: { name: string } }, Answer>(
  workloads: readonly T[],
  log: Log,
  act: (registered: T) => Promise<Answer>,
): Promise<Answer[]> {
  const settled = await Promise.allSettled(workloads.map(act));
  const failures = settled.flatMap((result, index) =>
    result.status === 'rejected' ? [`${workloads[index]?.workload.name}: ${describe(result.reason)}`] : [],
  );
  for (const failure of failures) log.error('one workload failed', { because: failure });
  if (failures.length > 0) throw new PartlyFailedError(failures.join('; '));
  return settled.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []));
}

const describe = (reason: unknown): string =>
  reason instanceof Error ? `${reason.name}: ${reason.message}` : `${reason}`;

import type { Log } from '../../adapters/log/log.ts';
import { PartlyFailedError } from './errors.ts';

/**
 * So many workloads at a time: all of hundreds at once would be as many sockets in one Lambda, and bursts that ECR and Step
 * Functions throttle.
 */
const AT_ONCE = 16;

/**
 * Does the same for several workloads, a few at a time; what fails for one does not keep the others from it.
 * @param failed is told of each failure, and may not fail itself
 * @throws PartlyFailedError names each that failed and why, when all are done
 */
export async function forEachWorkload<T extends { workload: { name: string } }, Answer>(
  workloads: readonly T[],
  log: Log,
  act: (registered: T) => Promise<Answer>,
  failed: (registered: T, because: string) => Promise<void> = async () => {},
): Promise<Answer[]> {
  const settled = await allSettled(workloads, act);
  const failures = settled.flatMap((result, index) =>
    result.status === 'rejected' ? [`${workloads[index]?.workload.name}: ${describe(result.reason)}`] : [],
  );
  for (const [index, result] of settled.entries()) {
    const workload = workloads[index];
    if (result.status === 'rejected' && workload !== undefined) await failed(workload, describe(result.reason));
  }
  for (const failure of failures) log.error('one workload failed', { because: failure });
  if (failures.length > 0) throw new PartlyFailedError(failures.join('; '));
  return settled.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []));
}

/** As Promise.allSettled of all of them, with at most AT_ONCE on their way. */
async function allSettled<T, Answer>(
  all: readonly T[],
  act: (one: T) => Promise<Answer>,
): Promise<PromiseSettledResult<Answer>[]> {
  const settled: PromiseSettledResult<Answer>[] = [];
  const left = all.entries(); // shared: each of those at work takes the next
  const work = async () => {
    for (const [index, one] of left) [settled[index]] = await Promise.allSettled([act(one)]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return settled;
}

const describe = (reason: unknown): string =>
  reason instanceof Error ? `${reason.name}: ${reason.message}` : `${reason}`;

import type { Log } from '../adapters/log/log.ts';
import { ThrottledError } from '../domain/errors.ts';
import { PartlyFailedError } from './errors.ts';
import { type Pace, unhurried } from './pace.ts';
import { namingThrottling } from './throttling.ts';

/** What came of doing the same for several workloads. */
export interface Tried<T, Answer> {
  answers: Answer[];
  failed: { one: T; because: string }[];
  /** There was no time for these. */
  left: T[];
}

/** Does the same for several workloads, a few at a time; what fails for one does not keep the others from it. */
export async function tryEachWorkload<T extends { workload: { name: string } }, Answer>(
  workloads: readonly T[],
  log: Log,
  act: (registered: T) => Promise<Answer>,
  pace: Pace = unhurried(),
): Promise<Tried<T, Answer>> {
  const tried: Tried<T, Answer> = { answers: [], failed: [], left: [] };
  const settled: (PromiseSettledResult<Answer> | undefined)[] = [];
  const left = workloads.entries(); // shared: each of those at work takes the next
  const work = async (_: unknown, worker: number) => {
    while (worker < pace.atOnce) {
      const { value, done } = left.next();
      if (done === true) return;
      const [index, one] = value;
      if (!(await pace.begin())) return;
      const [result] = await Promise.allSettled([act(one)]);
      settled[index] = result;
      if (result.status === 'rejected' && namingThrottling(result.reason) instanceof ThrottledError) {
        pace.throttled(describe(result.reason));
      }
    }
  };
  await Promise.all(Array.from({ length: pace.atOnce }, work));
  for (const [index, one] of workloads.entries()) {
    const result = settled[index];
    if (result === undefined) tried.left.push(one);
    else if (result.status === 'fulfilled') tried.answers.push(result.value);
    else tried.failed.push({ one, because: describe(result.reason) });
  }
  for (const { one, because } of tried.failed) {
    log.error('one workload failed', { because: `${one.workload.name}: ${because}` });
  }
  return tried;
}

/**
 * The same, of all of them.
 * @throws PartlyFailedError names each that failed and why, when all are done
 */
export async function forEachWorkload<T extends { workload: { name: string } }, Answer>(
  workloads: readonly T[],
  log: Log,
  act: (registered: T) => Promise<Answer>,
): Promise<Answer[]> {
  const { answers, failed } = await tryEachWorkload(workloads, log, act);
  if (failed.length > 0) throw new PartlyFailedError(failed.map(sentenceOf).join('; '));
  return answers;
}

/** `shop: LedgerUnreachableError: ...` */
export const sentenceOf = ({ one, because }: { one: { workload: { name: string } }; because: string }): string =>
  `${one.workload.name}: ${because}`;

/** What throttling caused has that name first. */
function describe(reason: unknown): string {
  const named = namingThrottling(reason);
  return named instanceof Error ? `${named.name}: ${named.message}` : `${named}`;
}

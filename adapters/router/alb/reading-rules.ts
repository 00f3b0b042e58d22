import type { Dial } from '../../../domain/dial.ts';
import { RouterRuleError } from '../errors.ts';

/**
 * Several rules as one dial: for each slot the most that any of them sends there. Where they disagree that is more than
 * 100 in sum, so it is never taken for a dial that was set: a slot reads as 0 only when no rule sends it anything.
 */
export function worstOf(dials: Dial[]): Dial {
  if (dials.length === 0) throw new RouterRuleError('the workload has no rule to read a dial from');
  return { blue: Math.max(...dials.map(dial => dial.blue)), green: Math.max(...dials.map(dial => dial.green)) };
}

/** Whether a request with this header gets through: every header that the rule asks for is this one. */
export const asksFor = (
  httpHeaders: { name: string; values: string[] }[],
  header: { name: string; value: string },
): boolean =>
  httpHeaders.length > 0 &&
  httpHeaders.every(
    // ELB compares both without regard to case
    ({ name, values }) => same(name, header.name) && values.some(value => same(value, header.value)),
  );

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** Of several failures the one that another attempt may cure, if there is one: then all are tried again. */
const firstRetryable = (failures: unknown[]): unknown =>
  failures.find(failure => !(failure instanceof RouterRuleError)) ?? failures[0];

/** Does it for each, in order; one that fails must not keep the others back. @throws once all were tried */
export async function forEachSettled<T>(items: T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const failures: unknown[] = [];
  for (const item of items) await work(item).catch(error => failures.push(error));
  if (failures.length > 0) throw firstRetryable(failures);
}

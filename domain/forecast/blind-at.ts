import type { Baseline } from '../judges/sequential/baseline.ts';
import type { Plan } from '../plan/plan.ts';
import { blindSentences } from './blind.ts';
import { enoughSeenBy, modelOf } from './model.ts';
import { scheduleOf } from './schedule.ts';
import { trafficOf } from './traffic.ts';

/**
 * Where a plan is blind at the traffic that the stable version had before the release, in the forecast's words; nothing where
 * no sequential metric was seen then.
 */
export function blindAt(plan: Plan, baseline: Readonly<Record<string, Baseline>>): string[] {
  const traffic = trafficOf(plan, baseline);
  if (traffic === undefined) return [];
  const model = modelOf(plan, traffic);
  return blindSentences(model, scheduleOf(plan, enoughSeenBy(model)));
}

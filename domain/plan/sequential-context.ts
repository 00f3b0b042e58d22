import type { Baseline } from '../judges/sequential/baseline.ts';
import type { SequentialContext } from '../judges/sequential/context.ts';
import { horizonWindows, secondsAlone } from './judged-time.ts';
import type { Plan } from './plan.ts';

/** `healthy` where the plan has no promoteEarly: docs/statistics.md (e). */
const DEFAULT_HEALTHY = { nonInferiority: 2, beta: 0.05 };

/** undefined for a plan without a sequential metric. */
export function sequentialContext(
  plan: Plan,
  known: {
    baseline?: Readonly<Record<string, Baseline>> | undefined;
    ceilings?: Readonly<Record<string, readonly number[]>> | undefined;
  } = {},
): SequentialContext | undefined {
  if (plan.sequential === undefined) return undefined;
  const { nonInferiority, beta } = plan.promoteEarly ?? DEFAULT_HEALTHY;
  return {
    ...plan.sequential,
    nonInferiority,
    beta,
    horizonWindows: horizonWindows(plan),
    secondsAlone: secondsAlone(plan),
    baseline: known.baseline ?? {},
    ceilings: known.ceilings ?? {},
  };
}

import type { Plan } from '../../plan/plan.ts';
import { horizonWindows, type SequentialPlan, secondsAlone } from '../../plan/sequential-spec.ts';
import { DEFAULT_PROFILE } from '../../statistics/sequential/profile.ts';
import type { Baseline } from './baseline.ts';

/** What the sequential judge needs besides the windows; all of it is in the plan and the ledger. */
export interface SequentialContext extends SequentialPlan {
  /** w_NI and beta of `healthy`. */
  nonInferiority: number;
  beta: number;
  /** K. */
  horizonWindows: number;
  /** How long the plan stays at weight 100: for `ceiling: auto`. */
  secondsAlone: number;
  /** What the stable version did before the release, by metric; absent where nobody could read it. */
  baseline: Readonly<Record<string, Baseline>>;
  /** Ceilings that were frozen into the release, by metric and threshold. */
  ceilings: Readonly<Record<string, readonly number[]>>;
}

/** `healthy` where the plan has no promoteEarly: docs/statistics.md (e). */
const DEFAULT_HEALTHY = { nonInferiority: 2, beta: 0.05 };

export const PROFILE = DEFAULT_PROFILE;

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

import { DEFAULT_PROFILE } from '../../statistics/sequential/profile.ts';
import type { Baseline } from './baseline.ts';
import type { SequentialPlan } from './spec.ts';

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

export const PROFILE = DEFAULT_PROFILE;

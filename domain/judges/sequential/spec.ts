import type { Detect } from '../../statistics/sequential/detect.ts';

/** The judge of docs/statistics.md, for counts of bad requests. */
export interface SequentialJudgeSpec {
  kind: 'sequential';
  /** The bad share of the canary may be this many times the stable version's: 1 or more. */
  margin: number;
  /** The part of the plan's alpha that this metric has; those of all sequential metrics sum to 1. */
  share: number;
  /** Where the stable version gets no traffic: the bad share, 0 to 1, that is too much. */
  ceiling?: number | 'auto';
  /** Worse than stable and above this bad share. */
  floor?: number;
  /** Whether counts may vary more than chance alone makes them. */
  guard: boolean;
  /** A larger margin for windows that begin within so many seconds of the first weight above 0. */
  warmUp?: { margin: number; seconds: number };
}

/** What all sequential metrics of a plan share. Chances are between 0 and 1. */
export interface SequentialPlan {
  alpha: number;
  detect: Detect;
}

/** `healthy` ends a bake early, once it lasted `afterSeconds`. */
export interface PromoteEarly {
  beta: number;
  nonInferiority: number;
  afterSeconds: number;
}

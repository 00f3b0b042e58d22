import type { Comparison } from '../../statistics/kayenta/classify.ts';

/** NetflixACAJudge of Kayenta: all windows of both versions since the first weight, compared again in every run. */
export interface MannWhitneyJudgeSpec extends Comparison {
  kind: 'mannWhitney';
  /** From one run to the next, in seconds; a multiple of the plan's window. */
  intervalSeconds: number;
  /** What it counts for in the score; at least one. */
  groups: string[];
  /** The plan's `kayenta`, the same for all of its metrics: they are scored together. */
  scores: KayentaScores;
}

/** All of them from 0 to 100. */
export interface KayentaScores {
  pass: number;
  marginal: number;
  /** By group; groups that are not named share what is left of 100. */
  weights: Record<string, number>;
}

/**
 * The effect that matters: what a verdict must have been able to see before a release goes on. Shares and chances are
 * between 0 and 1. `atLeast` and `gross` are absent in plans that were frozen before there were any.
 */
export interface Detect {
  /** How many times as bad as the stable version. */
  ratio: number;
  /** In points above the stable version's bad share: a service that never fails has no ratio. */
  atLeast?: number;
  /** With what probability such a canary would have been found by now. */
  power: number;
  /** In points above the stable version's: where not even this would have been seen, nothing goes on by itself. */
  gross?: number;
}

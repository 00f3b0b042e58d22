import type { AnyJudgeSpec } from './metric-of.ts';

/** When an analysis gets the measurements of a judge, where it is not one in each window. */
export interface JudgeTiming<Spec extends AnyJudgeSpec = AnyJudgeSpec> {
  readonly kind: Spec['kind'];
  /** Seconds: to the first one from the first weight above 0, and from one to the next. */
  timing(judge: Spec): { initialDelaySeconds: number; intervalSeconds: number };
}

import { flaggerTiming } from './flagger/timing.ts';
import type { JudgeTiming } from './judge-timing.ts';
import type { AnyJudgeSpec } from './metric-of.ts';
import { thresholdTiming } from './threshold/timing.ts';

/**
 * A line for each kind of judge that does not measure in each window. Apart from run-registry.ts: every function that pages
 * asks how long an analysis may last, and most of them judge nothing.
 */
const TIMINGS: readonly JudgeTiming[] = [thresholdTiming, flaggerTiming];

/** undefined: it measures in each window. */
export const timingOf = (judge: AnyJudgeSpec): ReturnType<JudgeTiming['timing']> | undefined =>
  TIMINGS.find(({ kind }) => kind === judge.kind)?.timing(judge);

import type { Expected, Window } from '../windows/windows.ts';
import type { SequentialContext } from './sequential/context.ts';
import type { Verdict } from './verdict.ts';

/** What a judgement needs besides the windows. For a release that has ended, `nowEpochMs` is when it ended. */
export interface JudgementContext {
  /** The intent of the first weight above 0; undefined before it: there is nothing to judge. */
  analysisStartedAtEpochMs: number | undefined;
  nowEpochMs: number;
  windowSeconds: number;
  /** Which versions get traffic at the dial of a window; the same answer for the same window, always. */
  expects(window: Window): Expected;
  /** The canary's weight, in per cent, where all of a window had it and nothing else decides; absent: not known. */
  steadyWeight?: ((window: Window) => number | undefined) | undefined;
  /** Where the plan has sequential metrics: what they share. */
  sequential?: SequentialContext | undefined;
  /** Without the part of a sentence that says how many more windows would settle it: finding that out takes a while. */
  terse?: true;
  /** Why the metric source cannot be read now. */
  sourceFault?: string | undefined;
}

/**
 * One measurement of a metric, in the words of Argo Rollouts: `error` is one that could not be taken, `inconclusive` one
 * that says neither. Both are missing evidence: neither good nor bad.
 */
export interface Measurement extends Window {
  phase: 'successful' | 'failed' | 'inconclusive' | 'error';
  because: string;
}

export interface MetricVerdict {
  verdict: Verdict;
  /** Oldest first: those that count, for people. Judged on from a checkpoint: those after it. */
  measurements: Measurement[];
  /** How many measurements were done: as Argo counts them, without errors; but for `threshold` only those that found something. */
  done: number;
  /** Inconclusive because a limit is broken: waiting for one more measurement is no longer worth a step's time. */
  brokeLimit: boolean;
}

import { secondsOf, shareOf } from '../file/read-checked.ts';
import type { Comparison } from '../statistics/kayenta/classify.ts';
import { noEffect } from '../statistics/kayenta/effect-size.ts';
import { DEFAULTS } from './defaults.ts';
import type { PlanInput } from './plan-schema.ts';

/** Flagger's thresholdRange and its counting: the `threshold`-th failed check rolls back. At least one of min and max. */
export interface FlaggerJudgeSpec {
  kind: 'flagger';
  /** In Flagger's units: per cent of good requests (0 to 100), milliseconds of a percentile, else the value as it is. */
  min?: number;
  max?: number;
  threshold: number;
  /** Seconds between checks; a multiple of the plan's window. */
  intervalSeconds: number;
}

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

type JudgeInput = PlanInput['metrics'][number]['judge'];

export function normaliseFlagger(
  { kind, thresholdRange, threshold, interval }: Extract<JudgeInput, { kind: 'flagger' }>,
  windowSeconds: number,
): FlaggerJudgeSpec {
  const { min, max } = thresholdRange;
  const range = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  return { kind, ...range, threshold, intervalSeconds: interval === undefined ? windowSeconds : secondsOf(interval) };
}

export function normaliseMannWhitney(
  judge: Extract<JudgeInput, { kind: 'mannWhitney' }>,
  windowSeconds: number,
  scores: KayentaScores,
): MannWhitneyJudgeSpec {
  const { kind, direction, tolerance, nanStrategy, critical, groups, effectSize } = judge;
  const none = noEffect(effectSize.measure);
  const confidence = shareOf(judge.confidence);
  return {
    ...{ kind, direction, tolerance, confidence, nanStrategy, critical, groups, scores },
    ...(judge.outliers === 'remove' ? { outlierFactor: judge.outlierFactor } : {}),
    effectSize: {
      measure: effectSize.measure,
      allowedIncrease: effectSize.allowedIncrease ?? none,
      allowedDecrease: effectSize.allowedDecrease ?? none,
      criticalIncrease: effectSize.criticalIncrease ?? none,
      criticalDecrease: effectSize.criticalDecrease ?? none,
    },
    intervalSeconds:
      judge.interval === undefined ? DEFAULTS.mannWhitney.intervalWindows * windowSeconds : secondsOf(judge.interval),
  };
}

export const scoresOf = ({ kayenta }: PlanInput): KayentaScores => ({
  pass: kayenta?.pass ?? DEFAULTS.kayenta.pass,
  marginal: kayenta?.marginal ?? DEFAULTS.kayenta.marginal,
  weights: kayenta?.groups ?? {},
});

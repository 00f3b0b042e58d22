import { uStatistic } from './wilcoxon.ts';

export type EffectMeasure = 'meanRatio' | 'cles';

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Kayenta's EffectSizes.scala. meanRatio: the canary's mean over the stable version's, NaN where either is 0. cles: the
 * probability that a canary's value is above a stable one, ties counting half (Vargha and Delaney 2000).
 */
export function effectSizeOf(measure: EffectMeasure, canary: readonly number[], stable: readonly number[]): number {
  if (measure === 'cles') return uStatistic(canary, stable) / (canary.length * stable.length);
  const [canaryMean, stableMean] = [meanOf(canary), meanOf(stable)];
  return canaryMean === 0 || stableMean === 0 ? Number.NaN : canaryMean / stableMean;
}

/** What an effect size is where there is no effect. */
export const noEffect = (measure: EffectMeasure): number => (measure === 'cles' ? 0.5 : 1);

import type { Classification } from './classify.ts';

/** From which score on a run passes, and below which it fails; 0 to 100. Between them it is marginal. */
export interface ScoreThresholds {
  pass: number;
  marginal: number;
}

export interface Score {
  kind: 'pass' | 'marginal' | 'fail' | 'noData';
  /** 0 to 100, two decimals. */
  score: number;
  /** Where a critical metric decided: its name. */
  critical?: string;
}

/** At this share of metrics without data Kayenta gives up (NODATA_THRESHOLD). */
const NO_DATA_PERCENT = 50;

/**
 * WeightedSumScorer and ThresholdScoreClassifier of Kayenta: a group's score is the per cent of its metrics that pass, the
 * score the weighted sum of the groups'; groups without a weight share what is left of 100. A critical failure is 0.
 * Kayenta fails a run with half of its metrics without data, and counts a group without any as 100; here such a run has no
 * data, and such a group is left out: missing data is neither good nor bad.
 */
export function scoreOf(
  metrics: readonly { name: string; groups: readonly string[]; classification: Classification }[],
  weights: Readonly<Record<string, number>>,
  thresholds: ScoreThresholds,
): Score {
  const critical = metrics.find(({ classification }) => classification.critical);
  if (critical !== undefined) return { kind: 'fail', score: 0, critical: critical.name };
  const without = metrics.filter(({ classification }) => classification.kind === 'noData').length;
  if ((without / metrics.length) * 100 >= NO_DATA_PERCENT) return { kind: 'noData', score: 0 };
  const groups = [...new Set(metrics.flatMap(metric => metric.groups))];
  const weighted = groups.filter(group => Object.hasOwn(weights, group));
  const given = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const rest = (100 - given) / (groups.length - weighted.length);
  let sum = 0;
  let weightSum = 0;
  for (const group of groups) {
    const kinds = metrics
      .filter(metric => metric.groups.includes(group))
      .map(({ classification }) => classification.kind);
    const judged = kinds.filter(kind => kind !== 'noData');
    if (judged.length === 0) continue;
    const weight = Object.hasOwn(weights, group) ? (weights[group] ?? 0) : rest;
    sum += weight * (judged.filter(kind => kind === 'pass').length / judged.length);
    weightSum += weight;
  }
  if (weightSum === 0) return { kind: 'noData', score: 0 };
  const score = Math.round((sum / weightSum) * 10_000) / 100;
  return { kind: score >= thresholds.pass ? 'pass' : score >= thresholds.marginal ? 'marginal' : 'fail', score };
}

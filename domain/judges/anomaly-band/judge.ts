import { roundedText } from '../../number-text.ts';
import type { WindowRecord } from '../../windows/reading.ts';
import { type Check, countedCheck, judgeCheck, neither } from '../check-judge.ts';
import type { JudgementContext, MetricVerdict } from '../context.ts';
import type { FoldedTurns } from '../counting.ts';
import { countingJudge } from '../judge-run-kind.ts';
import type { Metric } from '../metric.ts';
import type { AnomalyBandJudgeSpec } from './plan.ts';

export type AnomalyBandMetric = Metric & { judge: AnomalyBandJudgeSpec };

/**
 * The metric against the band that CloudWatch's anomaly detection expects it in, window by window: outside on the bad
 * side is bad, a value without a band (a model that is still learning) or a band without a value says neither. On a bound
 * is inside. What it cannot see: a fault that the model has learnt as normal.
 * @param windows of this metric, in any order; only frozen ones that do not straddle are judged
 * @param before what was folded of those before
 */
export const judgeAnomalyBand = (
  metric: AnomalyBandMetric,
  windows: readonly WindowRecord[],
  context: JudgementContext,
  before?: FoldedTurns,
): MetricVerdict => judgeCheck(metric, windows, context, { check: bandCheck(metric), before });

const bandCheck =
  (metric: AnomalyBandMetric): Check =>
  reading => {
    if (reading.kind !== 'band') return neither('the reading has no band');
    const { value, low, high } = reading;
    if (value === null) return neither('the metric has no value');
    if (low === null || high === null)
      return neither('CloudWatch has no band for it: its model has not seen enough yet');
    const { bad } = metric.judge;
    const isAbove = value > high && bad !== 'below';
    const isBelow = value < low && bad !== 'above';
    const because = `${number(value)} where ${number(low)} to ${number(high)} is expected`;
    return { phase: isAbove || isBelow ? 'failed' : 'successful', because };
  };

const number = (value: number): string => roundedText(value, 4);

export const anomalyBandJudge = countingJudge<AnomalyBandJudgeSpec>({
  kind: 'anomalyBand',
  counted: (metric, context) => countedCheck(metric, context, bandCheck(metric)),
  judgeOne: judgeAnomalyBand,
});

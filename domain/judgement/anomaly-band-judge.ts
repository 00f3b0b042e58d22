import type { AnomalyBandJudgeSpec, Metric } from '../plan/plan.ts';
import { checkVerdict } from './check-verdict.ts';
import type { JudgementContext, Measurement, MetricVerdict } from './context.ts';
import { tally } from './counting.ts';
import type { WindowRecord } from './reading.ts';
import { turnsOf } from './turns.ts';

export type AnomalyBandMetric = Metric & { judge: AnomalyBandJudgeSpec };

/**
 * The metric against the band that CloudWatch's anomaly detection expects it in, window by window: outside on the bad
 * side is bad, a value without a band (a model that is still learning) or a band without a value says neither. On a bound
 * is inside. What it cannot see: a fault that the model has learnt as normal.
 * @param windows of this metric, in any order; only frozen ones that do not straddle are judged
 */
export function judgeAnomalyBand(
  metric: AnomalyBandMetric,
  windows: readonly WindowRecord[],
  context: JudgementContext,
): MetricVerdict {
  const turns = turnsOf(windows, context, { initialDelaySeconds: 0, intervalSeconds: context.windowSeconds });
  return checkVerdict(
    metric.name,
    metric.judge.failureLimit,
    tally(turns, ({ record }) => measured(metric.judge, record)),
  );
}

function measured({ bad }: AnomalyBandJudgeSpec, { startEpochMs, endEpochMs, reading }: WindowRecord): Measurement {
  const said = (phase: Measurement['phase'], because: string) => ({ startEpochMs, endEpochMs, phase, because });
  if (reading.kind === 'noData') return said('inconclusive', `no data: ${reading.reason}`);
  if (reading.kind !== 'band') return said('inconclusive', 'the reading has no band');
  const { value, low, high } = reading;
  if (value === null) return said('inconclusive', 'the metric has no value');
  if (low === null || high === null) {
    return said('inconclusive', 'CloudWatch has no band for it: its model has not seen enough yet');
  }
  const text = `${number(value)} where ${number(low)} to ${number(high)} is expected`;
  const isAbove = value > high && bad !== 'below';
  const isBelow = value < low && bad !== 'above';
  return said(isAbove || isBelow ? 'failed' : 'successful', text);
}

const number = (value: number): string => String(Number(value.toPrecision(4)));

import { roundedText } from '../../number-text.ts';
import { type Check, checkJudge, neither } from '../check-judge.ts';
import type { AnomalyBandJudgeSpec } from './plan.ts';

/**
 * The metric against the band that CloudWatch's anomaly detection expects it in, window by window: outside on the bad
 * side is bad, a value without a band (a model that is still learning) or a band without a value says neither. On a bound
 * is inside. What it cannot see: a fault that the model has learnt as normal.
 */
const bandCheck =
  ({ bad }: AnomalyBandJudgeSpec): Check =>
  reading => {
    if (reading.kind !== 'band') return neither('the reading has no band');
    const { value, low, high } = reading;
    if (value === null) return neither('the metric has no value');
    if (low === null || high === null)
      return neither('CloudWatch has no band for it: its model has not seen enough yet');
    const isAbove = value > high && bad !== 'below';
    const isBelow = value < low && bad !== 'above';
    const because = `${number(value)} where ${number(low)} to ${number(high)} is expected`;
    return { phase: isAbove || isBelow ? 'failed' : 'successful', because };
  };

const number = (value: number): string => roundedText(value, 4);

export const anomalyBandJudge = checkJudge<AnomalyBandJudgeSpec>('anomalyBand', ({ judge }) => bandCheck(judge));

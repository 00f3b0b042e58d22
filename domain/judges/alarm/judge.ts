import type { WindowRecord } from '../../windows/reading.ts';
import { type Check, countedCheck, judgeCheck, neither } from '../check-judge.ts';
import type { JudgementContext, MetricVerdict } from '../context.ts';
import type { FoldedTurns } from '../counting.ts';
import { countingJudge } from '../judge-run-kind.ts';
import type { Metric } from '../metric.ts';
import type { AlarmJudgeSpec } from './plan.ts';

export type AlarmMetric = Metric & { judge: AlarmJudgeSpec };

/**
 * A CloudWatch alarm as a check, window by window: a window in which it was in ALARM is bad, one at whose end it had no
 * data says neither, any other is good. What it cannot see: whether the canary or something else set the alarm off.
 * @param windows of this metric, in any order; only frozen ones that do not straddle are judged
 * @param before what was folded of those before
 */
export const judgeAlarm = (
  metric: AlarmMetric,
  windows: readonly WindowRecord[],
  context: JudgementContext,
  before?: FoldedTurns,
): MetricVerdict => judgeCheck(metric, windows, context, { check: alarmCheck, before });

const alarmCheck: Check = reading => {
  if (reading.kind !== 'alarm') return neither('the reading is not the state of an alarm');
  switch (reading.state) {
    case 'ALARM':
      return { phase: 'failed', because: 'the alarm was in ALARM' };
    case 'OK':
      return { phase: 'successful', because: 'the alarm was OK' };
    default:
      return neither('the alarm had insufficient data');
  }
};

export const alarmJudge = countingJudge<AlarmJudgeSpec>({
  kind: 'alarm',
  counted: (metric, context) => countedCheck(metric, context, alarmCheck),
  judgeOne: judgeAlarm,
});

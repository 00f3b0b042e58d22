import type { AlarmJudgeSpec, Metric } from '../plan/plan.ts';
import { checkVerdict } from './check-verdict.ts';
import type { JudgementContext, Measurement, MetricVerdict } from './context.ts';
import { tally } from './counting.ts';
import type { WindowRecord } from './reading.ts';
import { turnsOf } from './turns.ts';

export type AlarmMetric = Metric & { judge: AlarmJudgeSpec };

/**
 * A CloudWatch alarm as a check, window by window: a window in which it was in ALARM is bad, one at whose end it had no
 * data says neither, any other is good. What it cannot see: whether the canary or something else set the alarm off.
 * @param windows of this metric, in any order; only frozen ones that do not straddle are judged
 */
export function judgeAlarm(
  metric: AlarmMetric,
  windows: readonly WindowRecord[],
  context: JudgementContext,
): MetricVerdict {
  const turns = turnsOf(windows, context, { initialDelaySeconds: 0, intervalSeconds: context.windowSeconds });
  return checkVerdict(
    metric.name,
    metric.judge.failureLimit,
    tally(turns, ({ record }) => measured(record)),
  );
}

function measured({ startEpochMs, endEpochMs, reading }: WindowRecord): Measurement {
  const said = (phase: Measurement['phase'], because: string) => ({ startEpochMs, endEpochMs, phase, because });
  if (reading.kind === 'noData') return said('inconclusive', `no data: ${reading.reason}`);
  if (reading.kind !== 'alarm') return said('inconclusive', 'the reading is not the state of an alarm');
  switch (reading.state) {
    case 'ALARM':
      return said('failed', 'the alarm was in ALARM');
    case 'OK':
      return said('successful', 'the alarm was OK');
    default:
      return said('inconclusive', 'the alarm had insufficient data');
  }
}

import { findKind } from '../find-kind.ts';
import { alarmJudge } from './alarm/judge.ts';
import { anomalyBandJudge } from './anomaly-band/judge.ts';
import { burnRateJudge } from './burn-rate/judge.ts';
import { flaggerJudge } from './flagger/judge.ts';
import type { JudgeRunKind } from './judge-run-kind.ts';
import { mannWhitneyJudge } from './mann-whitney/judge.ts';
import type { Metric } from './metric.ts';
import type { AnyJudgeSpec } from './metric-of.ts';
import { relativeJudge } from './relative/judge.ts';
import { sequentialJudge } from './sequential/judge.ts';
import type { SequentialMetric } from './sequential/windows.ts';
import { thresholdJudge } from './threshold/judge.ts';

/** Every kind of judge, as it judges while a release runs. A line for each; plan-registry.ts has them at plan time. */
export const JUDGE_RUNS: readonly JudgeRunKind[] = [
  sequentialJudge,
  thresholdJudge,
  relativeJudge,
  flaggerJudge,
  mannWhitneyJudge,
  alarmJudge,
  anomalyBandJudge,
  burnRateJudge,
];

/** @throws RangeError a frozen plan names a judge that this version does not have */
export function judgeRunOf({ kind }: AnyJudgeSpec): JudgeRunKind {
  return findKind(JUDGE_RUNS, kind, 'judge');
}

/** A metric whose judge decides by the detector. */
export const isDetected = (metric: Metric): metric is SequentialMetric => judgeRunOf(metric.judge).hasDetector === true;

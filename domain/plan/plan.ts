import type { MetricSourceSpec } from '../sources/measure.ts';
import type { FlaggerJudgeSpec, MannWhitneyJudgeSpec } from './other-judges-spec.ts';
import type { PromoteEarly, SequentialJudgeSpec, SequentialPlan } from './sequential-keys.ts';

/**
 * A plan as the release machine reads it: parsed, checked, every default filled in, every duration in seconds and
 * every share between 0 and 1. This is also the frozen copy in the ledger, so it is plain JSON.
 */
export interface Plan {
  workload: string;
  strategy: 'canary' | 'blueGreen';
  /** What happens to a newer revision that arrives during a release. */
  onNewImage: 'queue' | 'replace' | 'reject';
  /** For the whole release, open approvals and holds for want of data not counted; then it rolls back. */
  deadlineSeconds: number;
  /** A slot that is not ready by then rolls back. */
  progressDeadlineSeconds: number;
  /** Absent (in a plan from before it): the canary's pods are no evidence; of each part, absent: it is off. */
  canaryHealth?: { restarts?: number; lostReplicasSeconds?: number };
  /** What happens when a step is over and the verdict is inconclusive. */
  hold: { atMostSeconds: number; then: 'rollBack' | 'ask' | 'proceed' };
  /** Length of a metric window; a multiple of 60 with CloudWatch. */
  windowSeconds: number;
  preview?: { header: { name: string; value: string } };
  /** Present where a metric is judged sequentially. */
  sequential?: SequentialPlan;
  /** Absent: a bake always lasts its time. */
  promoteEarly?: PromoteEarly;
  metrics: Metric[];
  steps: Step[];
  soakSeconds: number;
  notify: NotifyTarget[];
}

export type Step =
  | { kind: 'setWeight'; weight: number }
  /** `control`: it is the soak of a plan that keeps so many per cent on the stable version; it always lasts its time. */
  | { kind: 'bake'; seconds: number; control?: number }
  | { kind: 'analysis'; metrics: string[]; count: number }
  | { kind: 'hook'; name: string; url: string; timeoutSeconds: number; retries: number }
  | {
      kind: 'approval';
      name: string;
      groups: string[];
      required: number;
      notTheStarter: boolean;
      withinSeconds: number;
    };

export interface Metric {
  name: string;
  source: MetricSourceSpec;
  judge: JudgeSpec;
}

export type { Measure, MetricSourceSpec } from '../sources/measure.ts';

export type { FlaggerJudgeSpec, MannWhitneyJudgeSpec } from './other-judges-spec.ts';
export type { SequentialJudgeSpec } from './sequential-keys.ts';

export type JudgeSpec =
  | SequentialJudgeSpec
  | ThresholdJudgeSpec
  | RelativeJudgeSpec
  | FlaggerJudgeSpec
  | MannWhitneyJudgeSpec
  | AlarmJudgeSpec
  | AnomalyBandJudgeSpec;

/** Argo Rollouts' counting: a limit is broken when it is EXCEEDED. */
export interface ThresholdJudgeSpec {
  kind: 'threshold';
  successCondition?: string;
  failureCondition?: string;
  /** -1: any number. */
  failureLimit: number;
  /** So many good ones in a row and the metric is done and healthy; absent or 0: no such limit. */
  consecutiveSuccessLimit?: number;
  inconclusiveLimit: number;
  consecutiveErrorLimit: number;
  /** Measurements after which this metric is done; absent: it measures as long as the analysis lasts. */
  count?: number;
  /** Seconds between measurements; at least the plan's window, which is what it is where absent. */
  intervalSeconds: number;
  /** Seconds from the first weight above 0 to the first measurement. */
  initialDelaySeconds: number;
}

/** The canary against the stable version over the same seconds. Exactly one of `max` and `min` is there. */
export interface RelativeJudgeSpec {
  kind: 'relative';
  /** Bad share (or value) of the canary may be at most this many times the stable version's. */
  max?: number;
  /** Share of good requests (or value) of the canary must be at least this many times the stable version's. */
  min?: number;
  /** Counted as `threshold` counts: broken when exceeded. */
  failureLimit: number;
  /** Windows with fewer canary requests than this say nothing. */
  minRequests: number;
  /** Where stable gets no traffic there is nothing to compare with: the bad share, 0 to 1, that is then too much. */
  ceiling?: number;
}

/** The state of a CloudWatch alarm: ALARM is bad, OK is good, INSUFFICIENT_DATA says neither. */
export interface AlarmJudgeSpec {
  kind: 'alarm';
  /** Windows in ALARM that are still allowed: broken when exceeded. */
  failureLimit: number;
}

/** The canary's value against the band that CloudWatch's model of normal expects. */
export interface AnomalyBandJudgeSpec {
  kind: 'anomalyBand';
  /** Which side of the band is bad. */
  bad: 'above' | 'below' | 'outside';
  /** Windows outside that are still allowed: broken when exceeded. */
  failureLimit: number;
}

export type ReleaseEvent = 'started' | 'approvalNeeded' | 'promoted' | 'rolledBack' | 'rejected' | 'held';

export interface NotifyTarget {
  kind: 'sns';
  /** The release events that are told; the topic is the control plane's unless the plan names one. */
  on: ReleaseEvent[];
  topicArn?: string;
}

import type { Metric } from '../judges/metric.ts';
import type { PromoteEarly, SequentialPlan } from '../judges/sequential/spec.ts';
import type { Step } from '../steps/plan-registry.ts';

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
  /** As they were declared; what a release walks through is made of them by releaseSteps. */
  steps: Step[];
  soakSeconds: number;
  /** Per cent of the requests that stay on stable through the soak, 1 to 5; absent: none. */
  control?: number;
  notify: NotifyTarget[];
}

export type { Metric } from '../judges/metric.ts';
export type { JudgeSpec } from '../judges/plan-registry.ts';
export type { Measure, MetricSourceSpec } from '../sources/measure.ts';
export type { Step } from '../steps/plan-registry.ts';

export type ReleaseEvent = 'started' | 'approvalNeeded' | 'promoted' | 'rolledBack' | 'rejected' | 'held';

export interface NotifyTarget {
  kind: 'sns';
  /** The release events that are told; the topic is the control plane's unless the plan names one. */
  on: ReleaseEvent[];
  topicArn?: string;
}

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

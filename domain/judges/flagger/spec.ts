/** Flagger's thresholdRange and its counting: the `threshold`-th failed check rolls back. At least one of min and max. */
export interface FlaggerJudgeSpec {
  kind: 'flagger';
  /** In Flagger's units: per cent of good requests (0 to 100), milliseconds of a percentile, else the value as it is. */
  min?: number;
  max?: number;
  threshold: number;
  /** Seconds between checks; a multiple of the plan's window. */
  intervalSeconds: number;
}

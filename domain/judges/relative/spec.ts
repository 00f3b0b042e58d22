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

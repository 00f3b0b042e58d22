import type { Path } from '../file/issue.ts';
import type { ReadingKind } from '../sources/measure.ts';

/** What a judge's rules see of a metric whose file may have mistakes: the judge's own keys, and what the source gives. */
export interface DraftedMetric<Judge> {
  /** Absent where it is a mistake itself. */
  name: string | undefined;
  /** Of the judge in the file. */
  path: Path;
  /** The keys that are no mistake by themselves; none where the metric names no judge, and so has this one. */
  judge: Judge;
  /** Whether a key of the judge is in the file, a mistake or not. */
  isGiven(...key: string[]): boolean;
  source: SourceView;
}

/** What a source gives, as far as its keys say it. */
export interface SourceView {
  /** Kinds of readings; undefined where its kind is a mistake. */
  gives: readonly ReadingKind[] | undefined;
  /** A value of each version. */
  isValue: boolean;
  /** A percentile of the load balancer's response time, in seconds. */
  isPercentile: boolean;
  /** The unit of a response time; undefined where it measures something else, or it is not known. */
  unit: TimeUnit | undefined;
}

export type TimeUnit = 'seconds' | 'milliseconds';

/** What a judge's rules see of the rest of the plan. */
export interface DraftedPlan<Keys = unknown> {
  /** The plan's own keys, those left out that are a mistake. */
  keys: Keys;
  /** The whole file as it was written, for `viewOf`. */
  input: object;
  /** Some metric, or its judge, is a mistake itself: it may be of any kind. */
  hasUnknownMetric: boolean;
  /** undefined: it is a mistake. */
  windowSeconds: number | undefined;
  /** No answer takes longer. undefined: it is a mistake. */
  timeoutSeconds: number | undefined;
}

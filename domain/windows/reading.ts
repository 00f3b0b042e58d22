import type { StoredResult } from '../conditions/result-value.ts';

/** Counts of one version over one window. `bad` has one entry per threshold of the metric (one where it has none). */
export interface Counts {
  requests: number;
  bad: number[];
  /** What a person must know of these counts, such as that another threshold than the wanted one was counted by. */
  note?: string;
}

/** Whether there is a value, and one that can be compared. */
export const isNumber = (value: number | null): value is number => Number.isFinite(value);

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** What a metric source says about one window of one metric. `null`: the source has no series for that version (yet). */
export type Reading =
  | { kind: 'counts'; canary: Counts | null; stable: Counts | null }
  | { kind: 'value'; canary: number | null; stable: number | null }
  /** What a check of the canary answered, whole: a Prometheus query or a JSON endpoint. */
  | { kind: 'result'; result: StoredResult }
  /** The state of a CloudWatch alarm: ALARM where it was in ALARM at any instant of the window, else what it was at its end. */
  | { kind: 'alarm'; state: AlarmState }
  /** A value of the canary, and the band in which CloudWatch's model expects it. `null`: not there (yet). */
  | { kind: 'band'; value: number | null; low: number | null; high: number | null }
  | { kind: 'noData'; reason: string };

/**
 * One window of one metric as it is kept: conditionally, so that a frozen one never changes.
 * `frozen` when it can no longer change, `straddles` when it overlaps a shift: stored and shown, never judged.
 */
export interface WindowRecord {
  metric: string;
  startEpochMs: number;
  endEpochMs: number;
  reading: Reading;
  /** When the reading that is kept was first seen; a later equal one at least 10 s after it freezes the window. */
  readAtEpochMs: number;
  straddles: boolean;
  frozenAtEpochMs?: number;
  /** What the source said after the window was frozen, where it said something else: shown, not judged. */
  laterReading?: Reading;
}

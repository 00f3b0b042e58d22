import type { StoredResult } from './result-value.ts';

/** Counts of one version over one window. `bad` has one entry per threshold of the metric (one where it has none). */
export interface Counts {
  requests: number;
  bad: number[];
}

/** What a metric source says about one window of one metric. `null`: the source has no series for that version (yet). */
export type Reading =
  | { kind: 'counts'; canary: Counts | null; stable: Counts | null }
  | { kind: 'value'; canary: number | null; stable: number | null }
  /** What a check of the canary answered, whole: a Prometheus query or a JSON endpoint. */
  | { kind: 'result'; result: StoredResult }
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

import { countsProblem } from '../../statistics/sequential/counts-problem.ts';
import { dispersionOf } from '../../statistics/sequential/dispersion.ts';
import { DEFAULT_PROFILE } from '../../statistics/sequential/profile.ts';
import type { Counts, Reading } from '../../windows/reading.ts';
import { FREEZE_AT_LATEST_SECONDS, type Window } from '../../windows/windows.ts';
import type { Metric } from '../metric.ts';

/** What the stable version's windows before the release say, kept in the ledger: docs/statistics.md (b) and (g). */
export interface Baseline {
  /** Windows with a request. */
  windows: number;
  requests: number;
  /** Per threshold. */
  bad: number[];
  /** Dispersion per threshold: 1 or more. */
  phi: number[];
  /** phi is assumed and not measured: too few windows, or no failure in them. */
  assumed: boolean;
}

/** More than the 60 that are needed, because some will lack data; an hour and a half of minutes. */
export const BASELINE_WINDOWS = 90;

/** Thresholds of a metric that counts. */
export const thresholdsOf = ({ source: { measure } }: Metric): number =>
  'thresholdsSeconds' in measure ? measure.thresholdsSeconds.length : 1;

/** The metrics that have something to learn from the past: sequential ones with the guard, or with `ceiling: auto`. */
export const learningMetrics = (metrics: readonly Metric[]): Metric[] =>
  metrics.filter(({ judge }) => judge.kind === 'sequential' && (judge.guard || judge.ceiling === 'auto'));

/** The windows to read before the first weight, oldest first: those that can no longer change by now. */
export function baselineWindows(nowEpochMs: number, windowSeconds: number): Window[] {
  const windowMs = windowSeconds * 1000;
  const last = Math.floor((nowEpochMs - FREEZE_AT_LATEST_SECONDS * 1000) / windowMs) * windowMs;
  const windows: Window[] = [];
  for (let i = BASELINE_WINDOWS; i >= 1; i -= 1) {
    const startEpochMs = last - i * windowMs;
    if (startEpochMs >= 0) windows.push({ startEpochMs, endEpochMs: startEpochMs + windowMs });
  }
  return windows;
}

/** One metric's baseline from what its source said of those windows. Windows that cannot be judged are left out. */
export function baselineOf(metric: Metric, readings: readonly (Window & { reading: Reading })[]): Baseline {
  const thresholds = thresholdsOf(metric);
  const counts = readings
    .toSorted((a, b) => a.startEpochMs - b.startEpochMs)
    .flatMap(({ reading, startEpochMs, endEpochMs }): Counts[] => {
      if (reading.kind !== 'counts' || reading.stable === null || reading.stable.requests === 0) return [];
      const window = { metric: metric.name, startEpochMs, endEpochMs, canary: null, stable: reading.stable };
      return countsProblem(window, thresholds) === undefined ? [reading.stable] : [];
    });
  const perThreshold = Array.from({ length: thresholds }, (_, t) =>
    counts.map(({ requests, bad }) => ({ requests, bad: bad[t] ?? 0 })),
  );
  const found = perThreshold.map(windows => dispersionOf(windows, DEFAULT_PROFILE));
  return {
    windows: counts.length,
    requests: counts.reduce((sum, { requests }) => sum + requests, 0),
    bad: perThreshold.map(windows => windows.reduce((sum, { bad }) => sum + bad, 0)),
    phi: found.map(({ phi }) => Number(phi.toPrecision(6))),
    assumed: found.some(({ assumed }) => assumed),
  };
}

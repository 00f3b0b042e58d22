import type { Baseline } from '../judges/sequential/baseline.ts';
import type { Reading, WindowRecord } from '../windows/reading.ts';
import type { Expected, Window } from '../windows/windows.ts';

/** A release of the past, as it can be judged again: its frozen windows, and what is known of its dial. Plain JSON but for `expects`. */
export interface RecordedRelease {
  name: string;
  /** By metric, in the order in which the metrics were first seen; each oldest first, none overlapping another. */
  metrics: readonly RecordedMetric[];
  /** Of the shortest window. */
  windowSeconds: number;
  /** When the canary first got traffic. */
  startedAtEpochMs: number;
  expects(window: Window): Expected;
  /** As in a JudgementContext; absent where the dial is not known. */
  steadyWeight?: (window: Window) => number | undefined;
  /** What the ledger kept of it; absent where the windows come from elsewhere. */
  baseline?: Readonly<Record<string, Baseline>> | undefined;
  ceilings?: Readonly<Record<string, readonly number[]>> | undefined;
}

export interface RecordedMetric {
  name: string;
  windows: readonly WindowRecord[];
}

/** The counts of one window of a recording: `bad` is the first threshold's where a metric has several. */
export interface RecordedCounts extends Window {
  canaryRequests: number;
  canaryBad: number;
  stableRequests: number;
  stableBad: number;
}

/**
 * A release of which only windows are known. Windows that nobody recorded are taken for windows that overlapped a shift:
 * they are no missing data. Where a metric counted no stable request and no other saw one, stable is taken to have had no
 * traffic.
 * @param metrics as in RecordedRelease, at least one window in all
 */
export function releaseOfWindows(name: string, metrics: readonly RecordedMetric[]): RecordedRelease {
  const all = metrics.flatMap(({ windows }) => windows);
  const startedAtEpochMs = all.reduce(
    (least, { startEpochMs }) => Math.min(least, startEpochMs),
    Number.POSITIVE_INFINITY,
  );
  const windowMs = all.reduce(
    (least, one) => Math.min(least, one.endEpochMs - one.startEpochMs),
    Number.POSITIVE_INFINITY,
  );
  let stableAt: ReturnType<typeof stableByStart> | undefined;
  return {
    name,
    metrics,
    windowSeconds: windowMs / 1000,
    startedAtEpochMs,
    expects({ startEpochMs }) {
      stableAt ??= stableByStart(all);
      const canary = stableAt.has(startEpochMs);
      return { canary, stable: canary && stableAt.get(startEpochMs) !== false };
    },
  };
}

/** Starts of the recorded windows, and whether any metric saw stable there; undefined where none says either. */
function stableByStart(windows: readonly WindowRecord[]): Map<number, boolean | undefined> {
  const found = new Map<number, boolean | undefined>();
  for (const { startEpochMs, reading } of windows) {
    const before = found.get(startEpochMs);
    found.set(startEpochMs, before === true ? before : (sawStable(reading) ?? before));
  }
  return found;
}

/** A value of the canary alone says nothing of stable's traffic, nor does a source that was away. */
function sawStable(reading: Reading): boolean | undefined {
  if (reading.kind !== 'counts' && reading.kind !== 'value') return undefined;
  if (reading.stable === null) return undefined;
  return reading.kind === 'value' || reading.stable.requests > 0;
}

/**
 * The same release on a grid of its shortest window that begins at a multiple of it, as the windows of a running release
 * do. Order and gaps stay; since windows do not overlap, no two of a metric come to lie on one place.
 */
export function onGrid(release: RecordedRelease): RecordedRelease {
  const windowMs = release.windowSeconds * 1000;
  const isAligned = release.metrics.every(({ windows }) =>
    windows.every(one => one.startEpochMs % windowMs === 0 && one.endEpochMs - one.startEpochMs === windowMs),
  );
  if (isAligned) return release;
  const first = Math.ceil(release.startedAtEpochMs / windowMs) * windowMs;
  const metrics = release.metrics.map(({ name, windows }) => ({
    name,
    windows: windows.map(record => {
      const startEpochMs = first + Math.round((record.startEpochMs - release.startedAtEpochMs) / windowMs) * windowMs;
      return { ...record, startEpochMs, endEpochMs: startEpochMs + windowMs, frozenAtEpochMs: startEpochMs + windowMs };
    }),
  }));
  return { ...release, ...releaseOfWindows(release.name, metrics) };
}

/** What a window counted, where it can be judged on counts: it is frozen, straddles no shift, and the canary gets traffic. */
export function countsOf(release: RecordedRelease, record: WindowRecord): RecordedCounts | undefined {
  const { reading, startEpochMs, endEpochMs } = record;
  if (reading.kind !== 'counts' || record.straddles || record.frozenAtEpochMs === undefined) return undefined;
  if (!release.expects(record).canary) return undefined;
  const { canary, stable } = reading;
  return {
    startEpochMs,
    endEpochMs,
    canaryRequests: canary?.requests ?? 0,
    canaryBad: canary?.bad[0] ?? 0,
    stableRequests: stable?.requests ?? 0,
    stableBad: stable?.bad[0] ?? 0,
  };
}

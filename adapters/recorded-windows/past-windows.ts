import type { Slot } from '../../domain/dial.ts';
import type { Metric } from '../../domain/plan/plan.ts';
import { type RecordedRelease, releaseOfWindows } from '../../domain/replay/recorded-release.ts';
import type { Counts, Reading, WindowRecord } from '../../domain/windows/reading.ts';
import type { Workload } from '../../domain/workload.ts';
import type { MetricReading, MetricSource } from '../metrics/metric-source.ts';

export interface PastSpan {
  workload: Workload;
  /** Which slot was the canary's then. */
  canary: Slot;
  revisions: Record<Slot, string>;
  metrics: Metric[];
  windowSeconds: number;
  /** Both in the past, far enough that nothing changes any more; whole windows between them are read. */
  startEpochMs: number;
  endEpochMs: number;
}

/** A source is asked for so many windows at once: what it answers has to come within one call's deadline. */
const WINDOWS_AT_ONCE = 240;

/** What a source says of each metric in each whole window of a span. @throws MetricSourceUnreachableError */
export async function readPastWindows(source: MetricSource, span: PastSpan): Promise<MetricReading[]> {
  const { workload, canary, revisions, metrics, windowSeconds } = span;
  const windowMs = windowSeconds * 1000;
  const first = Math.ceil(span.startEpochMs / windowMs);
  const count = Math.max(0, Math.floor(span.endEpochMs / windowMs) - first);
  const all = Array.from({ length: count }, (_, i) => ({
    startEpochMs: (first + i) * windowMs,
    endEpochMs: (first + i + 1) * windowMs,
  }));
  const readings: MetricReading[] = [];
  for (let from = 0; from < count; from += WINDOWS_AT_ONCE) {
    const windows = all.slice(from, from + WINDOWS_AT_ONCE);
    readings.push(...(await source.read({ workload, canary, revisions, metrics, windows })));
  }
  return readings;
}

/**
 * The windows of a span of the past, read as a running release would have read them. Windows in which no metric saw a
 * canary request are left out: at weight 0 there is nothing to judge. Where shifts were is not known, so a window that
 * overlaps one is judged like any other.
 * @returns undefined: the canary had no request in the whole span
 * @throws MetricSourceUnreachableError
 */
export async function readPastRelease(source: MetricSource, span: PastSpan): Promise<RecordedRelease | undefined> {
  const { workload, metrics } = span;
  const records = (await readPastWindows(source, span)).map(recordOf);
  const judged = new Set(records.filter(sawCanary).map(({ startEpochMs }) => startEpochMs));
  if (judged.size === 0) return undefined;
  const byMetric = metrics.map(({ name }) => ({
    name,
    windows: records.filter(record => record.metric === name && judged.has(record.startEpochMs)),
  }));
  return releaseOfWindows(workload.name, byMetric);
}

function recordOf(read: MetricReading): WindowRecord {
  const { metric, startEpochMs, endEpochMs, reading } = read;
  const known = { readAtEpochMs: endEpochMs, frozenAtEpochMs: endEpochMs, straddles: false };
  return { metric, startEpochMs, endEpochMs, reading: settled(reading), ...known };
}

/** Of a window long past a version without a series had no request. */
function settled(reading: Reading): Reading {
  if (reading.kind !== 'counts') return reading;
  const none = (like: Counts | null): Counts => ({ requests: 0, bad: (like?.bad ?? [0]).map(() => 0) });
  const { canary, stable } = reading;
  return { ...reading, canary: canary ?? none(stable), stable: stable ?? none(canary) };
}

function sawCanary({ reading }: WindowRecord): boolean {
  if (reading.kind === 'counts') return (reading.canary?.requests ?? 0) > 0;
  return reading.kind === 'value' && reading.canary !== null;
}

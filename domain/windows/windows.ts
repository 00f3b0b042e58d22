import { canonicalJson } from '../canonical-json.ts';
import type { Counts, Reading, WindowRecord } from './reading.ts';

export interface Window {
  startEpochMs: number;
  endEpochMs: number;
}

/** Which versions get traffic at the dial of a window. Weight 0 and weight 100 are not missing data. */
export interface Expected {
  canary: boolean;
  stable: boolean;
}

/** Of which versions the source knows that the window's counts cannot change any more. */
export type Settled = Expected;

/** Two reads that agree this far apart freeze a window: CloudWatch may still add to a point that it already shows. */
export const AGREEMENT_SECONDS = 10;
/** A window freezes this long after its end whatever is there: points arrive 1 to 3 minutes late (aws-facts). */
export const FREEZE_AT_LATEST_SECONDS = 180;
/**
 * Accepted is not propagated: for a while after a confirmed shift some of the load balancer's nodes still send by the
 * old weights, so counts of those seconds belong to neither dial. 30 s is the design's allowance for an ALB.
 */
export const DEFAULT_PROPAGATION_SECONDS = 30;

/**
 * A window that nobody could read waits for its source while it is one of so many, and for an hour at least. Then it freezes
 * without data: a source that is down for good leaves no work that grows.
 */
const OPEN_AT_MOST = 360;
const OPEN_AT_LEAST_SECONDS = 3600;

/** Windows that begin before were waited for long enough. */
export const openSince = (nowEpochMs: number, windowSeconds: number): number =>
  nowEpochMs - Math.max(OPEN_AT_MOST * windowSeconds, OPEN_AT_LEAST_SECONDS) * 1000;

const alignedDown = (epochMs: number, windowMs: number): number => Math.floor(epochMs / windowMs) * windowMs;

/** Where the first window begins: the one that this instant lies in. */
export const firstWindow = (startEpochMs: number, windowSeconds: number): number =>
  alignedDown(startEpochMs, windowSeconds * 1000);

/**
 * The windows that have ended and are worth a read: those not frozen for every metric, and frozen ones until 180 s after
 * their end, when growth can still show. Windows begin at multiples of their length since the epoch, as CloudWatch's
 * minutes do; the first is the one that `firstStartEpochMs` lies in. Oldest first.
 */
export function windowsDue(options: {
  firstStartEpochMs: number;
  windowSeconds: number;
  nowEpochMs: number;
  /** Names of all metrics that are read. */
  metrics: readonly string[];
  records: readonly WindowRecord[];
}): Window[] {
  const windowMs = options.windowSeconds * 1000;
  const frozen = frozenStarts(options.records);
  const due: Window[] = [];
  const first = alignedDown(options.firstStartEpochMs, windowMs);
  for (let startEpochMs = first; startEpochMs + windowMs <= options.nowEpochMs; startEpochMs += windowMs) {
    const endEpochMs = startEpochMs + windowMs;
    const mayGrow = options.nowEpochMs <= endEpochMs + FREEZE_AT_LATEST_SECONDS * 1000;
    const open = options.metrics.some(metric => frozen.get(metric)?.has(startEpochMs) !== true);
    if (options.metrics.length > 0 && (open || mayGrow)) due.push({ startEpochMs, endEpochMs });
  }
  return due;
}

function frozenStarts(records: readonly WindowRecord[]): Map<string, Set<number>> {
  const frozen = new Map<string, Set<number>>();
  for (const record of records) {
    if (record.frozenAtEpochMs === undefined) continue;
    const starts = frozen.get(record.metric) ?? new Set();
    frozen.set(record.metric, starts.add(record.startEpochMs));
  }
  return frozen;
}

/**
 * What is kept of a window after one more read. It freezes when the versions that get traffic at its dial are there and two
 * reads at least 10 s apart agree on every series, or 180 s after its end: a series still missing then counts as 0 requests.
 * A source that knows when it cannot change any more (`settled`) is believed, and not asked for a second read: between two
 * scrapes two reads agree on nothing. Reads that disagree start the 10 s again. A frozen record never changes but for `laterReading`.
 * The previous record itself is returned where nothing changed, so that it need not be written again.
 */
export function nextRecord(
  previous: WindowRecord | undefined,
  read: { metric: string; startEpochMs: number; endEpochMs: number; reading: Reading; settled?: Settled },
  context: { nowEpochMs: number; expects: Expected; straddles: boolean },
): WindowRecord {
  if (previous?.frozenAtEpochMs !== undefined) return withLaterReading(previous, read.reading);
  const { nowEpochMs } = context;
  if (previous !== undefined && nowEpochMs < previous.readAtEpochMs) return previous; // a slower look says what is old
  const agrees = previous !== undefined && sameReading(previous.reading, read.reading);
  // What was read before the window ended confirms nothing.
  const readAtEpochMs = agrees && previous.readAtEpochMs >= read.endEpochMs ? previous.readAtEpochMs : nowEpochMs;
  const settled =
    isComplete(read.reading, context.expects) &&
    (read.settled === undefined
      ? agrees && nowEpochMs - readAtEpochMs >= AGREEMENT_SECONDS * 1000
      : isSettled(read.settled, context.expects));
  const overdue = nowEpochMs >= read.endEpochMs + FREEZE_AT_LATEST_SECONDS * 1000;
  const freezes = settled || overdue;
  const isAsBefore = readAtEpochMs === previous?.readAtEpochMs && previous.straddles === context.straddles;
  if (agrees && isAsBefore && !freezes) return previous;
  return {
    metric: read.metric,
    startEpochMs: read.startEpochMs,
    endEpochMs: read.endEpochMs,
    // A source that lost its voice has not taken back the counts it gave before: they are kept, and must be seen again.
    reading: read.reading.kind === 'noData' && previous !== undefined ? previous.reading : read.reading,
    readAtEpochMs,
    straddles: context.straddles,
    ...(freezes ? { frozenAtEpochMs: nowEpochMs } : {}),
  };
}

function withLaterReading(frozen: WindowRecord, reading: Reading): WindowRecord {
  if (reading.kind === 'result') return frozen; // what an endpoint says later is about later
  if (reading.kind === 'noData' || sameReading(frozen.reading, reading)) return frozen;
  if (frozen.laterReading !== undefined && sameReading(frozen.laterReading, reading)) return frozen;
  return { ...frozen, laterReading: reading };
}

const isSettled = (settled: Settled, expects: Expected): boolean =>
  (!expects.canary || settled.canary) && (!expects.stable || settled.stable);

function isComplete(reading: Reading, expects: Expected): boolean {
  switch (reading.kind) {
    case 'noData':
      return false;
    case 'counts':
    case 'value':
      return (!expects.canary || reading.canary !== null) && (!expects.stable || reading.stable !== null);
    case 'band':
      return reading.value !== null && reading.low !== null && reading.high !== null;
    default:
      return true; // of the canary alone, and it is there
  }
}

/** Equal in every series of both versions; notes and reasons may differ. */
export function sameReading(a: Reading, b: Reading): boolean {
  if (a.kind === 'noData' || b.kind === 'noData') return a.kind === b.kind;
  if (a.kind === 'counts' && b.kind === 'counts') {
    return sameCounts(a.canary, b.canary) && sameCounts(a.stable, b.stable);
  }
  if (a.kind === 'value' && b.kind === 'value') {
    return Object.is(a.canary, b.canary) && Object.is(a.stable, b.stable);
  }
  return canonicalJson(a) === canonicalJson(b);
}

function sameCounts(a: Counts | null, b: Counts | null): boolean {
  if (a === null || b === null) return a === b;
  return a.requests === b.requests && a.bad.length === b.bad.length && a.bad.every((bad, i) => bad === b.bad[i]);
}

import type { Checkpoint, Ledger } from '../../adapters/ledger/ledger.ts';
import {
  type MetricReading,
  type MetricSource,
  MetricSourceUnreachableError,
} from '../../adapters/metrics/metric-source.ts';
import type { Folded } from '../../domain/judges/folded.ts';
import {
  analysisComplete,
  type JudgementContext,
  judgeRelease,
  type ReleaseVerdict,
} from '../../domain/judges/judge-release.ts';
import type { Verdict } from '../../domain/judges/verdict.ts';
import { drainingOf } from '../../domain/ledger/draining-of.ts';
import { walkedPlanOf } from '../../domain/ledger/steps-of.ts';
import { sequentialContext } from '../../domain/plan/sequential-context.ts';
import { WAIT_SECONDS } from '../../domain/release/next-move.ts';
import { currentStep } from '../../domain/release/next-step.ts';
import { usualLatenessSeconds } from '../../domain/sources/measure.ts';
import { factsOf } from '../../domain/steps/plan-registry.ts';
import { nextLookSeconds } from '../../domain/windows/looks.ts';
import type { WindowRecord } from '../../domain/windows/reading.ts';
import { analysisStart, expectedIn, steadyWeight, straddles } from '../../domain/windows/shifts.ts';
import { nextRecord, openSince, type Window, windowsDue } from '../../domain/windows/windows.ts';
import type { ReleaseCall } from '../release-call.ts';
import { type KnownWindows, nextFold, readWindows } from './judged-windows.ts';
import { inTime, METRICS_WITHIN_MS } from './look-budget.ts';
import { revisionsOf } from './see-baseline.ts';

interface WatchDeps {
  ledger: Ledger;
  metrics: MetricSource;
}

export interface Watched extends ReleaseVerdict {
  analysisComplete: boolean;
  /** Seconds until another look can see more. */
  nextReadingSeconds: number;
  /** The next checkpoint, and the one that it follows. */
  fold?: { folded: Folded; previous: Checkpoint | undefined };
}

/**
 * Reads what can be read by now, keeps the windows, and judges those that are frozen: on from the checkpoint of those that
 * were judged before, and with the next checkpoint where it is time for one.
 */
export async function watchMetrics(deps: WatchDeps, call: ReleaseCall): Promise<Watched> {
  const { plan, shifts } = call.release;
  const startedAtEpochMs = analysisStart(shifts);
  if (startedAtEpochMs === undefined || plan.metrics.length === 0) {
    return { ...judgedBy(call, [], contextOf(call, { fault: undefined })), nextReadingSeconds: WAIT_SECONDS };
  }
  const known = await readWindows(deps, call, startedAtEpochMs);
  const anew = known.readUntilEpochMs === undefined ? undefined : judgedAnew(call, known);
  if (anew !== undefined) return anew;
  const read = await readDue(deps, call, known);
  const records = await keep(deps, call, known, read);
  const context = contextOf(call, { fault: read.fault, before: known.before });
  const folded = nextFold(call, { ...known, records }, context)?.folded;
  return {
    ...judgedBy(call, records, context, known.before),
    nextReadingSeconds: secondsUntilMore(call, records, known),
    ...(folded !== undefined && { fold: { folded, previous: known.checkpoint } }),
  };
}

/**
 * A checkpoint that is lost is made again from its windows, look by look; until it is there nothing is judged.
 * @returns undefined where the first window is still open: it has to be read before any can be folded
 */
function judgedAnew(call: ReleaseCall, known: KnownWindows): Watched | undefined {
  const next = nextFold(call, known, contextOf(call, { fault: undefined, before: known.before }));
  if (next === undefined) return undefined;
  const at = new Date(next.cut.untilEpochMs).toISOString();
  const because = `the windows are being judged anew, until ${at} so far: their checkpoint is not there`;
  return {
    ...{ verdict: { kind: 'inconclusive', because, fault: true }, byMetric: {}, judged: {}, measurements: {} },
    ...{ ceilings: {}, evidence: [], analysisComplete: false, nextReadingSeconds: 1 },
    fold: { folded: next.folded, previous: known.checkpoint },
  };
}

function contextOf(
  call: ReleaseCall,
  { fault, before }: { fault: string | undefined; before?: Folded | undefined },
): JudgementContext {
  const { plan, shifts, admission } = call.release;
  const startedAtEpochMs = analysisStart(shifts);
  const lostUntilEpochMs = before?.lostUntilEpochMs ?? 0;
  return {
    analysisStartedAtEpochMs: startedAtEpochMs && Math.max(startedAtEpochMs, lostUntilEpochMs),
    nowEpochMs: call.now,
    windowSeconds: plan.windowSeconds,
    expects: window => expectedIn(window, shifts),
    sequential: sequentialContext(walkedPlanOf(call.release), call.release),
    steadyWeight: window =>
      steadyWeight(window, shifts, admission === undefined ? 0 : drainingOf(admission).clientsSeconds),
    sourceFault: fault,
  };
}

function judgedBy(
  call: ReleaseCall,
  records: readonly WindowRecord[],
  context: JudgementContext,
  before?: Folded,
): ReleaseVerdict & { analysisComplete: boolean } {
  const { metrics } = call.release.plan;
  const step = currentStep(call.release);
  const measures = step && factsOf(step).measures;
  const only = measures === undefined ? undefined : { metricsOfThisStep: measures.metrics };
  const windowsByMetric = Object.groupBy(records, record => record.metric) as Record<string, WindowRecord[]>;
  const found = judgeRelease(metrics, windowsByMetric, context, only, before);
  const isComplete = measures !== undefined && analysisComplete(measures, metrics, found.judged);
  return { ...found, verdict: withLoss(found.verdict, before), analysisComplete: isComplete };
}

/** What was seen is not known any more: what comes later may still be bad, and cannot be good enough. */
function withLoss(verdict: Verdict, before: Folded | undefined): Verdict {
  if (before?.lostUntilEpochMs === undefined || verdict.kind === 'degraded') return verdict;
  const because = `what was judged before ${new Date(before.lostUntilEpochMs).toISOString()} is lost, its windows and their checkpoint; since then: ${verdict.because}`;
  return { kind: 'inconclusive', because, fault: true };
}

interface Read {
  /** What was asked for. */
  windows: Window[];
  readings: MetricReading[];
  fault?: string;
}

async function readDue(deps: WatchDeps, call: ReleaseCall, { fromEpochMs, records }: KnownWindows): Promise<Read> {
  const { plan, workload } = call.release;
  const { windowSeconds, metrics } = plan;
  const names = metrics.map(metric => metric.name);
  const due = { firstStartEpochMs: fromEpochMs, windowSeconds, nowEpochMs: call.now, metrics: names, records };
  const windows = windowsDue(due);
  if (windows.length === 0) return { windows, readings: [] };
  const { canary } = call.admission;
  const revisions = revisionsOf(call.admission);
  try {
    const asked = deps.metrics.read({ workload, canary, revisions, metrics, windows, withinMs: METRICS_WITHIN_MS });
    return { windows, readings: await inTime(asked, because => new MetricSourceUnreachableError(because)) };
  } catch (error) {
    if (!(error instanceof MetricSourceUnreachableError)) throw error;
    call.log.warn('the metrics cannot be read', { because: error.message });
    return { windows, readings: [...error.readings], fault: error.message }; // of a plan's sources one may be there
  }
}

/** The windows after this read; what changed is written. */
async function keep(deps: WatchDeps, call: ReleaseCall, known: KnownWindows, read: Read): Promise<WindowRecord[]> {
  const { shifts } = call.release;
  const { propagationSeconds } = call.admission;
  const keyOf = (window: { metric: string; startEpochMs: number }) => `${window.metric} ${window.startEpochMs}`;
  const byKey = new Map(known.records.map(record => [keyOf(record), record]));
  const changed: WindowRecord[] = [];
  for (const reading of [...read.readings, ...unread(call, read)]) {
    const before = byKey.get(keyOf(reading));
    const after = nextRecord(before, reading, {
      nowEpochMs: call.now,
      expects: expectedIn(reading, shifts),
      straddles: straddles(reading, shifts, propagationSeconds),
    });
    if (after === before) continue;
    byKey.set(keyOf(after), after);
    changed.push(after);
  }
  await Promise.all(changed.map(record => deps.ledger.putWindow(call.releaseId, record)));
  return [...byKey.values()];
}

/** Windows that could not be read and are no longer waited for. */
function unread(call: ReleaseCall, { windows, readings }: Read): MetricReading[] {
  const { metrics, windowSeconds } = call.release.plan;
  const sinceEpochMs = openSince(call.now, windowSeconds);
  const old = windows.filter(({ startEpochMs }) => startEpochMs < sinceEpochMs);
  if (old.length === 0) return [];
  const keyOf = (metric: string, startEpochMs: number) => `${metric} ${startEpochMs}`;
  const answered = new Set(readings.map(({ metric, startEpochMs }) => keyOf(metric, startEpochMs)));
  const reading = { kind: 'noData', reason: 'its source could not be read while the window was waited for' } as const;
  return old.flatMap(window =>
    metrics
      .filter(({ name }) => !answered.has(keyOf(name, window.startEpochMs)))
      .map(({ name }) => ({ ...window, metric: name, reading })),
  );
}

function secondsUntilMore(call: ReleaseCall, records: WindowRecord[], { fromEpochMs, before }: KnownWindows): number {
  const { plan } = call.release;
  return nextLookSeconds({
    firstStartEpochMs: fromEpochMs,
    windowSeconds: plan.windowSeconds,
    nowEpochMs: call.now,
    metrics: plan.metrics.map(metric => metric.name),
    records,
    soonestBefore: before?.soonestSeconds,
    defaultLatenessSeconds: usualLatenessSeconds(plan.metrics.map(metric => metric.source.kind)),
  });
}

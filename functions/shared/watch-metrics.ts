import type { Ledger } from '../../adapters/ledger/ledger.ts';
import {
  type MetricReading,
  type MetricSource,
  MetricSourceUnreachableError,
} from '../../adapters/metrics/metric-source.ts';
import {
  analysisComplete,
  type JudgementContext,
  judgeRelease,
  type ReleaseVerdict,
} from '../../domain/judgement/judge.ts';
import { nextLookSeconds, usualLatenessSeconds } from '../../domain/judgement/looks.ts';
import type { WindowRecord } from '../../domain/judgement/reading.ts';
import { sequentialContext } from '../../domain/judgement/sequential-context.ts';
import { analysisStart, expectedIn, steadyWeight, straddles } from '../../domain/judgement/shifts.ts';
import { nextRecord, windowsDue } from '../../domain/judgement/windows.ts';
import { WAIT_SECONDS } from '../../domain/release/next-move.ts';
import { currentStep } from '../../domain/release/next-step.ts';
import { inTime, METRICS_WITHIN_MS } from './look-budget.ts';
import type { ReleaseCall } from './release-call.ts';
import { revisionsOf } from './see-baseline.ts';

interface WatchDeps {
  ledger: Ledger;
  metrics: MetricSource;
}

export interface Watched extends ReleaseVerdict {
  analysisComplete: boolean;
  /** Seconds until another look can see more. */
  nextReadingSeconds: number;
}

/** Reads what can be read by now, keeps the windows, and judges those that are frozen. */
export async function watchMetrics(deps: WatchDeps, call: ReleaseCall): Promise<Watched> {
  const { plan, shifts } = call.release;
  const known = await deps.ledger.windows(call.releaseId);
  const read = await readDue(deps, call, known);
  const records = await keep(deps, call, known, read.readings);
  const windowsByMetric = Object.groupBy(records, record => record.metric) as Record<string, WindowRecord[]>;
  const context: JudgementContext = {
    analysisStartedAtEpochMs: analysisStart(shifts),
    nowEpochMs: call.now,
    windowSeconds: plan.windowSeconds,
    expects: window => expectedIn(window, shifts),
    sequential: sequentialContext(plan, call.release),
    steadyWeight: window => steadyWeight(window, shifts, call.release.admission?.stickinessSeconds ?? 0),
    sourceFault: read.fault,
  };
  const step = currentStep(call.release);
  const only = step?.kind === 'analysis' ? { metricsOfThisStep: step.metrics } : undefined;
  const found = judgeRelease(plan.metrics, windowsByMetric, context, only);
  return {
    ...found,
    analysisComplete: step?.kind === 'analysis' && analysisComplete(step, plan.metrics, found.judged),
    nextReadingSeconds: secondsUntilMore(call, records),
  };
}

async function readDue(
  deps: WatchDeps,
  call: ReleaseCall,
  records: WindowRecord[],
): Promise<{ readings: MetricReading[]; fault?: string }> {
  const { plan, shifts, workload } = call.release;
  const firstStartEpochMs = analysisStart(shifts);
  if (firstStartEpochMs === undefined || plan.metrics.length === 0) return { readings: [] };
  const { windowSeconds, metrics } = plan;
  const names = metrics.map(metric => metric.name);
  const windows = windowsDue({ firstStartEpochMs, windowSeconds, nowEpochMs: call.now, metrics: names, records });
  if (windows.length === 0) return { readings: [] };
  const { canary } = call.admission;
  const revisions = revisionsOf(call.admission);
  try {
    const asked = deps.metrics.read({ workload, canary, revisions, metrics, windows, withinMs: METRICS_WITHIN_MS });
    return { readings: await inTime(asked, because => new MetricSourceUnreachableError(because)) };
  } catch (error) {
    if (!(error instanceof MetricSourceUnreachableError)) throw error;
    call.log.warn('the metrics cannot be read', { because: error.message });
    return { readings: [...error.readings], fault: error.message }; // of a plan's sources one may be there
  }
}

/** The windows after this read; what changed is written. */
async function keep(
  deps: WatchDeps,
  call: ReleaseCall,
  known: WindowRecord[],
  readings: MetricReading[],
): Promise<WindowRecord[]> {
  const { shifts } = call.release;
  const { propagationSeconds } = call.admission;
  const keyOf = (window: { metric: string; startEpochMs: number }) => `${window.metric} ${window.startEpochMs}`;
  const byKey = new Map(known.map(record => [keyOf(record), record]));
  const changed: WindowRecord[] = [];
  for (const reading of readings) {
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

function secondsUntilMore(call: ReleaseCall, records: WindowRecord[]): number {
  const { plan, shifts } = call.release;
  const firstStartEpochMs = analysisStart(shifts);
  if (firstStartEpochMs === undefined || plan.metrics.length === 0) return WAIT_SECONDS;
  return nextLookSeconds({
    firstStartEpochMs,
    windowSeconds: plan.windowSeconds,
    nowEpochMs: call.now,
    metrics: plan.metrics.map(metric => metric.name),
    records,
    defaultLatenessSeconds: usualLatenessSeconds(plan.metrics.map(metric => metric.source.kind)),
  });
}

import type { Log } from '../../adapters/log/log.ts';
import {
  type MetricReading,
  type MetricSource,
  MetricSourceUnreachableError,
} from '../../adapters/metrics/metric-source.ts';
import type { Slot } from '../../domain/dial.ts';
import { blindAt } from '../../domain/forecast/blind-at.ts';
import { baselineOf, baselineWindows, learningMetrics } from '../../domain/judges/sequential/baseline.ts';
import type { Admission } from '../../domain/ledger/facts.ts';
import { walkedPlanOf } from '../../domain/ledger/steps-of.ts';
import { analysisStart } from '../../domain/windows/shifts.ts';
import { type NotifyDeps, notify } from '../notify.ts';
import type { ReleaseCall } from '../release-call.ts';
import { inTime, METRICS_WITHIN_MS } from './look-budget.ts';

/**
 * Before the first weight, once: what the stable version's windows of the last hour and a half say of its rate and of how
 * much its counts vary, for the sequential metrics. A source that cannot be read is asked again at the next look; without
 * an answer by the first weight the release goes on, and its verdicts say that the noise is assumed. A plan that cannot see
 * what it wants to see at this traffic is warned of, in the forecast's words.
 */
export async function readBaseline(
  deps: { metrics: MetricSource },
  call: ReleaseCall,
): Promise<readonly MetricReading[] | undefined> {
  const { plan, shifts, workload, baseline } = call.release;
  const metrics = learningMetrics(plan.metrics);
  if (metrics.length === 0 || baseline !== undefined || analysisStart(shifts) !== undefined) return undefined;
  const windows = baselineWindows(call.now, plan.windowSeconds);
  if (windows.length === 0) return undefined;
  const { canary } = call.admission;
  const request = { workload, canary, revisions: revisionsOf(call.admission), metrics, windows };
  try {
    const asked = deps.metrics.read({ ...request, withinMs: METRICS_WITHIN_MS });
    return await inTime(asked, because => new MetricSourceUnreachableError(because));
  } catch (error) {
    if (!(error instanceof MetricSourceUnreachableError)) throw error;
    call.log.warn("the stable version's past cannot be read", { because: error.message });
    return undefined;
  }
}

/** Writes down what `readBaseline` has read; nothing where it had nothing to read or no answer. */
export async function writeBaseline(
  deps: NotifyDeps & { log: Log },
  call: ReleaseCall,
  readings: readonly MetricReading[] | undefined,
): Promise<void> {
  if (readings === undefined) return;
  const { plan } = call.release;
  const byMetric = learningMetrics(plan.metrics).map(metric => {
    const own = readings.filter(reading => reading.metric === metric.name);
    return [metric.name, baselineOf(metric, own)] as const;
  });
  const seen = Object.fromEntries(byMetric);
  const blind = blindAt(walkedPlanOf(call.release), seen);
  for (const because of blind) {
    call.log.warn('the plan is blind', { because });
    await notify(deps, call.release, 'started', `the plan is blind: ${because}`);
  }
  await call.append({ kind: 'baselineSeen', baseline: seen, ...(blind.length > 0 && { blind }) });
}

/** Ceilings that are known for the first time: what judged once is what judges until the end. */
export async function freezeCeilings(
  call: ReleaseCall,
  ceilings: Readonly<Record<string, readonly number[]>>,
): Promise<void> {
  const frozen = call.release.ceilings ?? {};
  const fresh = Object.entries(ceilings).filter(([name]) => frozen[name] === undefined);
  if (fresh.length === 0) return;
  await call.append({
    kind: 'ceilingsFrozen',
    ceilings: Object.fromEntries(fresh.map(([name, found]) => [name, [...found]])),
  });
}

/** What runs in each slot. */
export const revisionsOf = ({ canary, stable, revision, stableRevision }: Admission): Record<Slot, string> =>
  ({ [canary]: revision, [stable]: stableRevision }) as Record<Slot, string>;

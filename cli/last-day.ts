import type { MetricSource } from '../adapters/metrics/metric-source.ts';
import type { TrafficRouter } from '../adapters/router/router.ts';
import { otherSlot } from '../domain/dial.ts';
import { isCounted, type Traffic } from '../domain/forecast/model.ts';
import { dispersionOf } from '../domain/judgement/sequential/dispersion.ts';
import { PROFILE } from '../domain/judgement/sequential-context.ts';
import type { Metric, Plan } from '../domain/plan/plan.ts';
import type { Workload } from '../domain/workload.ts';
import { CommandError, FAULT } from './control-plane/control-plane.ts';

const DAY_SECONDS = 86_400;
/** The newest points may still grow. */
const SETTLED_SECONDS = 300;
/** A source is asked for so many windows at once. */
const WINDOWS_AT_ONCE = 240;

export interface LastDayDeps {
  router: TrafficRouter;
  metrics: MetricSource;
  nowEpochMs: number;
}

/**
 * What a workload did in its last day: requests a second, shares of bad ones, and how much they vary. Of the slot that is
 * live now.
 * @throws CommandError nobody asked it anything, nothing is live, or the metrics cannot be read
 */
export async function lastDayOf(plan: Plan, workload: Workload, deps: LastDayDeps): Promise<Traffic> {
  const dial = await deps.router.readDial(workload).catch((error: Error) => {
    throw new CommandError(`the dial of ${workload.name} cannot be read: ${error.message}`, FAULT);
  });
  const live = dial.blue >= dial.green ? 'blue' : 'green';
  const failing = plan.metrics.find(metric => isCounted(metric) && !countsSlowOnes(metric));
  const slow = plan.metrics.find(metric => isCounted(metric) && countsSlowOnes(metric));
  if (failing === undefined) {
    throw new CommandError(
      `the plan of ${workload.name} has no metric that counts failed requests: give --rps and --failure-rate`,
      FAULT,
    );
  }
  const failed = await countsOf(failing, plan, workload, { live, deps });
  const requests = failed.reduce((sum, count) => sum + count.requests, 0);
  if (requests === 0) throw new CommandError(`nobody asked ${workload.name} anything in its last day`, FAULT);
  const bad = failed.reduce((sum, count) => sum + count.bad, 0);
  const slowCounts = slow === undefined ? [] : await countsOf(slow, plan, workload, { live, deps });
  const slowRequests = slowCounts.reduce((sum, count) => sum + count.requests, 0);
  const slowBad = slowCounts.reduce((sum, count) => sum + count.bad, 0);
  return {
    requestsPerSecond: requests / (failed.length * plan.windowSeconds),
    // a day without a failure is not a rate of 0: half a failure is the honest guess
    failureRate: Math.max(bad, 0.5) / requests,
    slowRate: slowRequests === 0 ? 0.01 : Math.max(slowBad, 0.5) / slowRequests,
    dispersion: dispersionOf(failed, PROFILE).phi,
  };
}

const countsSlowOnes = ({ source: { measure } }: Metric): boolean => 'thresholdsSeconds' in measure;

async function countsOf(
  metric: Metric,
  { windowSeconds }: Plan,
  workload: Workload,
  { live, deps }: { live: 'blue' | 'green'; deps: LastDayDeps },
): Promise<{ requests: number; bad: number }[]> {
  const windowMs = windowSeconds * 1000;
  const last = Math.floor((deps.nowEpochMs - SETTLED_SECONDS * 1000) / windowMs) * windowMs;
  const starts = Array.from({ length: Math.floor(DAY_SECONDS / windowSeconds) }, (_, i) => last - (i + 1) * windowMs);
  const counts: { requests: number; bad: number }[] = [];
  for (let from = 0; from < starts.length; from += WINDOWS_AT_ONCE) {
    const windows = starts
      .slice(from, from + WINDOWS_AT_ONCE)
      .toReversed()
      .map(startEpochMs => ({ startEpochMs, endEpochMs: startEpochMs + windowMs }));
    const readings = await deps.metrics
      .read({ workload, canary: otherSlot(live), revisions: { blue: '', green: '' }, metrics: [metric], windows })
      .catch((error: Error) => {
        throw new CommandError(`the metrics of ${workload.name} cannot be read: ${error.message}`, FAULT);
      });
    for (const { reading } of readings) {
      if (reading.kind === 'counts' && reading.stable !== null) {
        counts.push({ requests: reading.stable.requests, bad: reading.stable.bad[0] ?? 0 });
      }
    }
  }
  return counts;
}

import type { MetricSource } from '../adapters/metrics/metric-source.ts';
import { readPastWindows } from '../adapters/recorded-windows/past-windows.ts';
import type { TrafficRouter } from '../adapters/router/router.ts';
import { otherSlot } from '../domain/dial.ts';
import { countsSlowOnes, isCounted, type Traffic, trafficOf } from '../domain/forecast/traffic.ts';
import { baselineOf } from '../domain/judges/sequential/baseline.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { Workload } from '../domain/workload.ts';
import { CommandError } from './command-error.ts';

const DAY_SECONDS = 86_400;
/** The newest points may still grow. */
const SETTLED_SECONDS = 300;

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
    throw new CommandError(`the traffic weights of ${workload.name} cannot be read: ${error.message}`, 'unreachable');
  });
  const live = dial.blue >= dial.green ? 'blue' : 'green';
  const counted = plan.metrics.filter(isCounted);
  if (counted.every(countsSlowOnes)) {
    throw new CommandError(
      `the plan of ${workload.name} has no metric that counts failed requests: give --rps and --failure-rate`,
      'unreachable',
    );
  }
  const endEpochMs = deps.nowEpochMs - SETTLED_SECONDS * 1000;
  const readings = await readPastWindows(deps.metrics, {
    workload,
    canary: otherSlot(live),
    revisions: { blue: '', green: '' },
    metrics: counted,
    windowSeconds: plan.windowSeconds,
    startEpochMs: endEpochMs - DAY_SECONDS * 1000,
    endEpochMs,
  }).catch((error: Error) => {
    throw new CommandError(`the metrics of ${workload.name} cannot be read: ${error.message}`, 'unreachable');
  });
  const past = counted.map(metric => {
    const own = readings.filter(reading => reading.metric === metric.name);
    return [metric.name, baselineOf(metric, own)] as const;
  });
  const traffic = trafficOf(plan, Object.fromEntries(past));
  if (traffic === undefined) throw new CommandError(`${workload.name} had no request in its last day`, 'unreachable');
  return traffic;
}

import type { Metric } from '../../judges/metric.ts';
import { timingOf } from '../../judges/timing-registry.ts';
import type { AnalysisStep } from './plan.ts';

/** What is measured, and in windows of which length. */
export interface Measured {
  metrics: readonly Metric[];
  windowSeconds: number;
}

/**
 * Seconds from the first weight above 0 until an analysis has its measurements, where each comes when it is due; 0 where it
 * waits for none.
 */
export function measuringSeconds(
  step: Pick<AnalysisStep, 'metrics' | 'count'>,
  { metrics, windowSeconds }: Measured,
): number {
  const each = measurements(step, { metrics, windowSeconds });
  return Math.max(0, ...each.map(({ delaySeconds, windows }) => delaySeconds + windows * windowSeconds));
}

/** Of each metric that an analysis waits for: how many windows its measurements take, from how long after the first weight. */
export function measurements(
  step: Pick<AnalysisStep, 'metrics' | 'count'>,
  { metrics, windowSeconds }: Measured,
): { delaySeconds: number; windows: number }[] {
  return metrics
    .filter(({ name }) => step.metrics.includes(name))
    .map(({ judge }) => {
      const everyWindow = { initialDelaySeconds: 0, intervalSeconds: windowSeconds };
      const { initialDelaySeconds, intervalSeconds } = timingOf(judge) ?? everyWindow;
      const interval = Math.max(intervalSeconds, windowSeconds);
      return { delaySeconds: initialDelaySeconds, windows: (step.count * interval) / windowSeconds };
    });
}

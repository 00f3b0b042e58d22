import type { Plan, Step } from './plan.ts';

/**
 * Seconds from the first weight above 0 until an analysis has its measurements, where each comes when it is due; 0 where it
 * waits for none.
 */
export function measuringSeconds(
  step: Extract<Step, { kind: 'analysis' }>,
  { metrics, windowSeconds }: Pick<Plan, 'metrics' | 'windowSeconds'>,
): number {
  const each = metrics
    .filter(({ name }) => step.metrics.includes(name))
    .map(({ judge }) =>
      judge.kind === 'threshold'
        ? judge.initialDelaySeconds + step.count * Math.max(judge.intervalSeconds, windowSeconds)
        : step.count * (judge.kind === 'flagger' ? judge.intervalSeconds : windowSeconds),
    );
  return Math.max(0, ...each);
}

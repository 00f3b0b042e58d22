import type { Baseline } from '../judgement/baseline.ts';
import type { Plan } from '../plan/plan.ts';
import { blindSentences } from './blind.ts';
import { enoughSeenBy, isCounted, modelOf, type Traffic } from './model.ts';
import { scheduleOf } from './schedule.ts';

/**
 * Where a plan is blind at the traffic that the stable version had before the release, in the forecast's words; nothing where
 * no sequential metric was seen then.
 */
export function blindAt(plan: Plan, baseline: Readonly<Record<string, Baseline>>): string[] {
  const traffic = trafficOf(plan, baseline);
  if (traffic === undefined) return [];
  const model = modelOf(plan, traffic);
  return blindSentences(model, scheduleOf(plan, enoughSeenBy(model)));
}

function trafficOf(plan: Plan, baseline: Readonly<Record<string, Baseline>>): Traffic | undefined {
  const seen = plan.metrics.flatMap(metric => {
    const found = baseline[metric.name];
    return !isCounted(metric) || found === undefined || found.requests === 0 ? [] : [{ metric, found }];
  });
  const [first] = seen;
  if (first === undefined) return undefined;
  // half a failure where there was none: never is not a rate that a few hours can show
  const rate = ({ bad, requests }: Baseline) => Math.max(bad[0] ?? 0, 0.5) / requests;
  const fast = seen.find(({ metric }) => !('thresholdsSeconds' in metric.source.measure));
  const slow = seen.find(({ metric }) => 'thresholdsSeconds' in metric.source.measure);
  return {
    requestsPerSecond: first.found.requests / (first.found.windows * plan.windowSeconds),
    failureRate: rate((fast ?? first).found),
    slowRate: rate((slow ?? first).found),
    dispersion: Math.max(1, ...seen.map(({ found }) => found.phi[0] ?? 1)),
  };
}

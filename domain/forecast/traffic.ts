import type { Baseline } from '../judges/sequential/baseline.ts';
import type { Metric, Plan } from '../plan/plan.ts';
import { gives } from '../sources/measure.ts';

/** What a forecast is made for: the traffic, and how the stable version does. */
export interface Traffic {
  /** Of both versions together. */
  requestsPerSecond: number;
  /** Share of the stable version's requests that fail, 0 to below 1. */
  failureRate: number;
  /** Share of its requests that are slow, for metrics that count slow ones. */
  slowRate: number;
  /** How much its counts vary, as a multiple of what chance alone makes; 1 where nothing is known. */
  dispersion: number;
}

/** Metrics that count requests: of the others a forecast knows no law. */
export const isCounted = (metric: Metric): boolean => gives(metric.source.measure) === 'counts';

/** Whether the bad requests that it counts are the slow ones. */
export const countsSlowOnes = ({ source: { measure } }: Metric): boolean => 'thresholdsSeconds' in measure;

export const rateOf = (metric: Metric, { failureRate, slowRate }: Traffic): number =>
  countsSlowOnes(metric) ? slowRate : failureRate;

/** The traffic that these windows of the past show, by metric; undefined where no counted metric saw a request in them. */
export function trafficOf(plan: Plan, past: Readonly<Record<string, Baseline>>): Traffic | undefined {
  const seen = plan.metrics.flatMap(metric => {
    const found = past[metric.name];
    return !isCounted(metric) || found === undefined || found.requests === 0 ? [] : [{ metric, found }];
  });
  const [first] = seen;
  if (first === undefined) return undefined;
  const rate = ({ bad, requests }: Baseline) => (bad[0] ?? 0) / requests;
  const failing = seen.find(({ metric }) => !countsSlowOnes(metric)) ?? first;
  const slow = seen.find(({ metric }) => countsSlowOnes(metric)) ?? first;
  return {
    requestsPerSecond: first.found.requests / (first.found.windows * plan.windowSeconds),
    failureRate: rate(failing.found),
    slowRate: rate(slow.found),
    dispersion: Math.max(1, ...seen.map(({ found }) => found.phi[0] ?? 1)),
  };
}

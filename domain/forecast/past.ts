import {
  BASELINE_WINDOWS,
  type Baseline,
  baselineOf,
  learningMetrics,
  thresholdsOf,
} from '../judges/sequential/baseline.ts';
import type { Metric, Plan } from '../plan/plan.ts';
import type { Random } from '../statistics/random.ts';
import { DEFAULT_PROFILE } from '../statistics/sequential/profile.ts';
import { drawBad } from './draw-bad.ts';
import { rateOf, type Traffic } from './traffic.ts';

/** What a release is expected to know of the stable version before its first weight, by metric. */
export const expectedPast = (plan: Plan, traffic: Traffic): Record<string, Baseline> =>
  byMetric(plan, metric => {
    const requests = Math.round(traffic.requestsPerSecond * plan.windowSeconds) * BASELINE_WINDOWS;
    const bad = Math.round(requests * rateOf(metric, traffic));
    const { assumedPhi } = DEFAULT_PROFILE.guard;
    const phi = bad === 0 ? assumedPhi : Math.max(1, traffic.dispersion);
    const each = (value: number) => Array.from({ length: thresholdsOf(metric) }, () => value);
    return { windows: BASELINE_WINDOWS, requests, bad: each(bad), phi: each(phi), assumed: bad === 0 };
  });

/** One past that chance makes, read as the product reads it. */
export const drawPast = (plan: Plan, traffic: Traffic, random: Random): Record<string, Baseline> =>
  byMetric(plan, metric => {
    const windowMs = plan.windowSeconds * 1000;
    const requests = Math.round(traffic.requestsPerSecond * plan.windowSeconds);
    const readings = Array.from({ length: BASELINE_WINDOWS }, (_, k) => {
      const bad = drawBad(random, requests, rateOf(metric, traffic), traffic.dispersion);
      const stable = { requests, bad: Array.from({ length: thresholdsOf(metric) }, () => bad) };
      const reading = { kind: 'counts' as const, canary: null, stable };
      return { startEpochMs: k * windowMs, endEpochMs: (k + 1) * windowMs, reading };
    });
    return baselineOf(metric, readings);
  });

const byMetric = (plan: Plan, of: (metric: Metric) => Baseline): Record<string, Baseline> =>
  Object.fromEntries(learningMetrics(plan.metrics).map(metric => [metric.name, of(metric)]));

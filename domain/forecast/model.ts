import { thresholdsOf } from '../judgement/baseline.ts';
import { autoCeiling } from '../judgement/sequential/ceiling.ts';
import type { CeilingSettings } from '../judgement/sequential/ceiling-watch.ts';
import type { ComparisonSettings } from '../judgement/sequential/comparison.ts';
import { type DetectorMetric, type DetectorSettings, marginAt, newDetector } from '../judgement/sequential/detector.ts';
import { ceilingFinds, powerOf } from '../judgement/sequential/power.ts';
import { PROFILE, sequentialContext } from '../judgement/sequential-context.ts';
import {
  detectorMetric,
  detectorSettings,
  isSequential,
  type SequentialMetric,
} from '../judgement/sequential-windows.ts';
import type { Plan } from '../plan/plan.ts';
import { type EnoughSeen, type ForecastWindow, scheduleOf } from './schedule.ts';
import { rateOf, type Traffic } from './traffic.ts';

/** A plan's sequential metrics as the detector takes them in a forecast. */
export interface Model {
  plan: Plan;
  traffic: Traffic;
  /** When the canary first gets traffic; 0 where it never does. */
  beganSeconds: number;
  /** Absent where no metric is sequential. */
  settings: DetectorSettings | undefined;
  watched: Watched[];
}

/** One of them, with its settings as the detector makes them. */
interface Watched {
  metric: SequentialMetric;
  margins: Pick<DetectorMetric, 'margin' | 'warmUp'>;
  comparison: ComparisonSettings;
  ceiling: CeilingSettings | undefined;
  /** What a verdict must have been able to see. */
  detect: { ratio: number; power: number };
}

/** Windows of the stable version's past that a release is taken to know. */
const PAST_WINDOWS = 60;

export function modelOf(plan: Plan, traffic: Traffic): Model {
  const shared = sequentialContext(plan);
  const beganSeconds = firstShiftSeconds(plan);
  if (shared === undefined) return { plan, traffic, beganSeconds, settings: undefined, watched: [] };
  const context = { analysisStartedAtEpochMs: beganSeconds * 1000 };
  const pastRequests = Math.round(traffic.requestsPerSecond * plan.windowSeconds * PAST_WINDOWS);
  const sequential = plan.metrics.filter(isSequential);
  const metrics = sequential.map(metric => ({
    ...detectorMetric(metric, context, shared, ceilingsOf(metric, traffic, shared.secondsAlone, pastRequests)),
    phi: metric.judge.guard ? forEachThreshold(metric, Math.max(1, traffic.dispersion)) : undefined,
  }));
  const settings = detectorSettings(shared, metrics);
  const states = newDetector(settings).metrics;
  const watched = sequential.flatMap((metric): Watched[] => {
    const state = states.get(metric.name);
    if (state === undefined) return [];
    const { comparison, ceiling } = state;
    const of = { comparison: comparison.settings, ceiling: ceiling?.settings };
    return [{ metric, margins: state.metric, ...of, detect: shared.detect }];
  });
  return { plan, traffic, beganSeconds, settings, watched };
}

/** Whatever is seen: nothing holds before it. */
function firstShiftSeconds(plan: Plan): number {
  const { weights } = scheduleOf(plan, () => true);
  return weights.find(({ weight }) => weight > 0)?.fromSeconds ?? 0;
}

const forEachThreshold = (metric: SequentialMetric, value: number): number[] =>
  Array.from({ length: thresholdsOf(metric) }, () => value);

function ceilingsOf(
  metric: SequentialMetric,
  traffic: Traffic,
  secondsAlone: number,
  requests: number,
): number[] | undefined {
  const { ceiling, margin } = metric.judge;
  const bad = Math.round(requests * rateOf(metric, traffic));
  const limit =
    ceiling === 'auto'
      ? autoCeiling([{ requests, bad }], margin, traffic.requestsPerSecond * secondsAlone, PROFILE)
      : ceiling;
  return limit === undefined ? undefined : forEachThreshold(metric, limit);
}

/** Expected requests of both versions in a window, whole numbers. */
export function requestsIn(window: Pick<ForecastWindow, 'startSeconds' | 'endSeconds' | 'weight'>, traffic: Traffic) {
  const all = traffic.requestsPerSecond * (window.endSeconds - window.startSeconds);
  const canary = Math.round((all * window.weight) / 100);
  return { canary, stable: Math.round(all) - canary };
}

/**
 * Whether each sequential metric would have seen the plan's `detect` in these windows: what a verdict needs to be `watching`
 * and not `inconclusive`. Judges that promise nothing of the kind hold nothing up.
 */
export const enoughSeenBy =
  ({ traffic, watched }: Model): EnoughSeen =>
  windows =>
    watched.every(one => wouldFind(one, traffic, windows));

function wouldFind(
  { metric, margins, comparison, ceiling, detect: { ratio, power } }: Watched,
  traffic: Traffic,
  windows: readonly ForecastWindow[],
): boolean {
  const compared = windows
    .map(window => ({ ...requestsIn(window, traffic), margin: marginAt(margins, window.startSeconds * 1000) }))
    .filter(({ canary, stable }) => canary > 0 && stable > 0)
    .map(({ canary, stable, margin }) => ({ canaryRequests: canary, stableRequests: stable, margin }));
  const rates = forEachThreshold(metric, rateOf(metric, traffic));
  if (powerOf(comparison, compared, { rates, ratio }, power) >= power) return true;
  const alone = windows.filter(({ weight }) => weight === 100).map(window => requestsIn(window, traffic).canary);
  return ceiling !== undefined && ceilingFinds(ceiling, alone, ratio, power);
}

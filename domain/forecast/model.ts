import { thresholdsOf } from '../judgement/baseline.ts';
import { autoCeiling } from '../judgement/sequential/ceiling.ts';
import { type Detector, type DetectorSettings, newDetector } from '../judgement/sequential/detector.ts';
import { ceilingFinds, powerOf } from '../judgement/sequential/power.ts';
import { PROFILE, sequentialContext } from '../judgement/sequential-context.ts';
import {
  detectorMetric,
  detectorSettings,
  isSequential,
  type SequentialMetric,
} from '../judgement/sequential-windows.ts';
import type { Plan } from '../plan/plan.ts';
import type { EnoughSeen, ForecastWindow } from './schedule.ts';
import { rateOf, type Traffic } from './traffic.ts';

/** A plan's sequential metrics as the detector takes them in a forecast. */
export interface Model {
  plan: Plan;
  traffic: Traffic;
  settings: DetectorSettings | undefined;
  sequential: SequentialMetric[];
  /** Settings of each metric's comparison and ceiling, as the detector makes them; it is never stepped. */
  metrics: Detector['metrics'];
}

/** Windows of the stable version's past that a release is taken to know. */
const PAST_WINDOWS = 60;

export function modelOf(plan: Plan, traffic: Traffic): Model {
  const sequential = plan.metrics.filter(isSequential);
  const shared = sequentialContext(plan);
  if (shared === undefined) return { plan, traffic, settings: undefined, sequential, metrics: new Map() };
  const { requestsPerSecond, dispersion } = traffic;
  const requests = Math.round(requestsPerSecond * plan.windowSeconds * PAST_WINDOWS);
  const baseline = Object.fromEntries(
    sequential.map(metric => {
      const thresholds = thresholdsOf(metric);
      const bad = Array.from({ length: thresholds }, () => Math.round(requests * rateOf(metric, traffic)));
      const phi = Array.from({ length: thresholds }, () => Math.max(1, dispersion));
      return [metric.name, { windows: PAST_WINDOWS, requests, bad, phi, assumed: false }];
    }),
  );
  const known = { ...shared, baseline };
  const context = {
    analysisStartedAtEpochMs: 0,
    nowEpochMs: 0,
    windowSeconds: plan.windowSeconds,
    expects: () => ({ canary: true, stable: true }),
  };
  const metrics = sequential.map(metric =>
    detectorMetric(metric, context, known, ceilingsOf(metric, traffic, known.secondsAlone, requests)),
  );
  const settings = detectorSettings(known, metrics);
  return { plan, traffic, settings, sequential, metrics: newDetector(settings).metrics };
}

function ceilingsOf(
  metric: SequentialMetric,
  traffic: Traffic,
  secondsAlone: number,
  requests: number,
): number[] | undefined {
  const { ceiling, margin } = metric.judge;
  if (ceiling === undefined) return undefined;
  const bad = Math.round(requests * rateOf(metric, traffic));
  const limit =
    ceiling === 'auto'
      ? autoCeiling([{ requests, bad }], margin, traffic.requestsPerSecond * secondsAlone, PROFILE)
      : ceiling;
  return limit === undefined ? undefined : Array.from({ length: thresholdsOf(metric) }, () => limit);
}

/** Expected requests of both versions in a window, whole numbers. */
export function requestsIn(window: Pick<ForecastWindow, 'startSeconds' | 'endSeconds' | 'weight'>, traffic: Traffic) {
  const all = traffic.requestsPerSecond * (window.endSeconds - window.startSeconds);
  const canary = Math.round((all * window.weight) / 100);
  return { canary, stable: window.weight === 100 ? 0 : Math.round(all) - canary };
}

/**
 * Whether each sequential metric would have seen the plan's `detect` in these windows: what a verdict needs to be `watching`
 * and not `inconclusive`. Judges that promise nothing of the kind hold nothing up.
 */
export const enoughSeenBy =
  (model: Model): EnoughSeen =>
  windows =>
    model.sequential.every(metric => powerSeen(model, metric, windows).enough);

/** The chance that these windows would have found the plan's `detect` in one metric. */
export function powerSeen(
  { plan, traffic, metrics }: Model,
  metric: SequentialMetric,
  windows: readonly ForecastWindow[],
): { power: number; enough: boolean } {
  const detect = plan.sequential?.detect;
  const state = metrics.get(metric.name);
  if (state === undefined || detect === undefined) return { power: 1, enough: true };
  const compared = windows
    .filter(({ weight }) => weight < 100)
    .map(window => ({ window, ...requestsIn(window, traffic) }));
  const rates = Array.from({ length: thresholdsOf(metric) }, () => rateOf(metric, traffic));
  const seen = compared.map(({ canary, stable, window }) => ({
    canaryRequests: canary,
    stableRequests: stable,
    margin: marginIn(metric, window),
  }));
  const usable = seen.filter(({ canaryRequests, stableRequests }) => canaryRequests > 0 && stableRequests > 0);
  const power = powerOf(state.comparison.settings, usable, { rates, ratio: detect.ratio }, detect.power);
  if (power >= detect.power) return { power, enough: true };
  const alone = windows.filter(({ weight }) => weight === 100).map(window => requestsIn(window, traffic).canary);
  const enough =
    state.ceiling !== undefined &&
    alone.length > 0 &&
    ceilingFinds(state.ceiling.settings, alone, detect.ratio, detect.power);
  return { power, enough };
}

const marginIn = ({ judge: { margin, warmUp } }: SequentialMetric, { startSeconds }: ForecastWindow): number =>
  warmUp !== undefined && startSeconds < warmUp.seconds ? Math.max(margin, warmUp.margin) : margin;

import {
  type CeilingWatch,
  type KeptCeilingWatch,
  keptCeilingWatch,
  newCeilingWatch,
  resumeCeilingWatch,
  stepCeilingWatch,
} from './ceiling-watch.ts';
import {
  type Comparison,
  type KeptComparison,
  keptComparison,
  logSumExp,
  newComparison,
  resumeComparison,
  stepComparison,
} from './comparison.ts';
import { BadCountsError, type CountedWindow, countsProblem, spanText, windowText } from './counts-problem.ts';
import type { Profile } from './profile.ts';

/** What is set before the first window, for all metrics of a release under one alpha (docs/statistics.md (f)). */
export interface DetectorSettings {
  profile: Profile;
  /** The chance that a healthy release is rolled back, for all metrics together: above 0, below 1. */
  alpha: number;
  /** K: windows that the plan's bakes and soak take, at least 1. */
  horizonWindows: number;
  metrics: readonly DetectorMetric[];
  /** w_NI of (e). */
  nonInferiority: number;
  /** A metric is healthy at E >= 1/beta. */
  beta: number;
}

export interface DetectorMetric {
  name: string;
  /** v_i; the shares of all metrics sum to 1. */
  share: number;
  /** w0, 1 or more. */
  margin: number;
  /** Counts of bad requests that the metric has in a window. */
  thresholds: number;
  /** A larger margin for windows that begin before. */
  warmUp?: { margin: number; untilEpochMs: number } | undefined;
  /** Dispersion per threshold; absent: the guard is off. */
  phi?: readonly number[] | undefined;
  floor?: number | undefined;
  /** Whether the metric gives a part of its alpha to a ceiling, known before the first window. */
  hasCeiling: boolean;
  /** The ceilings, per threshold; `auto` ones are not known while the stable version has traffic. */
  ceilings?: readonly number[] | undefined;
}

/** One frozen window of one metric. */
export interface DetectorWindow extends CountedWindow {
  /** It overlaps a shift: shown, never scored. */
  straddles: boolean;
  /** Whether the stable version gets traffic at its dial: if not, the ceiling judges. */
  stableExpected: boolean;
  /** Why the source had nothing to say. */
  noData?: string;
}

export type Scored = 'comparison' | 'ceiling' | 'not';

/** What was known after one window of one metric: a list of these draws the evidence over time. Plain JSON. */
export interface WindowEvidence {
  metric: string;
  startEpochMs: number;
  endEpochMs: number;
  scored: Scored;
  /** Why it was not scored. */
  because?: string;
  /** Windows of the metric that were compared so far. */
  k: number;
  /** ln E of the comparison, and what it takes if this metric alone is bad. */
  logE: number;
  logELimit: number;
  /** ln of all metrics' E by their parts of alpha: rolled back at 0. */
  logRelease: number;
  /** The canary's bad requests so far, and from how many on the S-channel is crossed; absent without one. */
  x?: number;
  boundary?: number;
  spent?: number;
  /** ln E against the ceiling and its limit; absent without a ceiling. */
  logCeiling?: number;
  logCeilingLimit?: number;
  /** ln E of non-inferiority, and its limit. */
  logHealthy: number;
  logHealthyLimit: number;
}

export type Alarm = { metric: string; channel: 'e' | 's' | 'ceiling'; evidence: WindowEvidence };

export interface MetricState {
  metric: DetectorMetric;
  /** ln of the part of alpha that this metric's E has. */
  logAlpha: number;
  comparison: Comparison;
  ceiling: CeilingWatch | undefined;
  healthy: boolean;
  /** Windows seen: one that comes twice, or overlaps another, is a mistake. */
  spans: Span[];
  /** The latest end among them: what begins later is none of them. */
  untilEpochMs: number;
}

export interface Span {
  startEpochMs: number;
  endEpochMs: number;
}

export interface Detector {
  readonly settings: DetectorSettings;
  readonly metrics: Map<string, MetricState>;
  /** The first alarm; it stays. */
  alarm: Alarm | undefined;
}

export function newDetector(settings: DetectorSettings): Detector {
  return {
    settings,
    metrics: new Map(settings.metrics.map(metric => [metric.name, newState(metric, settings)])),
    alarm: undefined,
  };
}

function newState(
  metric: DetectorMetric,
  { profile, alpha, horizonWindows, nonInferiority }: DetectorSettings,
): MetricState {
  const own = alpha * metric.share;
  const compared = own * (metric.hasCeiling ? 1 - profile.ceilingShare : 1);
  const { margin, thresholds, phi, floor } = metric;
  const sAlpha = profile.sShare * compared;
  // averaged e-values have no S-channel: all of alpha is E's
  const eAlpha = thresholds === 1 ? profile.eShare * compared : compared;
  const common = { profile, horizonWindows, phi };
  return {
    metric,
    logAlpha: Math.log(eAlpha),
    comparison: newComparison({ ...common, margin, thresholds, floor, nonInferiority, sAlpha, eAlpha }),
    ceiling:
      metric.ceilings === undefined
        ? undefined
        : newCeilingWatch({ ...common, limits: metric.ceilings, alpha: own * profile.ceilingShare }),
    healthy: false,
    spans: [],
    untilEpochMs: Number.NEGATIVE_INFINITY,
  };
}

/** A metric as it was before its first window. @throws RangeError it is none of this detector */
export function forgetMetric(detector: Detector, name: string): void {
  detector.metrics.set(name, newState(stateOf(detector, name).metric, detector.settings));
}

/** What is kept of a metric: plain JSON. */
export interface KeptMetricState {
  comparison: KeptComparison;
  ceiling?: KeptCeilingWatch;
  healthy: boolean;
}

export const keptMetricState = ({ comparison, ceiling, healthy }: MetricState): KeptMetricState => ({
  comparison: keptComparison(comparison),
  ...(ceiling !== undefined && { ceiling: keptCeilingWatch(ceiling) }),
  healthy,
});

/** A metric of a new detector goes on where it was kept. @param spans of the windows that are in it */
export function resumeMetric(detector: Detector, name: string, kept: KeptMetricState, spans: readonly Span[]): void {
  const state = stateOf(detector, name);
  resumeComparison(state.comparison, kept.comparison);
  if (state.ceiling !== undefined && kept.ceiling !== undefined) resumeCeilingWatch(state.ceiling, kept.ceiling);
  state.healthy = kept.healthy;
  state.spans = [...spans];
  state.untilEpochMs = Math.max(...spans.map(({ endEpochMs }) => endEpochMs));
}

/**
 * Windows that became known at the same time, of one or more metrics, in place: evidence first, then the decision, so that
 * the order of metrics does not matter. Windows of one metric are taken in the order of their start.
 * @throws BadCountsError counts that cannot be, a window twice, or windows that overlap
 */
export function stepDetector(detector: Detector, windows: readonly DetectorWindow[]): WindowEvidence[] {
  return momentsOf(windows).flatMap(together => {
    for (const window of together) rememberWindow(detector, window);
    return stepMoment(detector, together);
  });
}

/** Those that begin together in one list, the earliest first. */
export function momentsOf<T extends DetectorWindow>(windows: readonly T[]): T[][] {
  const inOrder = windows.toSorted((a, b) => a.startEpochMs - b.startEpochMs);
  return [...Map.groupBy(inOrder, ({ startEpochMs }) => startEpochMs).values()];
}

/** One moment of `stepDetector`, its windows remembered. */
export function stepMoment(detector: Detector, windows: readonly DetectorWindow[]): WindowEvidence[] {
  const steps = windows.map(window => {
    const state = stateOf(detector, window.metric);
    return { state, window, ...score(state, window) };
  });
  const logRelease = logSumExp(
    [...detector.metrics.values()].map(({ logAlpha, comparison }) => logAlpha + comparison.logE),
  );
  const evidence = steps.map(step => evidenceOf(detector, step, logRelease));
  for (const state of detector.metrics.values()) {
    // once it has crossed it has: a test that may be looked at at any time keeps its answer
    state.healthy ||= state.comparison.logHealthy >= -Math.log(detector.settings.beta);
  }
  detector.alarm ??= alarmOf(detector, evidence, logRelease);
  return evidence;
}

function stateOf(detector: Detector, name: string): MetricState {
  const state = detector.metrics.get(name);
  if (state === undefined) throw new RangeError(`${name} is no metric of this detector`);
  return state;
}

/** @throws BadCountsError counts that cannot be, a window twice, or windows that overlap */
export function rememberWindow(detector: Detector, window: DetectorWindow): void {
  const state = stateOf(detector, window.metric);
  const problem = countsProblem(window, state.metric.thresholds);
  if (problem !== undefined) throw new BadCountsError(window.metric, problem);
  const { startEpochMs, endEpochMs } = window;
  const isLater = startEpochMs >= state.untilEpochMs;
  const other = isLater
    ? undefined
    : state.spans.find(span => span.startEpochMs < endEpochMs && startEpochMs < span.endEpochMs);
  if (other !== undefined) {
    const mistake =
      other.startEpochMs === startEpochMs
        ? 'it was added before, and a frozen window is judged once'
        : `it overlaps the window ${spanText(other)}`;
    throw new BadCountsError(window.metric, `${windowText(window)}: ${mistake}`);
  }
  state.spans.push({ startEpochMs, endEpochMs });
  state.untilEpochMs = Math.max(state.untilEpochMs, endEpochMs);
}

/** By what a window is scored, or why it is not. @param hasCeiling whether the metric's ceilings are known */
export function scoring(window: DetectorWindow, hasCeiling: boolean): { scored: Scored; because?: string } {
  const { canary, stable } = window;
  if (window.straddles) return { scored: 'not', because: 'it overlaps a shift' };
  if (window.noData !== undefined) return { scored: 'not', because: `no data: ${window.noData}` };
  if (canary === null || canary.requests === 0) return { scored: 'not', because: 'the canary had no request' };
  if (!window.stableExpected) {
    return hasCeiling
      ? { scored: 'ceiling' }
      : { scored: 'not', because: 'the stable version gets no traffic, and there is no ceiling' };
  }
  if (stable === null || stable.requests === 0) return { scored: 'not', because: 'the stable version had no request' };
  return { scored: 'comparison' };
}

function score(state: MetricState, window: DetectorWindow): { scored: Scored; because?: string } {
  const { comparison, ceiling, metric } = state;
  const found = scoring(window, ceiling !== undefined);
  const { canary, stable } = window;
  if (found.scored === 'ceiling' && ceiling !== undefined && canary !== null) {
    stepCeilingWatch(ceiling, canary.requests, canary.bad);
  }
  if (found.scored === 'comparison' && canary !== null && stable !== null) {
    const counts = {
      canaryRequests: canary.requests,
      canaryBad: canary.bad,
      stableRequests: stable.requests,
      stableBad: stable.bad,
    };
    stepComparison(comparison, counts, marginAt(metric, window.startEpochMs));
  }
  return found;
}

/** w0 of a window: larger during the warm-up. */
export const marginAt = (
  { margin, warmUp }: Pick<DetectorMetric, 'margin' | 'warmUp'>,
  startEpochMs: number,
): number => (warmUp !== undefined && startEpochMs < warmUp.untilEpochMs ? Math.max(margin, warmUp.margin) : margin);

function evidenceOf(
  { settings }: Detector,
  { state, window, scored, because }: { state: MetricState; window: DetectorWindow; scored: Scored; because?: string },
  logRelease: number,
): WindowEvidence {
  const { comparison, ceiling } = state;
  const { k, logE, s, logHealthy } = comparison;
  return {
    metric: window.metric,
    startEpochMs: window.startEpochMs,
    endEpochMs: window.endEpochMs,
    scored,
    ...(because === undefined ? {} : { because }),
    k,
    logE,
    logELimit: -state.logAlpha,
    logRelease,
    ...(s === undefined ? {} : { x: s.x, boundary: s.boundary, spent: s.spent }),
    ...(ceiling === undefined ? {} : { logCeiling: ceiling.logE, logCeilingLimit: -Math.log(ceiling.settings.alpha) }),
    logHealthy,
    logHealthyLimit: -Math.log(settings.beta),
  };
}

/** The most convincing of the metrics whose channel has fired now; by name where two are alike. */
function alarmOf(detector: Detector, evidence: readonly WindowEvidence[], logRelease: number): Alarm | undefined {
  let best: { alarm: Alarm; by: number } | undefined;
  const found = (alarm: Alarm, by: number) => {
    const better = best === undefined || by > best.by || (by === best.by && alarm.metric < best.alarm.metric);
    if (better) best = { alarm, by };
  };
  for (const one of evidence) {
    const { ceiling, comparison, logAlpha } = stateOf(detector, one.metric);
    const { metric } = one;
    const by = logAlpha + comparison.logE;
    // where both channels have fired the odds of E are what is told
    if (logRelease >= 0) found({ metric, channel: 'e', evidence: one }, by);
    if (comparison.sCrossed) found({ metric, channel: 's', evidence: one }, Math.max(0, by));
    if (ceiling !== undefined) {
      const over = ceiling.logE + Math.log(ceiling.settings.alpha);
      if (over >= 0) found({ metric, channel: 'ceiling', evidence: one }, over);
    }
  }
  return best?.alarm;
}

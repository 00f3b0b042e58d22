import { BadCountsError, windowText } from '../../statistics/sequential/counts-problem.ts';
import {
  type Alarm,
  type Detector,
  type DetectorSettings,
  forgetMetric,
  type KeptMetricState,
  keptMetricState,
  type MetricState,
  marginAt,
  momentsOf,
  newDetector,
  rememberWindow,
  resumeMetric,
  type Span,
  stepMoment,
  type WindowEvidence,
} from '../../statistics/sequential/detector.ts';
import { addTraffic, noTraffic, type TrafficSums } from '../../statistics/sequential/traffic-share.ts';
import type { JudgementContext } from '../context.ts';
import { PROFILE } from './context.ts';
import { addSeen, nothingSeen, type SeenWindows } from './seen-windows.ts';
import { type KnownWindow, scoredWindow } from './windows.ts';
import { addToEnds, type StrongestEnds } from './words.ts';

/** What the windows of one metric add up to, besides the detector's own: for sentences, and for what would have been found. Plain JSON. */
export interface MetricSums {
  /** With the stable version beside the canary, and without. */
  compared: SeenWindows;
  alone: SeenWindows;
  /** Per threshold, of those that were compared. */
  ends: StrongestEnds[];
  traffic: TrafficSums;
  /** Counts that cannot be: none of the metric's windows count then. */
  problem?: string;
}

/** The sequential metrics after some windows, in the order in which they became known. */
export interface SequentialFold {
  detector: Detector;
  sums: Map<string, MetricSums>;
  /** Of the alarm's metric, as it was then: what came later changes nothing of what is told. */
  told?: MetricSums;
}

/** What is kept of it: plain JSON. */
export interface KeptFold {
  metrics: Record<string, { state: KeptMetricState; sums: MetricSums }>;
  alarm?: Alarm;
  told?: MetricSums;
}

export function newFold(settings: DetectorSettings): SequentialFold {
  const sums = new Map(settings.metrics.map(({ name, thresholds }) => [name, noSums(thresholds)]));
  return { detector: newDetector(settings), sums };
}

const noSums = (thresholds: number): MetricSums => ({
  ...{ compared: nothingSeen(thresholds), alone: nothingSeen(thresholds), traffic: noTraffic(PROFILE) },
  ends: Array.from({ length: thresholds }, () => []),
});

export function keptFold({ detector, sums, told }: SequentialFold): KeptFold {
  const metrics = [...detector.metrics].map(([name, state]) => {
    const own = sums.get(name) as MetricSums; // there is one for each
    return [name, { state: keptMetricState(state), sums: own }] as const;
  });
  return {
    metrics: Object.fromEntries(metrics),
    ...(detector.alarm !== undefined && { alarm: detector.alarm }),
    ...(told !== undefined && { told }),
  };
}

/** A new fold of the same settings goes on where that one was kept. @param spansOf of a metric's windows that are in it */
export function resumedFold(
  settings: DetectorSettings,
  kept: KeptFold,
  spansOf: (metric: string) => readonly Span[],
): SequentialFold {
  const fold = newFold(settings);
  for (const [name, { state, sums }] of Object.entries(kept.metrics)) {
    if (!fold.sums.has(name)) continue; // one metric is judged by itself
    resumeMetric(fold.detector, name, state, spansOf(name));
    fold.sums.set(name, structuredClone(sums));
  }
  fold.detector.alarm = kept.alarm;
  return { ...fold, ...(kept.told !== undefined && { told: kept.told }) };
}

/** More windows, in place: by the moment at which they became known, and by their start where that is the same. */
export function stepFold(
  fold: SequentialFold,
  windows: readonly KnownWindow[],
  context: Pick<JudgementContext, 'windowSeconds' | 'steadyWeight'>,
): WindowEvidence[] {
  const batches = Map.groupBy(windows, ({ frozenAtEpochMs }) => frozenAtEpochMs);
  const inOrder = [...batches].sort(([a], [b]) => a - b);
  const evidence: WindowEvidence[] = [];
  for (const [, batch] of inOrder) {
    for (const moment of momentsOf(batch)) evidence.push(...stepTogether(fold, moment, context));
  }
  // a metric with counts that cannot be is judged by none of its windows
  return evidence.filter(({ metric }) => fold.sums.get(metric)?.problem === undefined);
}

function stepTogether(
  fold: SequentialFold,
  moment: readonly KnownWindow[],
  context: Pick<JudgementContext, 'windowSeconds' | 'steadyWeight'>,
): WindowEvidence[] {
  const { detector } = fold;
  for (const window of moment) checkWindow(fold, window, context.windowSeconds);
  const usable = moment.filter(({ metric }) => sumsOf(fold, metric).problem === undefined);
  const evidence = stepMoment(detector, usable);
  for (const [at, window] of usable.entries()) addScored(fold, window, evidence[at] as WindowEvidence, context);
  if (detector.alarm !== undefined) fold.told ??= structuredClone(sumsOf(fold, detector.alarm.metric));
  return evidence;
}

const sumsOf = (fold: SequentialFold, metric: string): MetricSums => fold.sums.get(metric) as MetricSums;
const stateOf = (fold: SequentialFold, metric: string): MetricState => fold.detector.metrics.get(metric) as MetricState;

/** Nobody knows what counts that cannot be mean: the metric is judged by none of its windows from here on, and never as good. */
function checkWindow(fold: SequentialFold, window: KnownWindow, windowSeconds: number): void {
  const { metric } = window;
  if (sumsOf(fold, metric).problem !== undefined) return;
  const problem = otherSeconds(window, windowSeconds) ?? problemWith(fold.detector, window);
  if (problem === undefined) return;
  forgetMetric(fold.detector, metric);
  fold.sums.set(metric, { ...noSums(stateOf(fold, metric).metric.thresholds), problem });
}

/** A window that is not as long as the plan's: its counts are of other seconds than the rest. */
function otherSeconds(window: KnownWindow, windowSeconds: number): string | undefined {
  const seconds = (window.endEpochMs - window.startEpochMs) / 1000;
  if (seconds === windowSeconds) return undefined;
  return `${windowText(window)}: it is ${seconds} s long, and the plan's windows are ${windowSeconds} s`;
}

function problemWith(detector: Detector, window: KnownWindow): string | undefined {
  try {
    rememberWindow(detector, window);
    return undefined;
  } catch (error) {
    if (error instanceof BadCountsError) return error.message;
    throw error;
  }
}

function addScored(
  fold: SequentialFold,
  window: KnownWindow,
  { scored }: WindowEvidence,
  { windowSeconds, steadyWeight }: Pick<JudgementContext, 'windowSeconds' | 'steadyWeight'>,
): void {
  if (scored === 'not') return;
  const { metric, comparison } = stateOf(fold, window.metric);
  const sums = sumsOf(fold, window.metric);
  const counts = scoredWindow(window);
  const { startEpochMs, canary, stable } = counts;
  addSeen(scored === 'comparison' ? sums.compared : sums.alone, counts, marginAt(metric, startEpochMs));
  if (scored !== 'comparison') return;
  for (const [t, ends] of sums.ends.entries()) addToEnds(ends, counts, t, comparison.settings);
  const weight = steadyWeight?.({ startEpochMs, endEpochMs: startEpochMs + windowSeconds * 1000 });
  if (weight === undefined) return;
  const traffic = { canaryRequests: canary.requests, stableRequests: stable.requests, weight: weight / 100 };
  addTraffic(sums.traffic, traffic, PROFILE);
}

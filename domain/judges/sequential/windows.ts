import { autoCeiling, type RateWindow } from '../../statistics/sequential/ceiling.ts';
import type { DetectorMetric, DetectorSettings, DetectorWindow } from '../../statistics/sequential/detector.ts';
import type { Counts, WindowRecord } from '../../windows/reading.ts';
import type { JudgementContext } from '../context.ts';
import type { Metric } from '../metric.ts';
import { thresholdsOf } from './baseline.ts';
import { PROFILE, type SequentialContext } from './context.ts';
import type { SequentialJudgeSpec } from './spec.ts';

export type SequentialMetric = Metric & { judge: SequentialJudgeSpec };

/** A frozen window as the detector takes it, and when it became known. */
export interface KnownWindow extends DetectorWindow {
  canary: Counts | null;
  stable: Counts | null;
  frozenAtEpochMs: number;
}

/** A window that was scored. `stable` counts nothing where it gets no traffic. */
export interface ScoredWindow {
  startEpochMs: number;
  canary: Counts;
  stable: Counts;
}

const NO_COUNTS: Counts = { requests: 0, bad: [] };

/** Counts of a window that was scored. */
export const scoredWindow = ({ startEpochMs, canary, stable }: KnownWindow): ScoredWindow => ({
  startEpochMs,
  canary: canary ?? NO_COUNTS,
  stable: stable ?? NO_COUNTS,
});

/**
 * The windows that are judged, in the order in which they became known: what froze later comes later, so that the evidence
 * only ever grows at its end and a decision once made stays what it is. Of one window that comes twice the first stays.
 */
export function knownWindows(records: readonly WindowRecord[], context: JudgementContext): KnownWindow[] {
  const known = records.flatMap(record => knownWindow(record, context) ?? []);
  return known.sort((a, b) => a.frozenAtEpochMs - b.frozenAtEpochMs || a.startEpochMs - b.startEpochMs);
}

/** undefined: it is not frozen, or the canary gets no traffic in it. */
export function knownWindow(record: WindowRecord, context: Pick<JudgementContext, 'expects'>): KnownWindow | undefined {
  const { metric, startEpochMs, endEpochMs, straddles, frozenAtEpochMs, reading } = record;
  if (frozenAtEpochMs === undefined) return undefined;
  const expected = context.expects(record);
  if (!expected.canary) return undefined;
  const counts = reading.kind === 'counts' ? reading : { canary: null, stable: null };
  return {
    ...{ metric, startEpochMs, endEpochMs, straddles, frozenAtEpochMs },
    ...{ canary: counts.canary, stable: counts.stable, stableExpected: expected.stable },
    ...(reading.kind === 'noData' ? { noData: reading.reason } : {}),
  };
}

/** The detector's settings for one metric. @param ceilings where they are known by now */
export function detectorMetric(
  { name, judge, source }: SequentialMetric,
  context: Pick<JudgementContext, 'analysisStartedAtEpochMs'>,
  sequential: SequentialContext,
  ceilings: readonly number[] | undefined,
): DetectorMetric {
  const thresholds = thresholdsOf({ name, judge, source });
  const begin = context.analysisStartedAtEpochMs ?? 0;
  const assumed = () => Array.from({ length: thresholds }, () => PROFILE.guard.assumedPhi);
  return {
    name,
    share: judge.share,
    margin: judge.margin,
    thresholds,
    warmUp:
      judge.warmUp === undefined
        ? undefined
        : { margin: judge.warmUp.margin, untilEpochMs: begin + judge.warmUp.seconds * 1000 },
    phi: judge.guard ? (sequential.baseline[name]?.phi ?? assumed()) : undefined,
    floor: judge.floor,
    hasCeiling: judge.ceiling !== undefined,
    ceilings,
  };
}

export const detectorSettings = (sequential: SequentialContext, metrics: DetectorMetric[]): DetectorSettings => ({
  profile: PROFILE,
  alpha: sequential.alpha,
  horizonWindows: sequential.horizonWindows,
  nonInferiority: sequential.nonInferiority,
  beta: sequential.beta,
  metrics,
});

/** What `ceiling: auto` is taken from. Plain JSON. */
export interface AutoSums {
  /** Windows of the release that were compared, until the first one without stable traffic. */
  windows: number;
  /** Of both versions in them. */
  requests: number;
  /** The stable version's counts in the last of them that had a request, oldest first: as many as are looked at. */
  stable: Counts[];
  /** Whether there was a window without stable traffic: no later one matters. */
  closed: boolean;
}

export const noAutoSums = (): AutoSums => ({ windows: 0, requests: 0, stable: [], closed: false });

/** The same with more windows, in the order in which they became known. */
export function withAutoSums(before: AutoSums, windows: readonly KnownWindow[]): AutoSums {
  const sums = { ...before, stable: [...before.stable] };
  for (const { straddles, stableExpected, canary, stable } of windows) {
    if (sums.closed) break;
    if (straddles) continue;
    if (!stableExpected) sums.closed = true;
    else if (canary !== null && stable !== null) {
      sums.windows += 1;
      sums.requests += canary.requests + stable.requests;
      if (stable.requests > 0) sums.stable.push({ requests: stable.requests, bad: stable.bad });
      if (sums.stable.length > PROFILE.autoCeiling.windows) sums.stable.shift();
    }
  }
  return sums;
}

/** By what `auto` ceilings are taken. */
export interface CeilingFacts {
  sums: AutoSums;
  windowSeconds: number;
  sequential: SequentialContext;
}

/**
 * The ceilings of a metric, per threshold: the plan's own, those that were frozen into the release, or `auto` ones from
 * the windows that were known when the first window without stable traffic was. undefined: none, or not known yet.
 */
export function ceilingsOf(metric: SequentialMetric, facts: CeilingFacts): readonly number[] | undefined {
  const { judge, name } = metric;
  const thresholds = thresholdsOf(metric);
  if (judge.ceiling === undefined) return undefined;
  const fixed = judge.ceiling;
  if (fixed !== 'auto') return Array.from({ length: thresholds }, () => fixed);
  const frozen = facts.sequential.ceilings[name];
  if (frozen !== undefined) return frozen;
  return facts.sums.closed ? autoCeilingsOf(metric, facts) : undefined;
}

function autoCeilingsOf(metric: SequentialMetric, { sums: own, windowSeconds, sequential }: CeilingFacts) {
  const { judge, name } = metric;
  // what the stable version did before the release stands in for the windows that the release is short of
  const past = sequential.baseline[name] ?? NO_PAST;
  const requests = past.requests + own.requests;
  const seconds = Math.max(1, (own.windows + past.windows) * windowSeconds);
  const ceilings = Array.from({ length: thresholdsOf(metric) }, (_, t) => {
    const rateWindows: RateWindow[] = [past, ...own.stable].map(counts => ({
      requests: counts.requests,
      bad: counts.bad[t] ?? 0,
    }));
    return autoCeiling(rateWindows, judge.margin, (requests / seconds) * sequential.secondsAlone, PROFILE);
  });
  return ceilings.every(ceiling => ceiling !== undefined) ? ceilings : undefined;
}

const NO_PAST = { windows: 0, requests: 0, bad: [] };

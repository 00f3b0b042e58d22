import type { JudgementContext } from '../judges/context.ts';
import { judgeRelease } from '../judges/judge-release.ts';
import { isDetected } from '../judges/run-registry.ts';
import { thresholdsOf } from '../judges/sequential/baseline.ts';
import type { Verdict } from '../judges/verdict.ts';
import type { Metric } from '../plan/plan.ts';
import { newRandom, type Random } from '../statistics/random.ts';
import { type DetectorWindow, newDetector, stepDetector } from '../statistics/sequential/detector.ts';
import type { Counts, WindowRecord } from '../windows/reading.ts';
import { drawBad } from './draw-bad.ts';
import { type CountedWindow, type Model, modelOf, requestsIn, type Seen, sightIn } from './model.ts';
import { drawPast } from './past.ts';
import { type EnoughSeen, type ForecastWindow, type Schedule, scheduleOf } from './schedule.ts';
import { countsSlowOnes, isCounted, rateOf } from './traffic.ts';

/** A fault from the canary's first request on. */
export interface Fault {
  /** The canary's bad share, 0 to 1; that of the stable version: none. */
  failureRate: number;
  /** As people name it: "x2", "+1 point". */
  name: string;
}

/** What became of one release. */
export interface PlayedRelease {
  /** `noEvidence`: its hold ended, and not even a gross fault would have been seen. */
  end: 'promoted' | 'degraded' | 'noEvidence';
  /** Seconds from the start to the verdict that took it back, or to its end. */
  endSeconds: number;
  schedule: Schedule;
}

export interface Trials {
  fault: Fault;
  releases: PlayedRelease[];
}

export const endedSo = ({ releases }: Trials, end: PlayedRelease['end']): number =>
  releases.filter(release => release.end === end).length / releases.length;

/** So many pasts of the stable version are drawn; the releases take turns with them. */
const PASTS = 8;

/** What releases may know of the stable version before their first weight, drawn once for all faults of a forecast. */
export interface Pasts {
  model: Model;
  drawn: { model: Model; sight: Seen }[];
}

export function drawPasts(model: Model, { seed, pasts = PASTS }: { seed: number; pasts?: number }): Pasts {
  const random = newRandom(seed);
  const drawn = Array.from({ length: pasts }, () => {
    const own = modelOf(model.plan, model.traffic, drawPast(model.plan, model.traffic, random));
    return { model: own, sight: sightIn(own) };
  });
  return { model, drawn };
}

/**
 * Plays releases through the judges themselves; the numbers are drawn, the judgement is the product's. The same seed gives
 * the same releases.
 */
export function playReleases(
  { drawn }: Pasts,
  fault: Fault,
  { releases, seed }: { releases: number; seed: number },
): Trials {
  const random = newRandom(seed, Math.round(fault.failureRate * 1e6));
  const played = Array.from({ length: releases }, (_, index) => {
    const { model, sight } = drawn[index % drawn.length] as Pasts['drawn'][number];
    return playOne(model, sight, fault, random);
  });
  return { fault, releases: played };
}

function playOne(model: Model, sight: Seen, fault: Fault, random: Random): PlayedRelease {
  const drawn: CountedWindow[] = [];
  const others = otherJudges(model);
  const detector = model.settings === undefined ? undefined : newDetector(model.settings);
  let alarmSeconds: number | undefined;
  const see: EnoughSeen = (known, look) => {
    for (const window of known.slice(drawn.length)) {
      drawn.push({ ...window, counts: drawCounts(model, window, fault, random) });
      if (alarmSeconds !== undefined || detector === undefined) continue;
      stepDetector(detector, detectorWindows(model, drawn.at(-1) as CountedWindow));
      if (detector.alarm !== undefined) alarmSeconds = window.knownSeconds;
    }
    const other = others(drawn, look.only);
    if (other.degradedSeconds !== undefined) {
      alarmSeconds = Math.min(alarmSeconds ?? Number.POSITIVE_INFINITY, other.degradedSeconds);
    }
    if (alarmSeconds !== undefined) return 'stop';
    if (other.inconclusive) return 'little';
    const seen = sight(drawn, look, metric => detector?.metrics.get(metric)?.healthy === true);
    if (seen !== 'healthy' && seen !== 'enough') return seen;
    const isProven = seen === 'healthy' || model.watched.length === 0;
    return isProven && other.healthy ? 'healthy' : 'enough';
  };
  const schedule = scheduleOf(model.plan, see);
  if (alarmSeconds !== undefined) return { end: 'degraded', endSeconds: alarmSeconds, schedule };
  const end = schedule.endSeconds === null ? 'noEvidence' : 'promoted';
  return { end, endSeconds: schedule.untilSeconds, schedule };
}

/** What the judges say that are not sequential and judge counts; of the rest a forecast knows no law. */
function otherJudges({ plan, beganSeconds }: Model) {
  const metrics = plan.metrics.filter(metric => isCounted(metric) && !isDetected(metric));
  const verdictAfter = (windows: readonly CountedWindow[], only?: readonly string[]): Verdict => {
    const stableAt = new Map(windows.map(({ startSeconds, weight }) => [startSeconds * 1000, weight < 100]));
    const context: JudgementContext = {
      analysisStartedAtEpochMs: beganSeconds * 1000,
      nowEpochMs: (windows.at(-1)?.knownSeconds ?? 0) * 1000,
      windowSeconds: plan.windowSeconds,
      expects: ({ startEpochMs }) => ({
        canary: stableAt.has(startEpochMs),
        stable: stableAt.get(startEpochMs) === true,
      }),
    };
    return judgeRelease(metrics, recordsOf(metrics, windows), context, { metricsOfThisStep: only }).verdict;
  };
  return (
    windows: readonly CountedWindow[],
    only?: readonly string[],
  ): { degradedSeconds?: number | undefined; inconclusive: boolean; healthy: boolean } => {
    if (metrics.length === 0) return { inconclusive: false, healthy: plan.metrics.length > 0 };
    const verdict = verdictAfter(windows, only);
    if (verdict.kind !== 'degraded') {
      return { inconclusive: verdict.kind === 'inconclusive', healthy: verdict.kind === 'healthy' };
    }
    // it stays so, and the window that made it so can therefore be found by halving
    let [good, bad] = [0, windows.length];
    while (bad - good > 1) {
      const middle = (good + bad) >> 1;
      if (verdictAfter(windows.slice(0, middle)).kind === 'degraded') bad = middle;
      else good = middle;
    }
    return { degradedSeconds: windows[bad - 1]?.knownSeconds, inconclusive: false, healthy: false };
  };
}

function recordsOf(metrics: readonly Metric[], windows: readonly CountedWindow[]): Record<string, WindowRecord[]> {
  const records = ({ name }: Metric) =>
    windows.flatMap(({ startSeconds, endSeconds, knownSeconds, counts }): WindowRecord[] => {
      const own = counts[name];
      if (own === undefined) return [];
      const [readAtEpochMs, frozenAtEpochMs] = [knownSeconds * 1000, knownSeconds * 1000];
      const span = { metric: name, startEpochMs: startSeconds * 1000, endEpochMs: endSeconds * 1000 };
      return [{ ...span, reading: { kind: 'counts', ...own }, readAtEpochMs, frozenAtEpochMs, straddles: false }];
    });
  return Object.fromEntries(metrics.map(metric => [metric.name, records(metric)]));
}

const detectorWindows = ({ watched }: Model, window: CountedWindow): DetectorWindow[] =>
  watched.flatMap(({ metric }): DetectorWindow[] => {
    const own = window.counts[metric.name];
    if (own === undefined) return [];
    const span = { startEpochMs: window.startSeconds * 1000, endEpochMs: window.endSeconds * 1000 };
    return [{ metric: metric.name, ...span, ...own, straddles: false, stableExpected: window.weight < 100 }];
  });

function drawCounts(model: Model, window: ForecastWindow, fault: Fault, random: Random): CountedWindow['counts'] {
  const { plan, traffic } = model;
  const requests = requestsIn(window, traffic);
  const of = (metric: Metric) => {
    const rate = rateOf(metric, traffic);
    // only what fails gets worse: slow answers are as many as the stable version has
    const canaryRate = countsSlowOnes(metric) ? rate : fault.failureRate;
    const draw = (count: number, share: number): Counts => {
      const bad = drawBad(random, count, share, traffic.dispersion);
      return { requests: count, bad: Array.from({ length: thresholdsOf(metric) }, () => bad) };
    };
    return { canary: draw(requests.canary, canaryRate), stable: draw(requests.stable, rate) };
  };
  return Object.fromEntries(plan.metrics.filter(isCounted).map(metric => [metric.name, of(metric)]));
}

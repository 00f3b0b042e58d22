import { thresholdsOf } from '../judgement/baseline.ts';
import { judgeMetric } from '../judgement/judge.ts';
import type { Counts, WindowRecord } from '../judgement/reading.ts';
import { type DetectorWindow, newDetector, stepDetector } from '../judgement/sequential/detector.ts';
import { isSequential } from '../judgement/sequential-windows.ts';
import type { Metric } from '../plan/plan.ts';
import { drawClumped } from '../random/draws.ts';
import { newRandom, type Random } from '../random/random.ts';
import { type Model, requestsIn } from './model.ts';
import type { ForecastWindow, Schedule } from './schedule.ts';
import { countsSlowOnes, isCounted, rateOf } from './traffic.ts';

/** What became of many releases whose canary fails `ratio` times as often as the stable version, from its first request. */
export interface Trials {
  ratio: number;
  releases: number;
  /** Index of the window whose verdict rolled back, for each release; -1: none did. */
  foundIn: Int32Array;
}

/**
 * Plays releases through the judges themselves; the numbers are drawn, the judgement is the product's. The same seed gives
 * the same releases.
 */
export function playReleases(
  model: Model,
  schedule: Schedule,
  fault: { ratio: number; releases: number; seed: number },
): Trials {
  const random = newRandom(fault.seed, Math.round(fault.ratio * 1000));
  const foundIn = new Int32Array(fault.releases);
  for (let release = 0; release < fault.releases; release += 1) {
    foundIn[release] = playOne(model, schedule.windows, fault.ratio, random);
  }
  return { ratio: fault.ratio, releases: fault.releases, foundIn };
}

function playOne(model: Model, windows: readonly ForecastWindow[], ratio: number, random: Random): number {
  const others = model.plan.metrics.filter(metric => isCounted(metric) && !isSequential(metric));
  const bySequential = playSequential(model, windows, ratio, random);
  const horizon = bySequential < 0 ? windows.length : bySequential;
  const byOthers = others.map(metric => playRecords(model, metric, windows.slice(0, horizon), ratio, random));
  const found = [bySequential, ...byOthers].filter(index => index >= 0);
  return found.length === 0 ? -1 : Math.min(...found);
}

/** Window by window until one fires: what comes after it does not matter. */
function playSequential(model: Model, windows: readonly ForecastWindow[], ratio: number, random: Random): number {
  const { settings, watched } = model;
  if (settings === undefined) return -1;
  const detector = newDetector(settings);
  for (const [index, window] of windows.entries()) {
    const { canary, stable } = requestsIn(window, model.traffic);
    const together = watched.map(({ metric }): DetectorWindow => {
      const drawn = drawCounts(model, metric, { canary, stable }, ratio, random);
      return {
        metric: metric.name,
        startEpochMs: window.startSeconds * 1000,
        endEpochMs: window.endSeconds * 1000,
        ...drawn,
        straddles: false,
        stableExpected: window.weight < 100,
      };
    });
    stepDetector(detector, together);
    if (detector.alarm !== undefined) return index;
  }
  return -1;
}

/** The first window after which the metric's judge says degraded: it stays so, and can therefore be found by halving. */
function playRecords(
  model: Model,
  metric: Metric,
  windows: readonly ForecastWindow[],
  ratio: number,
  random: Random,
): number {
  const records = windows.map((window): WindowRecord => {
    const counts = drawCounts(model, metric, requestsIn(window, model.traffic), ratio, random);
    const known = window.knownSeconds * 1000;
    return {
      metric: metric.name,
      startEpochMs: window.startSeconds * 1000,
      endEpochMs: window.endSeconds * 1000,
      reading: { kind: 'counts', canary: counts.canary, stable: counts.stable },
      readAtEpochMs: known,
      frozenAtEpochMs: known,
      straddles: false,
    };
  });
  const stableAt = new Map(windows.map(({ startSeconds, weight }) => [startSeconds * 1000, weight < 100]));
  const degraded = (count: number): boolean => {
    const last = windows[count - 1];
    if (last === undefined) return false;
    const context = {
      analysisStartedAtEpochMs: model.beganSeconds * 1000,
      nowEpochMs: last.knownSeconds * 1000,
      windowSeconds: model.plan.windowSeconds,
      expects: ({ startEpochMs }: { startEpochMs: number }) => ({
        canary: stableAt.has(startEpochMs),
        stable: stableAt.get(startEpochMs) === true,
      }),
    };
    return judgeMetric(metric, records.slice(0, count), context).verdict.kind === 'degraded';
  };
  if (!degraded(records.length)) return -1;
  let [good, bad] = [0, records.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (degraded(middle)) bad = middle;
    else good = middle;
  }
  return bad - 1;
}

function drawCounts(
  { traffic }: Model,
  metric: Metric,
  requests: { canary: number; stable: number },
  ratio: number,
  random: Random,
): { canary: Counts; stable: Counts } {
  const rate = rateOf(metric, traffic);
  const thresholds = thresholdsOf(metric);
  // only what fails gets worse: slow answers are as many as the stable version has
  const times = countsSlowOnes(metric) ? 1 : ratio;
  const draw = (count: number, share: number): Counts => {
    const bad = Math.min(count, drawClumped(random, count * share, traffic.dispersion));
    return { requests: count, bad: Array.from({ length: thresholds }, () => bad) };
  };
  return {
    canary: draw(requests.canary, rate * times),
    stable: draw(requests.stable, rate),
  };
}

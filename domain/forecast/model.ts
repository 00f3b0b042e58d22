import { isDetected } from '../judges/run-registry.ts';
import { type Baseline, thresholdsOf } from '../judges/sequential/baseline.ts';
import { type JudgedMetric, type Scored as Sums, seesEffect, seesGross } from '../judges/sequential/power.ts';
import { seenOf } from '../judges/sequential/seen-windows.ts';
import {
  ceilingsOf,
  detectorMetric,
  detectorSettings,
  noAutoSums,
  type ScoredWindow,
  type SequentialMetric,
} from '../judges/sequential/windows.ts';
import type { Plan } from '../plan/plan.ts';
import { sequentialContext } from '../plan/sequential-context.ts';
import { type DetectorSettings, marginAt, newDetector } from '../statistics/sequential/detector.ts';
import type { Counts } from '../windows/reading.ts';
import { expectedPast } from './past.ts';
import { type EnoughSeen, type ForecastWindow, type Look, type Sight, scheduleOf } from './schedule.ts';
import { rateOf, type Traffic } from './traffic.ts';

/** A plan's metrics as the detector takes them in a forecast. */
export interface Model {
  plan: Plan;
  traffic: Traffic;
  /** When the canary first gets traffic; 0 where it never does. */
  beganSeconds: number;
  /** Absent where no judge has the detector. */
  settings: DetectorSettings | undefined;
  watched: JudgedMetric[];
}

/** @param past what a release knows of the stable version before its first weight, by metric; absent: what is expected */
export function modelOf(
  plan: Plan,
  traffic: Traffic,
  past: Readonly<Record<string, Baseline>> = expectedPast(plan, traffic),
): Model {
  const sequential = sequentialContext(plan, { baseline: past });
  const beganSeconds = firstShiftSeconds(plan);
  if (sequential === undefined) return { plan, traffic, beganSeconds, settings: undefined, watched: [] };
  const context = { analysisStartedAtEpochMs: beganSeconds * 1000 };
  const metrics = plan.metrics.filter(isDetected);
  // nothing of the release is known when it begins, and what stable did before it is all that there will be
  const facts = { sums: { ...noAutoSums(), closed: true }, windowSeconds: plan.windowSeconds, sequential };
  const settings = detectorSettings(
    sequential,
    metrics.map(metric => detectorMetric(metric, context, sequential, ceilingsOf(metric, facts))),
  );
  const states = newDetector(settings).metrics;
  const watched = metrics.flatMap((metric): JudgedMetric[] => {
    const state = states.get(metric.name);
    const judgement = { ...context, nowEpochMs: 0, windowSeconds: plan.windowSeconds, expects: () => BOTH, terse };
    return state === undefined ? [] : [{ metric, state, sequential, context: judgement }];
  });
  return { plan, traffic, beganSeconds, settings, watched };
}

const BOTH = { canary: true, stable: true };
/** A forecast says how often, not from where on. */
const terse = true as const;

/** Whatever is seen: nothing holds before it. */
function firstShiftSeconds(plan: Plan): number {
  const { weights } = scheduleOf(plan, () => 'enough');
  return weights.find(({ weight }) => weight > 0)?.fromSeconds ?? 0;
}

/** Expected requests of both versions in a window, whole numbers. */
export function requestsIn(window: Pick<ForecastWindow, 'startSeconds' | 'endSeconds' | 'weight'>, traffic: Traffic) {
  const all = traffic.requestsPerSecond * (window.endSeconds - window.startSeconds);
  const canary = Math.round((all * window.weight) / 100);
  return { canary, stable: Math.round(all) - canary };
}

/** A window with what each metric counted in it. */
export interface CountedWindow extends ForecastWindow {
  counts: Readonly<Record<string, { canary: Counts; stable: Counts }>>;
}

/**
 * Whether each sequential metric would have seen the plan's `detect` in these windows: what a verdict needs to be `watching`
 * and not `inconclusive`. Judges that promise nothing of the kind hold nothing up.
 */
export function enoughSeenBy(model: Model): EnoughSeen {
  const sight = sightIn(model, exactly);
  return (windows, look) =>
    sight(
      windows.map(window => ({ ...window, counts: expectedCounts(model, window) })),
      look,
    );
}

function expectedCounts({ watched, traffic }: Model, window: ForecastWindow): CountedWindow['counts'] {
  const { canary, stable } = requestsIn(window, traffic);
  const of = (metric: SequentialMetric, requests: number): Counts => ({
    requests,
    bad: Array.from({ length: thresholdsOf(metric) }, () => requests * rateOf(metric, traffic)),
  });
  return Object.fromEntries(
    watched.map(({ metric }) => [metric.name, { canary: of(metric, canary), stable: of(metric, stable) }]),
  );
}

/**
 * What the sequential metrics would have seen in these windows.
 * @param isHealthy metrics that were proven healthy by their own evidence
 */
export type Seen = (windows: readonly CountedWindow[], look: Look, isHealthy?: (metric: string) => boolean) => Sight;

/** Answers are kept, since many releases ask the same. @param rounded the stable version's rate, as answers are kept by it */
export function sightIn(model: Model, rounded: (rate: number) => number = toATenth): Seen {
  const frontiers = new Map<string, Frontier>();
  const gross = new Map<string, boolean>();
  return (windows, { atEnd, only }, isHealthy = () => false) => {
    const asked = model.watched.filter(({ metric }) => only === undefined || only.includes(metric.name));
    const proven = asked.length > 0 && asked.every(({ metric }) => isHealthy(metric.name));
    let sight: Sight = proven ? 'healthy' : 'enough';
    for (const judged of asked) {
      if (isHealthy(judged.metric.name)) continue;
      const scored = scoredOf(judged, windows);
      const { key, last, rate } = shapeOf(judged, scored, rounded);
      const frontier = frontiers.get(key) ?? { notUpTo: 0, from: Number.POSITIVE_INFINITY };
      frontiers.set(key, frontier);
      if (isPast(frontier, last, count => seesEffect(judged, sumsOf(judged, withLast(scored, count, rate))))) continue;
      if (!atEnd) return 'little';
      const whole = `${key} ${last}`;
      const seen = gross.get(whole) ?? seesGross(judged, sumsOf(judged, scored));
      gross.set(whole, seen);
      if (!seen) return 'little';
      sight = 'gross';
    }
    return sight;
  };
}

/** Scored windows of a metric: with the stable version beside the canary, and without. */
interface Scored {
  compared: readonly ScoredWindow[];
  alone: readonly ScoredWindow[];
}

function sumsOf({ state: { metric } }: JudgedMetric, { compared, alone }: Scored): Sums {
  const seen = (windows: readonly ScoredWindow[]) =>
    seenOf(windows, metric.thresholds, startEpochMs => marginAt(metric, startEpochMs));
  return { compared: seen(compared), alone: seen(alone) };
}

/** Of windows of one kind: how many were too few, and from how many on they were enough. */
interface Frontier {
  notUpTo: number;
  from: number;
}

/** Whether so many windows are enough; more windows see what fewer see, so each answer settles all on its side. */
function isPast(frontier: Frontier, count: number, enough: (count: number) => boolean): boolean {
  while (count > frontier.notUpTo && count < frontier.from) {
    const { notUpTo, from } = frontier;
    // ahead of what is asked, which is what the next look will ask
    const tried = Number.isFinite(from) ? Math.ceil((notUpTo + from) / 2) : Math.max(count, 2 * notUpTo);
    if (enough(tried)) frontier.from = tried;
    else frontier.notUpTo = tried;
  }
  return count >= frontier.from;
}

function scoredOf({ metric }: JudgedMetric, windows: readonly CountedWindow[]): Scored {
  const all = windows.flatMap(({ startSeconds, counts }): ScoredWindow[] => {
    const own = counts[metric.name];
    return own === undefined || own.canary.requests === 0 ? [] : [{ startEpochMs: startSeconds * 1000, ...own }];
  });
  return {
    compared: all.filter(({ stable }) => stable.requests > 0),
    alone: all.filter(({ stable }) => stable.requests === 0),
  };
}

/** Of many releases each has a rate of its own, and whether enough was seen hardly depends on it. */
const RATE_STEP = Math.log(1.1);
const toATenth = (rate: number): number => Math.exp(Math.round(Math.log(rate) / RATE_STEP) * RATE_STEP);
const exactly = (rate: number): number => rate;

/** What tells these windows from others: sizes in their order, and the rate; and how many there are of the last size. */
function shapeOf(
  { metric }: JudgedMetric,
  { compared, alone }: Scored,
  rounded: (rate: number) => number,
): { key: string; last: number; rate: number[] } {
  const sizes: { size: string; count: number }[] = [];
  for (const { canary, stable } of [...compared, ...alone]) {
    const size = `${canary.requests}/${stable.requests}`;
    const before = sizes.at(-1);
    if (before?.size === size) before.count += 1;
    else sizes.push({ size, count: 1 });
  }
  const requests = compared.reduce((sum, { stable }) => sum + stable.requests, 0);
  const rate = Array.from({ length: thresholdsOf(metric) }, (_, t) => {
    const bad = compared.reduce((sum, { stable }) => sum + (stable.bad[t] ?? 0), 0);
    return bad === 0 ? 0 : rounded(bad / requests);
  });
  const last = sizes.pop() ?? { size: '', count: 0 };
  const before = sizes.map(({ size, count }) => `${size}x${count}`).join();
  return { key: `${metric.name} ${before} ${last.size} ${rate.join()}`, last: last.count, rate };
}

/** The same windows with so many of the last size, the stable version failing at this rate throughout. */
function withLast({ compared, alone }: Scored, count: number, rate: readonly number[]): Scored {
  const all = [...compared, ...alone];
  const end = all.at(-1);
  if (end === undefined) return { compared, alone };
  const isLast = (window: ScoredWindow) =>
    window.canary.requests === end.canary.requests && window.stable.requests === end.stable.requests;
  const from = all.findLastIndex(window => !isLast(window)) + 1;
  // its own windows first, which may have a margin of their own
  const last = Array.from({ length: count }, (_, i) => all[from + i] ?? end);
  const resized = [...all.slice(0, from), ...last].map(window => ({
    ...window,
    stable: { ...window.stable, bad: rate.map(share => share * window.stable.requests) },
  }));
  return {
    compared: resized.filter(({ stable }) => stable.requests > 0),
    alone: resized.filter(({ stable }) => stable.requests === 0),
  };
}

import { judgePlanOf } from '../judges/plan-registry.ts';
import type { Plan } from '../plan/plan.ts';
import { effectRate, grossRate } from '../statistics/sequential/effect.ts';
import { blindSentences } from './blind.ts';
import { enoughSeenBy, type Model, modelOf } from './model.ts';
import { type ForecastStay, scheduleOf, WAY_BACK_SECONDS } from './schedule.ts';
import { isCounted, type Traffic } from './traffic.ts';
import { drawPasts, endedSo, type Fault, type PlayedRelease, playReleases, type Trials } from './trial.ts';

/** How likely and how soon a fault is noticed. Plain JSON. */
export interface EffectForecast {
  fault: Fault;
  /** Share of releases that are rolled back as degraded, 0 to 1. */
  found: number;
  /** Of `found`: simulated, and with 95 % within this of the truth. */
  error: number;
  /** Share of releases that do not get to their end for want of data. */
  noEvidence: number;
  /** Seconds from the first weight to the dial back at 0, of those that are found; null: none was. */
  medianSeconds: number | null;
  slowestTenthSeconds: number | null;
  /** Failed requests beyond what the stable version would have had, on average over all releases. */
  excessFailed: number;
  /** Share that was rolled back by the end of each stay. */
  foundByStay: number[];
}

/** What becomes of releases whose canary is as good as stable: three shares that add up to 1. */
export interface HealthyForecast {
  promoted: number;
  /** Rolled back as degraded. */
  falseAlarms: number;
  /** Rolled back, or a person is asked, because not even a gross fault would have been seen. */
  noEvidence: number;
  /** Of those that are promoted: those in which a step held for want of data. */
  held: number;
  /** Each share is simulated, and with 95 % within this of the truth. */
  error: number;
  /** False alarms that the plan promises at most; null: not all of its judges keep a promise. */
  promised: number | null;
  /** Median seconds of those that are promoted, approvals, hooks and readiness not counted; null: none is. */
  seconds: number | null;
}

export interface Forecast {
  traffic: Traffic;
  /** Releases that were simulated for each fault. */
  releases: number;
  healthy: HealthyForecast;
  /** As expected of a healthy release. */
  stays: ForecastStay[];
  effects: EffectForecast[];
  /** One sentence for each stay that is too short for what the plan wants to see. */
  blind: string[];
  /** Metrics of which a forecast knows no law. */
  notForecast: string[];
}

/** What becomes of healthy releases and of those with the fault that the plan wants to see, and nothing else. */
export function foreseen(
  plan: Plan,
  traffic: Traffic,
  options: { releases: number; seed: number },
): { healthy: HealthyForecast; effect: EffectForecast | undefined } {
  const model = modelOf(plan, traffic);
  const pasts = drawPasts(model, options);
  const fault = detectedFault(plan, traffic);
  return {
    healthy: healthyOf(plan, playReleases(pasts, healthyCanary(traffic), options)),
    effect: fault && effectOf(model, playReleases(pasts, fault, options)),
  };
}

/** The fault that the plan wants to see; undefined: no metric of it is sequential. */
function detectedFault({ sequential }: Plan, { failureRate }: Traffic): Fault | undefined {
  if (sequential === undefined) return undefined;
  return { failureRate: effectRate(failureRate, sequential.detect), name: 'detect' };
}

const healthyCanary = ({ failureRate }: Traffic): Fault => ({ failureRate, name: 'none' });

const RATIOS = [1.5, 2, 5, 10] as const;
/** Where nothing fails there is nothing to multiply. */
const POINTS = [0.005, 0.01, 0.02, 0.1] as const;

const pointsText = (share: number): string => {
  const points = Number((share * 100).toPrecision(3));
  return `+${points} ${points === 1 ? 'point' : 'points'}`;
};

/** The faults of a forecast, smallest first: multiples of what fails today and, where that is little, points. */
export function faultsOf(plan: Plan, { failureRate }: Traffic): Fault[] {
  const times = failureRate === 0 ? [] : RATIOS.map(ratio => ({ failureRate: failureRate * ratio, name: `x${ratio}` }));
  const detect = plan.sequential?.detect;
  const rates = failureRate === 0 ? POINTS.map(points => points) : [];
  const wanted = detect === undefined ? [] : [effectRate(failureRate, detect), grossRate(failureRate, detect) ?? 1];
  const points = [...new Set([...rates, ...wanted])].map(rate => ({
    failureRate: rate,
    name: pointsText(rate - failureRate),
  }));
  const all = [...times, ...points].filter(fault => fault.failureRate < 1);
  const distinct = all.filter(
    (fault, index) => all.findIndex(other => Math.abs(other.failureRate / fault.failureRate - 1) < 1e-6) === index,
  );
  return distinct.sort((a, b) => a.failureRate - b.failureRate);
}

/** What a plan would do: scheduled by the clock, judged by the product's judges on drawn counts. Same seed, same answer. */
export function forecast(
  plan: Plan,
  traffic: Traffic,
  options: { releases: number; seed: number; faults?: readonly Fault[] },
): Forecast {
  const model = modelOf(plan, traffic);
  const schedule = scheduleOf(plan, enoughSeenBy(model));
  const pasts = drawPasts(model, options);
  const play = (fault: Fault) => playReleases(pasts, fault, options);
  return {
    traffic,
    releases: options.releases,
    healthy: healthyOf(plan, play(healthyCanary(traffic))),
    stays: schedule.stays,
    effects: (options.faults ?? faultsOf(plan, traffic)).map(fault => effectOf(model, play(fault))),
    blind: blindSentences(model, schedule),
    notForecast: plan.metrics.filter(metric => !isCounted(metric)).map(({ name }) => name),
  };
}

const promises = ({ judge }: Plan['metrics'][number]): boolean => judgePlanOf(judge).keepsAlpha === true;

function healthyOf(plan: Plan, trials: Trials): HealthyForecast {
  const promoted = trials.releases.filter(({ end }) => end === 'promoted');
  const seconds = promoted.map(({ endSeconds }) => endSeconds).sort((a, b) => a - b);
  const falseAlarms = endedSo(trials, 'degraded');
  const noEvidence = endedSo(trials, 'noEvidence');
  const count = trials.releases.length;
  return {
    promoted: promoted.length / count,
    falseAlarms,
    noEvidence,
    held: promoted.filter(({ schedule }) => schedule.stays.some(({ holdSeconds }) => holdSeconds !== 0)).length / count,
    error: Math.max(...[falseAlarms, noEvidence].map(share => errorOf(share, count))),
    promised: plan.sequential !== undefined && plan.metrics.every(promises) ? plan.sequential.alpha : null,
    seconds: quantile(seconds, 0.5),
  };
}

function effectOf(model: Model, trials: Trials): EffectForecast {
  const { releases, fault } = trials;
  const times: number[] = [];
  let excess = 0;
  for (const release of releases) {
    // where no verdict stops it a bad release goes on to its end: what comes after the promotion is not counted
    const until = release.end === 'degraded' ? release.endSeconds + WAY_BACK_SECONDS : release.endSeconds;
    excess += excessUntil(model, release, fault, until);
    if (release.end === 'degraded') times.push(until - model.beganSeconds);
  }
  times.sort((a, b) => a - b);
  const found = endedSo(trials, 'degraded');
  const longest = releases.reduce((most, { schedule }) => Math.max(most, schedule.stays.length), 0);
  return {
    fault,
    found,
    error: errorOf(found, releases.length),
    noEvidence: endedSo(trials, 'noEvidence'),
    medianSeconds: quantile(times, 0.5),
    slowestTenthSeconds: quantile(times, 0.9),
    excessFailed: excess / releases.length,
    foundByStay: Array.from(
      { length: longest },
      (_, stay) => releases.filter(release => foundBy(release, stay)).length / releases.length,
    ),
  };
}

/** Whether a release was taken back by the end of that stay; one that ended earlier never began it. */
function foundBy({ end, endSeconds, schedule: { stays } }: PlayedRelease, stay: number): boolean {
  return end === 'degraded' && endSeconds <= (stays[stay]?.untilSeconds ?? Number.POSITIVE_INFINITY);
}

/** Requests that failed and would not have at the stable version's rate, from the first weight to then. */
function excessUntil({ traffic }: Model, { schedule }: PlayedRelease, fault: Fault, untilSeconds: number): number {
  const more = fault.failureRate - traffic.failureRate;
  return schedule.weights.reduce((sum, { fromSeconds, weight }, index) => {
    const to = Math.min(untilSeconds, schedule.weights[index + 1]?.fromSeconds ?? untilSeconds);
    const seconds = Math.max(0, to - fromSeconds);
    return sum + ((seconds * weight) / 100) * traffic.requestsPerSecond * more;
  }, 0);
}

/** Half a 95 % interval of a simulated share; never below that of one release more or less. */
const errorOf = (share: number, releases: number): number =>
  Math.max(1 / releases, 1.96 * Math.sqrt((share * (1 - share)) / releases));

const quantile = (sorted: readonly number[], q: number): number | null => sorted[Math.floor(q * sorted.length)] ?? null;

import type { Plan } from '../plan/plan.ts';
import { blindSentences } from './blind.ts';
import { enoughSeenBy, type Model, modelOf } from './model.ts';
import { type ForecastStay, type Schedule, scheduleOf, WAY_BACK_SECONDS } from './schedule.ts';
import { isCounted, type Traffic } from './traffic.ts';
import { playReleases, type Trials } from './trial.ts';

/** How likely and how soon a fault is noticed. Plain JSON. */
export interface EffectForecast {
  /** The canary's failure rate as a multiple of the stable version's. */
  ratio: number;
  /** Share of releases that are rolled back, 0 to 1. */
  found: number;
  /** Of `found`: simulated, and with 95 % within this of the truth. */
  error: number;
  /** Seconds from the first weight to the dial back at 0, of those that are found; null: none was. */
  medianSeconds: number | null;
  slowestTenthSeconds: number | null;
  /** Failed requests beyond what the stable version would have had, on average over all releases. */
  excessFailed: number;
  /** Share that was rolled back by the end of each stay. */
  foundByStay: number[];
}

export interface Forecast {
  traffic: Traffic;
  /** Releases that were simulated for each ratio. */
  releases: number;
  /** Seconds that a healthy release takes, approvals, hooks and readiness not counted; null: it holds too long to end. */
  healthySeconds: number | null;
  stays: ForecastStay[];
  effects: EffectForecast[];
  /** A healthy release that is rolled back all the same: what the sequential metrics promise at most, and what was seen. */
  falseAlarms: { promised: number | null; seen: number; error: number };
  /** One sentence for each stay that is too short for what the plan wants to see. */
  blind: string[];
  /** Metrics of which a forecast knows no law. */
  notForecast: string[];
}

export const RATIOS = [1.5, 2, 5, 10] as const;

/** What becomes of releases with one fault, and nothing else of a forecast. */
export function foreseenEffect(
  plan: Plan,
  traffic: Traffic,
  fault: { ratio: number; releases: number; seed: number },
): EffectForecast {
  const model = modelOf(plan, traffic);
  const schedule = scheduleOf(plan, enoughSeenBy(model));
  return effectOf(model, schedule, playReleases(model, schedule, fault));
}

/** What a plan would do: scheduled by the clock, judged by the product's judges on drawn counts. Same seed, same answer. */
export function forecast(
  plan: Plan,
  traffic: Traffic,
  options: { releases: number; seed: number; ratios?: readonly number[] },
): Forecast {
  const model = modelOf(plan, traffic);
  const schedule = scheduleOf(plan, enoughSeenBy(model));
  const play = (ratio: number) => playReleases(model, schedule, { ...options, ratio });
  const healthy = shareFound(play(1));
  return {
    traffic,
    releases: options.releases,
    healthySeconds: schedule.endSeconds,
    stays: schedule.stays,
    effects: (options.ratios ?? RATIOS).map(ratio => effectOf(model, schedule, play(ratio))),
    falseAlarms: {
      promised: plan.sequential !== undefined && plan.metrics.every(promises) ? plan.sequential.alpha : null,
      seen: healthy,
      error: errorOf(healthy, options.releases),
    },
    blind: blindSentences(model, schedule),
    notForecast: plan.metrics.filter(metric => !isCounted(metric)).map(({ name }) => name),
  };
}

const promises = ({ judge }: Plan['metrics'][number]): boolean => judge.kind === 'sequential';

function effectOf(model: Model, schedule: Schedule, trials: Trials): EffectForecast {
  const { windows, stays } = schedule;
  const times: number[] = [];
  let excess = 0;
  for (const index of trials.foundIn) {
    const window = windows[index];
    // where no verdict stops it a bad release goes on to its end: what comes after the promotion is not counted
    const until = window === undefined ? schedule.untilSeconds : window.knownSeconds + WAY_BACK_SECONDS;
    excess += excessUntil(model, schedule, trials.ratio, until);
    if (window !== undefined) times.push(until - model.beganSeconds);
  }
  times.sort((a, b) => a - b);
  const found = shareFound(trials);
  return {
    ratio: trials.ratio,
    found,
    error: errorOf(found, trials.releases),
    medianSeconds: quantile(times, 0.5),
    slowestTenthSeconds: quantile(times, 0.9),
    excessFailed: excess / trials.releases,
    foundByStay: stays.map(
      ({ untilSeconds }) =>
        trials.foundIn.filter(index => (windows[index]?.knownSeconds ?? Number.POSITIVE_INFINITY) <= untilSeconds)
          .length / trials.releases,
    ),
  };
}

/** Requests that failed and would not have at the stable version's rate, from the first weight to then. */
function excessUntil({ traffic }: Model, { weights }: Schedule, ratio: number, untilSeconds: number): number {
  const more = Math.min(1, traffic.failureRate * ratio) - traffic.failureRate;
  return weights.reduce((sum, { fromSeconds, weight }, index) => {
    const to = Math.min(untilSeconds, weights[index + 1]?.fromSeconds ?? untilSeconds);
    const seconds = Math.max(0, to - fromSeconds);
    return sum + ((seconds * weight) / 100) * traffic.requestsPerSecond * more;
  }, 0);
}

export const shareFound = ({ foundIn, releases }: Trials): number =>
  foundIn.filter(index => index >= 0).length / releases;

/** Half a 95 % interval of a simulated share; never below that of one release more or less. */
const errorOf = (share: number, releases: number): number =>
  Math.max(1 / releases, 1.96 * Math.sqrt((share * (1 - share)) / releases));

const quantile = (sorted: readonly number[], q: number): number | null => sorted[Math.floor(q * sorted.length)] ?? null;

import { isDetected } from '../judges/run-registry.ts';
import { roundedText } from '../number-text.ts';
import type { Metric, Plan, Step } from '../plan/plan.ts';
import { mostWeight } from '../plan/release-steps.ts';
import { usualLatenessSeconds } from '../sources/measure.ts';
import type { Detect } from '../statistics/sequential/detect.ts';
import { effectRate } from '../statistics/sequential/effect.ts';
import { factsOf, stayStep, weightStep } from '../steps/plan-registry.ts';
import { AGREEMENT_SECONDS } from '../windows/windows.ts';
import { MOST_WINDOWS, timeText, windowsToSee } from './blind.ts';
import { enoughSeenBy, modelOf } from './model.ts';
import { scheduleOf } from './schedule.ts';
import type { Traffic } from './traffic.ts';

/** A plan that sees what the first one wants to see, and what it costs. Plain JSON. */
export interface Proposal {
  kind: 'shortest' | 'leastExposure';
  /** One sentence: what it keeps and what it gives. */
  because: string;
  /** As it would be written in a plan, and so is the soak. */
  steps: Step[];
  soakSeconds: number;
  /** The plan's own, or longer where its steps take longer. */
  deadlineSeconds: number;
  /** What it assumes that is worth seeing. */
  detect: Detect;
}

/** First weights that people use, per cent. */
const LADDER = [1, 2, 3, 5, 10, 15, 20, 25, 30, 40, 50] as const;
/** What readiness, hooks and the like may take beyond a plan's own times before its deadline is there. */
const DEADLINE_SPARE_SECONDS = 3_600;

/**
 * Better plans for this traffic, by what is expected: the shortest steps at the plan's own weights that see its `detect`, and
 * the smallest first weight that does so within a time. None where no stay that anybody would wait for is long enough, or
 * where the plan has no sequential metric: the other judges promise nothing that could be kept.
 */
export function proposals(plan: Plan, traffic: Traffic, options: { withinSeconds: number }): Proposal[] {
  if (plan.sequential === undefined) return [];
  const { detect } = plan.sequential;
  const own = firstWeight(plan);
  const shortest = adapted(plan, traffic, own);
  // where the first weight is all that the canary gets there is no smaller one to begin with
  const least = own >= mostWeight(plan) ? undefined : leastExposure(plan, traffic, options.withinSeconds);
  const told = (kind: Proposal['kind'], { plan: better, healthySeconds }: Adapted, what: string): Proposal => {
    const spared = healthySeconds + DEADLINE_SPARE_SECONDS;
    return {
      kind,
      because: `${what}: ${timeText(healthySeconds)} for a healthy release`,
      ...{ steps: better.steps, soakSeconds: better.soakSeconds },
      deadlineSeconds: Math.max(plan.deadlineSeconds, Math.ceil(spared / 1800) * 1800),
      detect,
    };
  };
  return [
    ...(shortest === undefined ? [] : [told('shortest', shortest, 'The shortest steps at these weights')]),
    ...(least === undefined || least.weight === own
      ? []
      : [told('leastExposure', least, `The least exposure within ${timeText(options.withinSeconds)}`)]),
  ];
}

/** What would help where no plan is better: one sentence each, tried at this traffic where it can be tried. */
export function whatWouldHelp(plan: Plan, traffic: Traffic): string[] {
  const { sequential } = plan;
  if (sequential === undefined) return [];
  const { detect } = sequential;
  const own = firstWeight(plan);
  const needed = windowsToSee(modelOf(plan, traffic), own);
  // a fifth sooner, or it is not worth saying
  const helps = (wished: Plan, weight: number) => {
    const windows = windowsToSee(modelOf(wished, traffic), weight, MOST_PROPOSED_WINDOWS);
    return windows !== undefined && windows <= 0.8 * (needed ?? MOST_WINDOWS);
  };
  const larger = LADDER.find(weight => weight > own && helps(plan, weight));
  const atLeast = LARGER.find(
    share =>
      share > (detect.atLeast ?? 0) &&
      helps({ ...plan, sequential: { ...sequential, detect: { ...detect, atLeast: share } } }, own),
  );
  // a floor makes the fault that matters larger, or it changes nothing
  const effect = effectRate(traffic.failureRate, detect);
  const floor = FLOORS.filter(share => effectRate(share, detect) > 1.2 * effect).find(share =>
    helps({ ...plan, metrics: plan.metrics.map(metric => withFloor(metric, share)) }, own),
  );
  return [
    needed === undefined
      ? `A longer bake does not help at ${own} %: more than ${timeText(MOST_WINDOWS * plan.windowSeconds)} would be needed.`
      : `A longer first bake: ${timeText(needed * plan.windowSeconds)} of data at ${own} %.`,
    ...(larger === undefined ? [] : [`A larger first weight: \`setWeight: ${larger}\`.`]),
    ...(atLeast === undefined ? [] : [`A larger effect: \`detect: { atLeast: ${writtenShare(atLeast)} }\`.`]),
    ...(floor === undefined
      ? []
      : [`A floor: add \`floor: ${writtenShare(floor)}\` to the judge, and only more failures than that count.`]),
    'Another metric that shows a fault sooner: slow answers, an alarm, or a hook that tests the canary.',
  ];
}

/** Effects and floors that are tried, as shares. */
const LARGER = [0.02, 0.03, 0.05] as const;
const FLOORS = [0.001, 0.005, 0.01, 0.02] as const;

const writtenShare = (share: number): string => `${roundedText(share * 100, 3)}%`;

const withFloor = (metric: Metric, floor: number): Metric =>
  isDetected(metric) && floor > (metric.judge.floor ?? 0) ? { ...metric, judge: { ...metric.judge, floor } } : metric;

/** Longer first bakes than this are not proposed. */
const MOST_PROPOSED_WINDOWS = 120;

interface Adapted {
  plan: Plan;
  /** The first one, per cent. */
  weight: number;
  healthySeconds: number;
}

function leastExposure(plan: Plan, traffic: Traffic, withinSeconds: number): Adapted | undefined {
  for (const weight of LADDER) {
    const candidate = adapted(plan, traffic, weight);
    if (candidate !== undefined && candidate.healthySeconds <= withinSeconds) return candidate;
  }
  return undefined;
}

/** The plan with this first weight and the shortest stays that still see; undefined: no stay is long enough. */
function adapted(plan: Plan, traffic: Traffic, weight: number): Adapted | undefined {
  const windows = windowsToSee(modelOf(plan, traffic), weight, MOST_PROPOSED_WINDOWS);
  if (windows === undefined) return undefined;
  // The last of the windows has to be known by the end, and one is lost to the shift; and where the plan gets longer, its
  // promise is spent over more windows, which makes each see a little less.
  const stride = Math.max(1, Math.floor(windows / 32));
  for (let extra = 1; extra <= Math.max(8, windows / 2); extra += stride) {
    if (healthyTime(withStays(plan, weight, (windows + extra) * plan.windowSeconds), traffic) === undefined) continue;
    // what is just enough for what is expected is too little for half of all releases
    const spared = windows + extra + Math.ceil((windows + extra) * SPARE) + 1;
    const candidate = withStays(plan, weight, spared * plan.windowSeconds);
    const healthySeconds = healthyTime(candidate, traffic);
    if (healthySeconds !== undefined) return { plan: candidate, weight, healthySeconds };
  }
  return undefined;
}

/** By which part a first stay is longer than what is expected to be enough. */
const SPARE = 0.15;

/** Seconds of a healthy release, by what is expected; undefined: it holds. */
function healthyTime(plan: Plan, traffic: Traffic): number | undefined {
  const { endSeconds, stays } = scheduleOf(plan, enoughSeenBy(modelOf(plan, traffic)));
  return endSeconds === null || stays.some(({ holdSeconds }) => holdSeconds !== 0) ? undefined : endSeconds;
}

function firstWeight(plan: Plan): number {
  const weights = plan.steps.map(step => factsOf(step).weight ?? 0).filter(weight => weight > 0);
  return Math.min(weights[0] ?? 0, mostWeight(plan));
}

/** The same gates in the same order; stays as short as they can be, the first one as long as it must. */
function withStays(plan: Plan, weight: number, firstSeconds: number): Plan {
  const later = laterStaySeconds(plan);
  const most = mostWeight(plan);
  const steps: Step[] = [];
  let turned = 0;
  let hasStayed = true;
  let isAtMost = false;
  for (const step of plan.steps) {
    const { weight: set = 0, seconds } = factsOf(step);
    if (set > 0) {
      const isFirst = turned === 0;
      const isWhole = (isFirst ? weight : set) >= most;
      // what a control leaves is reached once, and written as all
      if (!isFirst && (set <= weight || isAtMost)) continue;
      steps.push(weightStep(isWhole ? 100 : isFirst ? weight : set));
      turned += 1;
      isAtMost = isWhole;
      hasStayed = set >= most;
    } else if (turned === 0 || seconds === undefined) {
      steps.push(step);
    } else if (!hasStayed) {
      steps.push(stayStep(turned === 1 ? firstSeconds : later));
      hasStayed = true;
    }
  }
  // a soak with a control is as long as the plan wants it, but where it is all that a fault can be seen in
  const soakSeconds = plan.control !== undefined && turned === 1 ? firstSeconds : plan.soakSeconds;
  return { ...plan, steps, soakSeconds };
}

/** Long enough that a whole window of this weight is judged before the next one. */
function laterStaySeconds({ windowSeconds, metrics }: Plan): number {
  const lateSeconds = usualLatenessSeconds(metrics.map(({ source }) => source.kind)) + AGREEMENT_SECONDS;
  return Math.ceil((lateSeconds + 2 * windowSeconds) / windowSeconds) * windowSeconds;
}

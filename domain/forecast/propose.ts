import { usualLatenessSeconds } from '../judgement/looks.ts';
import { AGREEMENT_SECONDS } from '../judgement/windows.ts';
import { mostWeight, withoutControl } from '../plan/control.ts';
import type { Plan, Step } from '../plan/plan.ts';
import { timeText, windowsToSee } from './blind.ts';
import { type EffectForecast, foreseenEffect } from './forecast.ts';
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
  healthySeconds: number;
  /** At the plan's `detect.ratio`, on releases of its own. */
  effect: EffectForecast;
}

/** First weights that people use, per cent. */
const LADDER = [1, 2, 3, 5, 10, 15, 20, 25, 30, 40, 50] as const;

/**
 * Better plans for this traffic: the shortest steps at the plan's own weights that see its `detect`, and the smallest first
 * weight that does so within a time. None where no stay that anybody would wait for is long enough, or where the plan has no
 * sequential metric: the other judges promise nothing that could be kept.
 */
export function proposals(
  plan: Plan,
  traffic: Traffic,
  options: { releases: number; seed: number; withinSeconds: number },
): Proposal[] {
  if (plan.sequential === undefined) return [];
  const { ratio } = plan.sequential.detect;
  const power = Math.round(plan.sequential.detect.power * 100);
  const own = firstWeight(plan);
  const shortest = adapted(plan, traffic, own);
  // where the first weight is all that the canary gets there is no smaller one to begin with
  const least = own >= mostWeight(plan.steps) ? undefined : leastExposure(plan, traffic, options.withinSeconds);
  const told = (kind: Proposal['kind'], candidate: Adapted, what: string): Proposal => ({
    kind,
    because: `${what}: ${timeText(candidate.healthySeconds)} for a healthy release, no hold, and ${ratio} times the failures are seen with ${power} % or more before weight 100`,
    ...withoutControl(candidate.plan),
    healthySeconds: candidate.healthySeconds,
    effect: foreseenEffect(candidate.plan, traffic, { ...options, ratio }),
  });
  return [
    ...(shortest === undefined ? [] : [told('shortest', shortest, 'the shortest steps at these weights')]),
    ...(least === undefined || least.weight === own
      ? []
      : [told('leastExposure', least, `the least exposure within ${timeText(options.withinSeconds)}`)]),
  ];
}

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
  const windows = windowsToSee(modelOf(plan, traffic), weight);
  if (windows === undefined) return undefined;
  // The last of the windows has to be known by the end, and one is lost to the shift; and where the plan gets longer, its
  // promise is spent over more windows, which makes each see a little less.
  const stride = Math.max(1, Math.floor(windows / 32));
  for (let extra = 1; extra <= Math.max(8, windows / 2); extra += stride) {
    const candidate = withStays(plan, weight, (windows + extra) * plan.windowSeconds);
    const schedule = scheduleOf(candidate, enoughSeenBy(modelOf(candidate, traffic)));
    if (schedule.endSeconds === null || schedule.stays.some(({ holdSeconds }) => holdSeconds !== 0)) continue;
    return { plan: candidate, weight, healthySeconds: schedule.endSeconds };
  }
  return undefined;
}

function firstWeight(plan: Plan): number {
  const weights = plan.steps.flatMap(step => (step.kind === 'setWeight' && step.weight > 0 ? [step.weight] : []));
  return weights[0] ?? 0;
}

/** The same gates in the same order; stays as short as they can be, the first one as long as it must. */
function withStays(plan: Plan, weight: number, firstSeconds: number): Plan {
  const later = laterStaySeconds(plan);
  const most = mostWeight(plan.steps);
  const steps: Step[] = [];
  let turned = 0;
  let hasStayed = true;
  for (const step of plan.steps) {
    if (step.kind === 'setWeight' && step.weight > 0) {
      const isFirst = turned === 0;
      if (!isFirst && step.weight <= weight) continue;
      steps.push({ ...step, weight: isFirst ? weight : step.weight });
      turned += 1;
      hasStayed = step.weight >= most;
    } else if (turned === 0 || step.kind !== 'bake') {
      steps.push(step);
    } else if (step.control !== undefined) {
      // a soak is as long as the plan wants it, but where it is all that a fault can be seen in
      steps.push(turned === 1 ? { ...step, seconds: firstSeconds } : step);
    } else if (!hasStayed) {
      steps.push({ kind: 'bake', seconds: turned === 1 ? firstSeconds : later });
      hasStayed = true;
    }
  }
  return { ...plan, steps };
}

/** Long enough that a whole window of this weight is judged before the next one. */
function laterStaySeconds({ windowSeconds, metrics }: Plan): number {
  const lateSeconds = usualLatenessSeconds(metrics.map(({ source }) => source.kind)) + AGREEMENT_SECONDS;
  return Math.ceil((lateSeconds + 2 * windowSeconds) / windowSeconds) * windowSeconds;
}

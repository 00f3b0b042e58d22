import { availableParallelism } from 'node:os';
import type { Plan, Step } from '../domain/plan/plan.ts';
import { type Declared, releaseSteps } from '../domain/plan/release-steps.ts';
import { measuringSeconds } from '../domain/steps/analysis/measuring.ts';
import { factsOf } from '../domain/steps/plan-registry.ts';

/** How fast a lab's clock runs, and the traffic on both clocks. */
export interface Pacing {
  /** How many times faster than the wall the times of the plan pass. */
  compress: number;
  /** Requests that are sent in a second of the wall. */
  sentPerSecond: number;
  /** Requests that the plan's clock sees in a second of its own. */
  perPlanSecond: number;
  /** What was asked for in a second of the plan; more than `perPlanSecond` where this computer cannot send it in time. */
  asked?: number;
  /** About how many requests the canary gets while stable has traffic to compare with. */
  canaryRequests: number;
  /** About how long the release takes on the wall, without holds and people. */
  wallSeconds: number;
}

/** More than that and a look takes longer than the window that it looks at is apart from the next. */
export const FASTEST = 60;
/** Without --rps a short plan is not drawn out: its windows last 3 s. */
const SLOWEST_USUAL = 20;
/** Wall clock of the plan's own times where nothing else is asked for: long enough for a few thousand requests. */
const USUAL_SECONDS = 60;
/** Rather than take longer, a lab sends fewer requests in a plan's second than were asked for. */
export const LONGEST_SECONDS = 120;
/** Where --rps does not say: every computer sends it, and most programs answer it. */
const USUAL_PER_SECOND = 200;
/**
 * A core carries so many with the programs, the load balancer and the control plane beside them and without stalls: two
 * cores began to answer late between 400 and 600 a second (measured, with python3 -m http.server and with Node).
 */
const PER_SECOND_A_CORE = 150;

export const mostPerSecond = (cores = availableParallelism()): number => PER_SECOND_A_CORE * Math.max(1, cores);

/**
 * Compresses less, so that the traffic that was asked for in a plan's second can be sent, as long as the release takes no
 * more than two minutes; and sends what this computer can.
 * @param options.asked requests in a second of the plan   @param options.most requests that can be sent in one of the wall
 */
export function paceOf(
  declared: Declared & Pick<Plan, 'metrics' | 'windowSeconds'>,
  options: { asked?: number; compress?: number; most: number },
): Pacing {
  const { asked, most } = options;
  const plan = { ...declared, ...releaseSteps(declared, 'normal') };
  const seconds = timedSeconds(plan);
  const compress = options.compress ?? compressFor(seconds, asked, most);
  const sentPerSecond = Math.min(most, asked === undefined ? USUAL_PER_SECOND : asked * compress);
  return {
    compress,
    sentPerSecond,
    perPlanSecond: sentPerSecond / compress,
    ...(asked === undefined ? {} : { asked }),
    canaryRequests: (sentPerSecond / compress) * comparedSeconds(plan),
    wallSeconds: seconds / compress + shiftsOf(plan) * shiftSeconds(compress),
  };
}

function compressFor(seconds: number, asked: number | undefined, most: number): number {
  if (asked === undefined) return between(SLOWEST_USUAL, seconds / USUAL_SECONDS, FASTEST);
  const least = between(1, seconds / LONGEST_SECONDS, FASTEST);
  return Math.max(least, between(1, most / asked, FASTEST));
}

/** A whole number, so that a window's length on the wall is easy to say. */
const between = (least: number, value: number, most: number): number =>
  Math.round(Math.min(most, Math.max(least, value)));

/** Seconds of the plan's own clock that its bakes, its analyses and its soak take. */
function timedSeconds(plan: Pick<Plan, 'steps' | 'soakSeconds' | 'metrics' | 'windowSeconds'>): number {
  return plan.steps.reduce((sum, step) => sum + secondsOf(step, plan), plan.soakSeconds);
}

function secondsOf(step: Step, plan: Pick<Plan, 'metrics' | 'windowSeconds'>): number {
  const { seconds = 0, measures } = factsOf(step);
  return seconds + (measures === undefined ? 0 : measuringSeconds(measures, plan));
}

/** Seconds of the plan's own clock at weights below 100, each as much of a second as the canary gets of the requests. */
function comparedSeconds(plan: Pick<Plan, 'steps' | 'metrics' | 'windowSeconds'>): number {
  let share = 0;
  let sum = 0;
  for (const step of plan.steps) {
    const { weight } = factsOf(step);
    if (weight !== undefined) share = weight / 100;
    else if (share < 1) sum += share * secondsOf(step, plan);
  }
  return sum;
}

const shiftsOf = ({ steps }: Pick<Plan, 'steps'>): number =>
  steps.filter(step => factsOf(step).weight !== undefined).length;

/** From one step to the next, wall clock: processes start and become ready, and clients see the new weights. */
const shiftSeconds = (compress: number): number => 0.5 + 40 / compress;

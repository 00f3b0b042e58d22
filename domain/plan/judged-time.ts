import { factsOf } from '../steps/plan-registry.ts';
import type { Plan, Step } from './plan.ts';
import { type Declared, releaseSteps } from './release-steps.ts';

/**
 * K: the windows that the plan's bakes, from the first weight above 0 on, and its soak take; approvals, hooks and holds are
 * not counted, nor analyses, which last as long as their measurements take. At least 1.
 */
export function horizonWindows(plan: Declared & Pick<Plan, 'windowSeconds'>): number {
  const { steps, soakSeconds } = releaseSteps(plan, 'normal');
  const first = steps.findIndex(step => (factsOf(step).weight ?? 0) > 0);
  const seconds = bakesFrom(steps, first) + soakSeconds;
  return Math.max(1, Math.round(seconds / plan.windowSeconds));
}

/** Seconds that the plan stays at weight 100: bakes there, and the soak. */
export function secondsAlone(plan: Declared): number {
  const { steps, soakSeconds } = releaseSteps(plan, 'normal');
  const whole = steps.findIndex(step => factsOf(step).weight === 100);
  return bakesFrom(steps, whole) + soakSeconds;
}

/** Seconds of the bakes from that step on. Every plan has a first weight above 0, and one of 100. */
const bakesFrom = (steps: readonly Step[], first: number): number =>
  steps.slice(first).reduce((sum, step) => sum + (factsOf(step).seconds ?? 0), 0);

import type { Plan } from '../plan/plan.ts';
import { type KindOfRelease, type ReleaseSteps, releaseSteps, walkedPlan } from '../plan/release-steps.ts';
import type { Admission } from './facts.ts';

/** What of a release says how it walks; of one that is on its way, waits or has ended. */
interface Walks {
  plan: Plan;
  undoOf?: string;
  admission?: Pick<Admission, 'first' | 'stableIsDown' | 'walks'>;
}

/** What kind of release it is; before its admission as far as that is known. */
export function kindOfRelease({ undoOf, admission }: Omit<Walks, 'plan'>): KindOfRelease {
  if (admission?.first === true) return 'first';
  if (undoOf !== undefined) return 'undo';
  return admission?.stableIsDown === true ? 'stableIsDown' : 'normal';
}

/**
 * What a release walks through: as its admission froze it. One from before that was written down, and one that has ended, walk
 * what the same function makes of the plan.
 */
export const stepsOf = (release: Walks): ReleaseSteps =>
  release.admission?.walks ?? releaseSteps(release.plan, kindOfRelease(release));

/** The plan with what the release walks through in it, for whoever judges by time: how long it may last is a part of that. */
export const walkedPlanOf = (release: Walks): Plan => walkedPlan(release.plan, stepsOf(release));

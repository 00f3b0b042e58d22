import { factsOf, stayStep, weightStep } from '../steps/plan-registry.ts';
import type { Plan, Step } from './plan.ts';

/** What a release walks through. Made once of its plan and of what kind of release it is, and frozen when it is admitted. */
export interface ReleaseSteps {
  steps: Step[];
  /** After the last step; 0: none. A plan that keeps a control has its soak among its steps. */
  soakSeconds: number;
  /** The header by which people and hooks reach the canary before it has any weight; absent: nobody does. */
  preview?: { header: { name: string; value: string } };
}

/**
 * `first`: nothing is live, so there is nothing to compare with or to go back to. `stableIsDown`: what is live answers nobody,
 * and a person said that the release begins all the same. `undo`: of a release that was promoted.
 */
export type KindOfRelease = 'normal' | 'first' | 'stableIsDown' | 'undo';

/** What of a plan its steps are made of. */
export type Declared = Pick<Plan, 'steps' | 'soakSeconds' | 'control' | 'preview'>;

/**
 * The steps of a release. What was derived once gives itself: a plan of a ledger from before plans were kept as they were
 * declared, which has the steps of its kind, is read by this too.
 */
export function releaseSteps(plan: Declared, kind: KindOfRelease): ReleaseSteps {
  const preview = plan.preview === undefined ? {} : { preview: plan.preview };
  // a control compares with stable through the soak: who turns everything at once has nothing to compare with in it
  const soakSeconds = plan.control === undefined ? plan.soakSeconds : 0;
  switch (kind) {
    case 'normal':
      return { ...withSoak(plan), ...preview };
    case 'first':
      // a smaller weight would send the rest of the requests nowhere, and nothing bakes or soaks that cannot go back
      return { steps: [...gatesOf(plan), ALL_AT_ONCE], soakSeconds: 0, ...preview };
    case 'stableIsDown':
      // a small weight would leave most requests with what is down; the soak judges what can judge alone
      return { steps: [...gatesOf(plan), ALL_AT_ONCE], soakSeconds, ...preview };
    case 'undo':
      // what was live until yesterday does not walk through every step again, and nobody has to look at it before
      return { steps: [ALL_AT_ONCE], soakSeconds };
  }
}

/** A plan with what a release walks through in it, for whoever judges or counts by time. @param walks absent: a normal one */
export function walkedPlan(plan: Plan, walks: ReleaseSteps = releaseSteps(plan, 'normal')): Plan {
  const { control: _, preview: __, ...rest } = plan;
  return { ...rest, ...walks };
}

const ALL_AT_ONCE: Step = weightStep(100);

/** Hooks and approvals: what asks somebody, and wants no requests for that. */
const gatesOf = ({ steps }: Declared): Step[] => steps.filter(step => factsOf(step).isGate === true);

/**
 * With a control no weight goes above what is left for the canary, the soak is a bake there that nothing ends early, and the
 * last requests move at its end (docs/statistics.md (b)).
 */
function withSoak({ steps, soakSeconds, control }: Declared): Pick<ReleaseSteps, 'steps' | 'soakSeconds'> {
  if (control === undefined) return { steps, soakSeconds };
  const most = 100 - control;
  const capped: Step[] = [];
  let isCapped = false;
  for (const step of steps) {
    const { weight } = factsOf(step);
    if (weight === undefined || weight < most) {
      capped.push(step);
    } else if (!isCapped) {
      isCapped = true;
      capped.push(weightStep(most));
    }
  }
  return { steps: [...capped, stayStep(soakSeconds, control), ALL_AT_ONCE], soakSeconds: 0 };
}

/** Per cent that the canary has at most before the release ends. */
export const mostWeight = ({ control = 0 }: Pick<Plan, 'control'>): number => 100 - control;

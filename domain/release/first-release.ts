import type { Plan } from '../plan/plan.ts';

/**
 * What of a plan the first release of a new service walks through: readiness, preview, hooks and approvals, then everything
 * at once. With nothing live a smaller weight would send the rest of the requests nowhere, and there is no stable version to
 * judge against or to go back to, so nothing bakes or soaks.
 */
export function firstReleasePlan(plan: Plan): Plan {
  const asked = plan.steps.filter(step => step.kind === 'hook' || step.kind === 'approval');
  return { ...plan, steps: [...asked, { kind: 'setWeight', weight: 100 }], soakSeconds: 0 };
}

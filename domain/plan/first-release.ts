import type { Plan } from './plan.ts';

/**
 * What of a plan the first release of a new service walks through: readiness, preview, hooks and approvals, then everything
 * at once. With nothing live a smaller weight would send the rest of the requests nowhere, and there is no stable version to
 * judge against or to go back to, so nothing bakes or soaks.
 */
export function firstReleasePlan(plan: Plan): Plan {
  const asked = plan.steps.filter(step => step.kind === 'hook' || step.kind === 'approval');
  return { ...plan, steps: [...asked, { kind: 'setWeight', weight: 100 }], soakSeconds: 0 };
}

/**
 * The plan of a release that begins while stable is down: small weights would leave most requests with what is down, and there
 * is nothing to compare with. Its gates stay, then everything moves at once, and the soak judges what can judge alone.
 */
export function stableDownPlan(plan: Plan): Plan {
  const gates = plan.steps.filter(step => step.kind === 'hook' || step.kind === 'approval');
  return { ...plan, steps: [...gates, { kind: 'setWeight', weight: 100 }] };
}

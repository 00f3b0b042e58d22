import type { Plan } from './plan.ts';

/** Who may give an approval, and how many people must. */
export interface ApprovalRule {
  /** Any one of them; none: whoever may call. */
  groups: string[];
  required: number;
  notTheStarter: boolean;
}

/**
 * The rule of one of the plan's approvals. The question of a hold has no step of its own: it is for those who may approve any
 * step of the plan, and where the plan asks nobody, for whoever may call (decision 21).
 */
export function approvalRule({ steps }: Plan, name: string): ApprovalRule {
  const all = steps.filter(step => step.kind === 'approval');
  const own = all.find(step => step.name === name);
  return {
    groups: own?.groups ?? [...new Set(all.flatMap(step => step.groups))],
    required: own?.required ?? 1,
    notTheStarter: own?.notTheStarter ?? all.some(step => step.notTheStarter),
  };
}

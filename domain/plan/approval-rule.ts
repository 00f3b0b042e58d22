import { factsOf } from '../steps/plan-registry.ts';
import type { ReleaseSteps } from './release-steps.ts';

/** Who may give an approval, and how many people must. */
export interface ApprovalRule {
  /** Any one of them; none: whoever may call. */
  groups: string[];
  required: number;
  notTheStarter: boolean;
}

/**
 * The rule of one of a release's approvals. The question of a hold has no step of its own: it is for those who may approve any
 * step of the release, and where none asks anybody, for whoever may call (decision 21).
 */
export function approvalRule({ steps }: Pick<ReleaseSteps, 'steps'>, name: string): ApprovalRule {
  const all = steps.flatMap(step => factsOf(step).asks ?? []);
  const own = all.find(asks => asks.name === name);
  return {
    groups: own?.groups ?? [...new Set(all.flatMap(asks => asks.groups))],
    required: own?.required ?? 1,
    notTheStarter: own?.notTheStarter ?? all.some(asks => asks.notTheStarter),
  };
}

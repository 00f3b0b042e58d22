import { type CheckedPlan, checkPlan, type Where } from '../../domain/plan/check-plan.ts';
import type { Workload } from '../../domain/workload.ts';
import { jsonPathIssues } from './json-path-issues.ts';

/**
 * checkPlan, and what it cannot check because the domain imports no parsers: JSONPath. Every door that a plan comes in by
 * goes through here: files, the start of a release, the registration of a workload, the CDK construct.
 */
export function checkPlanInput(input: unknown, workload?: Workload, where?: Where): CheckedPlan {
  const checked = checkPlan(input, workload, where);
  const issues = [...(checked.kind === 'issues' ? checked.issues : []), ...jsonPathIssues(input)];
  return checked.kind === 'plan' && issues.length === 0 ? checked : { kind: 'issues', issues };
}

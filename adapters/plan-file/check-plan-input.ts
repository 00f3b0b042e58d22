import { pathText } from '../../domain/file/issue.ts';
import { oversized, PLAN_MOST_BYTES } from '../../domain/limits.ts';
import { type CheckedPlan, checkPlan, type Where } from '../../domain/plan/check-plan.ts';
import type { Workload } from '../../domain/workload.ts';
import { sourceTextIssues } from '../metrics/text-registry.ts';

/**
 * checkPlan, and what it cannot check because the domain imports no parsers: JSONPath and PromQL. Everything that a plan comes in by
 * goes through here: files, the start of a release, the registration of a workload, the CDK construct.
 */
export function checkPlanInput(input: unknown, workload?: Workload, where?: Where): CheckedPlan {
  const large = oversized('plan', input, PLAN_MOST_BYTES);
  if (large.length > 0) return { kind: 'issues', issues: large };
  const checked = checkPlan(input, workload, where);
  const issues = checked.kind === 'issues' ? [...checked.issues] : [];
  // of a text that is a mistake already that is told, and not what follows from it
  const isTold = (path: string) => issues.some(issue => pathText(issue.path) === path);
  issues.push(...sourceTextIssues(input).filter(({ path }) => !isTold(pathText(path))));
  return checked.kind === 'plan' && issues.length === 0 ? checked : { kind: 'issues', issues };
}

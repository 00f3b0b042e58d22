import * as z from 'zod';
import { draftOf } from '../file/draft.ts';
import { expectedText, explain } from '../file/explain.ts';
import { describeValue, type Issue } from '../file/issue.ts';
import type { Shape } from '../file/shape.ts';
import { lazy } from '../lazy.ts';
import { PLAN_MOST_BYTES, tooLarge } from '../limits.ts';
import type { Workload } from '../workload.ts';
import { checkAddresses } from './check-addresses.ts';
import { checkControl } from './check-control.ts';
import { checkLimits } from './check-limits.ts';
import { checkMetrics } from './check-metrics.ts';
import { checkRouter } from './check-router.ts';
import { checkSourcesForWorkload } from './check-sources.ts';
import { checkSteps } from './check-steps.ts';
import { checkTimes } from './check-times.ts';
import { foreignFile, foreignParts } from './foreign.ts';
import { normalisePlan } from './normalise.ts';
import type { Plan } from './plan.ts';
import { type PlanDraft, planSchema } from './plan-schema.ts';
import { PLAN_NOT_YET } from './unsupported.ts';

/** Where a plan or a workload is used. */
export interface Where {
  /** In the lab, which asks addresses on this computer. */
  loopback?: boolean | undefined;
}

export type CheckedPlan = { kind: 'plan'; plan: Plan } | { kind: 'issues'; issues: Issue[] };

/** The JSON Schema of a plan (draft-7): for editors, for the reference, and for guessing what a mistake was meant to be. */
export const planJsonSchema = (): Shape => z.toJSONSchema(planSchema, { io: 'input', target: 'draft-7' }) as Shape;

/** Made once, and only where there is a mistake to explain. */
const planShape = lazy(planJsonSchema);

/**
 * A plan from plain data (YAML or JSON that was read), with every default filled in; or every mistake in it at once.
 * With `workload`, what the workload's router cannot do is a mistake too.
 * @param where `loopback`: for the lab, whose hooks and endpoints are on this computer
 */
export function checkPlan(input: unknown, workload?: Workload, where: Where = {}): CheckedPlan {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    const expected = 'a map that starts with apiVersion: sluice/v1 and kind: Plan';
    return { kind: 'issues', issues: [{ path: [], at: 'value', found: describeValue(input), expected }] };
  }
  const parsed = planSchema.safeParse(input, { error: expectedText });
  const foreign = foreignFile(input);
  if (foreign !== undefined) return { kind: 'issues', issues: [foreign] };
  const parts = foreignParts(input);
  const explained = parsed.success ? [] : explain(parsed.error, { input, shape: planShape(), notYet: PLAN_NOT_YET });
  const own = [...parts, ...explained.filter(issue => !isInside(issue, parts))];
  // of a step or metric of another tool nothing is known
  const draft = draftOf<z.input<typeof planSchema>>(input, [...own, ...parts.map(wholePart)]);
  const issues = [
    ...own,
    ...checkSteps(draft, input).filter(issue => !isInside(issue, parts)),
    ...checkMetrics(draft, input).filter(issue => !isInside(issue, parts)),
    ...checkControl(draft, input),
    ...checkTimes(draft, input),
    ...checkLimits(draft, input),
    ...checkAddresses(draft, { loopback: where.loopback ?? false }),
    ...(workload === undefined ? [] : checkForWorkload(draft, input, workload)),
  ];
  if (issues.length > 0 || !parsed.success) return { kind: 'issues', issues };
  const plan = normalisePlan(parsed.data);
  const advice = ': shorter queries and bodies, or fewer metrics and steps';
  const large = tooLarge('plan', plan, PLAN_MOST_BYTES, advice);
  return large === undefined ? { kind: 'plan', plan } : { kind: 'issues', issues: [large] };
}

const wholePart = (part: Issue): Issue => ({ ...part, at: 'value', path: part.path.slice(0, 2) });

/** Whether a mistake is in the same step or metric as a part of another tool: it is not ours, and told once. */
const isInside = ({ path }: Issue, parts: readonly Issue[]): boolean =>
  parts.some(part => part.path[0] === path[0] && part.path[1] === path[1]);

function checkForWorkload(draft: PlanDraft, input: object, workload: Workload): Issue[] {
  const issues: Issue[] = [];
  if (draft.workload !== undefined && draft.workload !== workload.name) {
    issues.push({
      path: ['workload'],
      at: 'value',
      found: `'${draft.workload}'`,
      expected: `'${workload.name}', which is the workload that was given`,
      guess: workload.name,
    });
  }
  return [...issues, ...checkRouter(draft, input, workload), ...checkSourcesForWorkload(draft, workload)];
}

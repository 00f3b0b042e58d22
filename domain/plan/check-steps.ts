import { type Issue, oneOf, valueAt } from '../file/issue.ts';
import { draftedWeight, STEP_PLANS } from '../steps/plan-registry.ts';
import type { DraftedSteps } from '../steps/step-plan-kind.ts';
import type { PlanDraft } from './plan-schema.ts';

const STEP_KINDS = STEP_PLANS.map(({ kind }) => kind);

/** The rules of the list of steps that no step can break alone. `input` is the file as it was, mistakes and all. */
export function checkSteps(draft: PlanDraft, input: object): Issue[] {
  const own =
    draft.steps === undefined ? [] : STEP_PLANS.flatMap(({ kind, check }) => check?.(draftedSteps(draft, kind)) ?? []);
  return [...checkOneKeyEach(input), ...own];
}

function checkOneKeyEach(input: object): Issue[] {
  const steps = valueAt(input, ['steps']);
  if (!Array.isArray(steps)) return [];
  return steps.flatMap((step: unknown, index): Issue[] => {
    if (typeof step !== 'object' || step === null || Array.isArray(step)) return [];
    const keys = Object.keys(step);
    if (keys.length === 0)
      return [{ path: ['steps', index], at: 'value', found: 'an empty step', expected: oneOf(STEP_KINDS) }];
    const known = keys.filter(key => STEP_KINDS.some(kind => kind === key));
    return known.slice(1).map(key => ({
      path: ['steps', index, key],
      at: 'key',
      found: `'${key}' in the same step as '${known[0]}'`,
      expected: `one key in a step: '${key}' is a step of its own, with a dash before it`,
    }));
  });
}

/** What the rules of every kind of step see of the plan. */
const draftedSteps = ({ steps = [], strategy }: PlanDraft, kind: string): DraftedSteps => ({
  steps: steps.map((step, index) => ({ index, value: valueAt(step, [kind]) })),
  isWhole: index => Object.keys(steps[index] ?? {}).length > 0,
  isBlueGreen: strategy === 'blueGreen',
  weightOf: index => draftedWeight(steps[index]),
});

import { describeValue, type Issue, oneOf, valueAt } from '../file/issue.ts';
import type { PlanDraft } from './plan-schema.ts';

const STEP_KINDS = ['setWeight', 'bake', 'analysis', 'hook', 'approval'] as const;

/** The rules of the list of steps that no step can break alone. `input` is the file as it was, mistakes and all. */
export function checkSteps(draft: PlanDraft, input: object): Issue[] {
  return [...checkOneKeyEach(input), ...checkWeights(draft), ...checkGateNames(draft), ...checkAnalyses(draft)];
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

function checkWeights(draft: PlanDraft): Issue[] {
  // Steps that are mistakes themselves may have been weights: what is known of the others is still checked.
  if (draft.steps === undefined) return [];
  const isWhole = (step: (typeof draft.steps)[number]) => step !== undefined && Object.keys(step).length > 0;
  const weights = draft.steps.flatMap((step, index) =>
    step?.setWeight === undefined ? [] : [{ weight: step.setWeight, index, path: ['steps', index, 'setWeight'] }],
  );
  const last = weights.at(-1);
  if (last === undefined) {
    if (!draft.steps.every(isWhole)) return [];
    return [
      {
        path: ['steps'],
        at: 'value',
        found: 'no setWeight',
        expected: "a last step '- setWeight: 100'",
      },
    ];
  }
  const issues: Issue[] = [];
  for (const [index, { weight, path }] of weights.entries()) {
    const before = weights[index - 1]?.weight ?? -1;
    if (weight <= before) {
      issues.push({
        path,
        at: 'value',
        found: `${weight} after ${before}`,
        expected: `more than ${before}: weights rise with every setWeight`,
      });
    }
  }
  if (draft.strategy === 'blueGreen') {
    for (const { weight, path } of weights.slice(0, -1)) {
      issues.push({ path, at: 'value', found: `${weight} in a blueGreen plan`, expected: 'one setWeight only, 100' });
    }
  }
  if (last.weight !== 100 && draft.steps.slice(last.index + 1).every(isWhole)) {
    issues.push({
      path: last.path,
      at: 'value',
      found: `${last.weight} as the last weight`,
      expected: '100: a release ends with all requests',
    });
  }
  return issues;
}

function checkGateNames(draft: PlanDraft): Issue[] {
  const seen = new Map<string, number>();
  const issues: Issue[] = [];
  for (const [index, step] of (draft.steps ?? []).entries()) {
    for (const kind of ['hook', 'approval'] as const) {
      const name = step?.[kind]?.name;
      if (name === undefined) continue;
      const first = seen.get(`${kind} ${name}`);
      if (first === undefined) seen.set(`${kind} ${name}`, index);
      else {
        issues.push({
          path: ['steps', index, kind, 'name'],
          at: 'value',
          found: `${describeValue(name)} a second time`,
          expected: `a name of its own: steps[${first}] has this one`,
        });
      }
    }
  }
  return issues;
}

/** An analysis before the first weight above 0 would wait for measurements that never come. */
function checkAnalyses(draft: PlanDraft): Issue[] {
  const issues: Issue[] = [];
  let traffic = false;
  for (const [index, step] of (draft.steps ?? []).entries()) {
    // A step that is a mistake may have been the first weight.
    if (step === undefined || Object.keys(step).length === 0) traffic = true;
    if (step?.setWeight !== undefined && step.setWeight > 0) traffic = true;
    if (step?.analysis !== undefined && !traffic) {
      issues.push({
        path: ['steps', index, 'analysis'],
        at: 'key',
        found: 'an analysis before the canary gets requests',
        expected: 'a setWeight above 0 before it',
      });
    }
  }
  return issues;
}

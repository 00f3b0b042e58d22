import { weight } from '../../file/field-schemas.ts';
import type { Issue } from '../../file/issue.ts';
import type { DraftedSteps, StepPlanKind } from '../step-plan-kind.ts';

export interface SetWeightStep {
  kind: 'setWeight';
  weight: number;
}

export const setWeightPlan = {
  kind: 'setWeight',
  schema: weight,
  normalise: value => ({ kind: 'setWeight', weight: value }),
  facts: step => ({ weight: step.weight }),
  text: step => `setWeight ${step.weight}: scale up the canary, change traffic weights`,
  label: step => `weight ${step.weight} %`,
  check: checkWeights,
} satisfies StepPlanKind<typeof weight, SetWeightStep>;

/** Weights rise and end with all requests. */
function checkWeights({ steps, isWhole, isBlueGreen }: DraftedSteps<number>): Issue[] {
  const weights = steps.flatMap(({ value, index }) =>
    value === undefined ? [] : [{ value, index, path: ['steps', index, 'setWeight'] }],
  );
  const last = weights.at(-1);
  // steps that are mistakes themselves may have been weights: what is known of the others is still checked
  if (last === undefined) {
    if (!steps.every(({ index }) => isWhole(index))) return [];
    return [{ path: ['steps'], at: 'value', found: 'no setWeight', expected: "a last step '- setWeight: 100'" }];
  }
  const rising = weights.flatMap(({ value, path }, place): Issue[] => {
    const before = weights[place - 1]?.value ?? -1;
    if (value > before) return [];
    const expected = `more than ${before}: weights rise with every setWeight`;
    return [{ path, at: 'value', found: `${value} after ${before}`, expected }];
  });
  const many = isBlueGreen ? weights.slice(0, -1) : [];
  const single = many.map(
    ({ value, path }): Issue => ({
      ...{ path, at: 'value', found: `${value} in a blueGreen plan`, expected: 'one setWeight only, 100' },
    }),
  );
  const isLast = steps.slice(last.index + 1).every(({ index }) => isWhole(index));
  if (last.value === 100 || !isLast) return [...rising, ...single];
  const expected = '100: a release ends with all requests';
  return [...rising, ...single, { path: last.path, at: 'value', found: `${last.value} as the last weight`, expected }];
}

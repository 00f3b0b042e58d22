import { describeValue, type Issue } from '../file/issue.ts';
import type { DraftedSteps } from './step-plan-kind.ts';

/** Steps of one kind that are told apart by their names: what is asked of one is not asked of another. */
export function checkNames(kind: string, { steps }: DraftedSteps<{ name: string }>): Issue[] {
  const seen = new Map<string, number>();
  return steps.flatMap(({ index, value }): Issue[] => {
    const name = value?.name;
    if (name === undefined) return [];
    const first = seen.get(name);
    if (first === undefined) {
      seen.set(name, index);
      return [];
    }
    const expected = `a name of its own: steps[${first}] has this one`;
    return [
      {
        ...{ path: ['steps', index, kind, 'name'], at: 'value', expected },
        found: `${describeValue(name)} a second time`,
      },
    ];
  });
}

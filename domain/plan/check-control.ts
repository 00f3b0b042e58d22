import { type Issue, valueAt } from '../file/issue.ts';
import { parseDurationSeconds } from '../file/units.ts';
import { DEFAULTS } from './defaults.ts';
import type { PlanDraft } from './plan-schema.ts';

/** The rules of `control`: there is a soak for it, and nothing that only judges without the stable version's requests. */
export function checkControl(draft: PlanDraft, input: object): Issue[] {
  if (draft.control === undefined) return [];
  const soaks =
    draft.soak === undefined ? valueAt(input, ['soak']) !== undefined : parseDurationSeconds(draft.soak) !== 0;
  const issues: Issue[] = soaks
    ? []
    : [
        {
          path: ['control'],
          at: 'value',
          found: `${draft.control}, and ${draft.soak === undefined ? `no soak, which is ${DEFAULTS.soak}` : `a soak of ${draft.soak}`}`,
          expected: 'a soak above 0s: control is what stays on stable through it',
        },
      ];
  const ceilings = (draft.metrics ?? []).flatMap((_, index): Issue[] => {
    const path = ['metrics', index, 'judge', 'ceiling'];
    if (valueAt(input, path) === undefined) return [];
    return [
      {
        path,
        at: 'key',
        found: 'a ceiling in a plan with control',
        expected:
          'one of the two: a ceiling judges only where stable gets no requests, and with control it always does',
      },
    ];
  });
  return [...issues, ...ceilings];
}

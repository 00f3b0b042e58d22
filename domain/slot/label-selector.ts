import * as z from 'zod';

export type Labels = Record<string, string>;

const requirementSchema = z.looseObject({
  key: z.string(),
  operator: z.string(),
  values: z.array(z.string()).optional(),
});
export const labelSelectorSchema = z.looseObject({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z.array(requirementSchema).optional(),
});
/** A Kubernetes label selector: all of its requirements together; one without any selects everything. */
export type LabelSelector = z.infer<typeof labelSelectorSchema>;
export type Requirement = z.infer<typeof requirementSchema>;

/** Each requirement of a selector, matchLabels as expressions. */
export const requirementsOf = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): Requirement[] => [
  ...Object.entries(matchLabels).map(([key, value]) => ({ key, operator: 'In', values: [value] })),
  ...matchExpressions,
];

/** Whether labels meet a requirement, as Kubernetes has it: a label that is not there is not in any list. */
export function meets(labels: Labels, { key, operator, values = [] }: Requirement): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      throw new RangeError(`a label selector has the operator "${operator}", which nobody here knows`);
  }
}

export const selects = (selector: LabelSelector, labels: Labels): boolean =>
  requirementsOf(selector).every(requirement => meets(labels, requirement));

/** `app=shop, tier In (web, api), canary`: as `kubectl get -l` has it. */
export function selectorText(selector: LabelSelector): string {
  const texts = requirementsOf(selector).map(({ key, operator, values = [] }) => {
    if (operator === 'In' && values.length === 1) return `${key}=${values[0]}`;
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(', ')})`;
  });
  return texts.length === 0 ? 'every pod' : texts.join(', ');
}

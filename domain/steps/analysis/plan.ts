import * as z from 'zod';
import { count } from '../../file/field-schemas.ts';
import type { Issue } from '../../file/issue.ts';
import type { DraftedSteps, StepPlanKind } from '../step-plan-kind.ts';

export interface AnalysisStep {
  kind: 'analysis';
  metrics: string[];
  count: number;
}

const schema = z
  .strictObject({
    metrics: z
      .array(z.string({ error: "a metric's name" }), { error: 'a list of names of metrics' })
      .min(1, { error: 'the name of at least one metric' })
      .meta({ description: 'Names of metrics of this plan.', examples: [['p99']] }),
    count: count(1).meta({ description: 'How many measurements each of them must have.', examples: [10] }),
  })
  .meta({ description: 'Stays at this weight until these metrics have that many measurements.' });

export const analysisPlan = {
  kind: 'analysis',
  schema,
  normalise: value => ({ kind: 'analysis', ...value }),
  facts: ({ metrics, count: many }) => ({ measures: { metrics, count: many } }),
  text: ({ metrics, count: many }) => {
    const one = metrics.length === 1;
    return `analysis until ${metrics.join(', ')} ${one ? 'has' : 'have'} ${many} measurements${one ? '' : ' each'}`;
  },
  label: ({ metrics, count: many }) => `analysis of ${metrics.join(', ')}, ${many} measurements`,
  check: checkTraffic,
} satisfies StepPlanKind<typeof schema, AnalysisStep>;

/** One before the first weight above 0 would wait for measurements that never come. */
function checkTraffic({ steps, isWhole, weightOf }: DraftedSteps): Issue[] {
  // a step that is a mistake may have been the first weight
  const first = steps.findIndex(({ index }) => !isWhole(index) || (weightOf(index) ?? 0) > 0);
  return steps.slice(0, first === -1 ? steps.length : first).flatMap(({ index, value }): Issue[] => {
    if (value === undefined) return [];
    const found = 'an analysis before the canary gets requests';
    const path = ['steps', index, 'analysis'];
    return [{ path, at: 'key', found, expected: 'a setWeight above 0 before it' }];
  });
}

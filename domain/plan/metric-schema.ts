import * as z from 'zod';
import { label } from '../file/field-schemas.ts';
import { oneOf } from '../file/issue.ts';
import { DEFAULT_JUDGE, JUDGE_PLANS, JUDGE_SCHEMAS } from '../judges/plan-registry.ts';
import { sourceSchema } from '../sources/plan-registry.ts';

export const metricSchema = z
  .strictObject({
    name: label.meta({ description: 'Its name, used once in the plan.', examples: ['errors'] }),
    source: sourceSchema,
    judge: z
      .discriminatedUnion('kind', JUDGE_SCHEMAS, { error: `a judge: ${oneOf(JUDGE_PLANS.map(({ kind }) => kind))}` })
      .prefault({ kind: DEFAULT_JUDGE.kind })
      .meta({
        description: `What makes of measurements a verdict. Absent: ${DEFAULT_JUDGE.kind}, as its defaults are.`,
      }),
  })
  .meta({ description: 'One metric.' });

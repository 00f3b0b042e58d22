import * as z from 'zod';
import type { Operation } from './operation.ts';
import { startInputSchema, startOutputSchema } from './start.ts';

export const startWithPlanInputSchema = startInputSchema.extend({
  /** Another plan than the workload's own, as the text of its file (YAML or JSON), and the file's name for mistakes in it. */
  plan: z.strictObject({ file: z.string(), text: z.string() }),
});
export type StartWithPlanInput = z.infer<typeof startWithPlanInputSchema>;

export const startWithPlan = {
  name: 'start-with-plan',
  does: 'acts',
  summary: 'starts a release with a plan of its own, which may leave out approvals and metrics',
  input: startWithPlanInputSchema,
  output: startOutputSchema,
  example: {
    input: {
      workload: 'checkout',
      image: 'v9',
      by: 'ann',
      plan: { file: 'hotfix.yaml', text: 'apiVersion: sluice/v1\nkind: Plan\n…' },
    },
    output: { kind: 'waiting', releaseId: 'checkout-43' },
  },
} as const satisfies Operation;

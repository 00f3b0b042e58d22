import * as z from 'zod';
import { releaseIdSchema } from '../../release-id-schema.ts';
import type { Operation } from './operation.ts';
import { nameSaid } from './texts.ts';

export const approveInputSchema = z.strictObject({
  releaseId: releaseIdSchema,
  /** Which approval, by the name of its step, or `proceed?`: an approval is for nothing but what its giver looked at. */
  name: z.string({ error: 'the name of the approval, as status shows it' }).min(1),
  /** Which time that it was asked for: the line of the ledger that opened it. */
  opening: z.int({ error: 'the opening of the approval, as status shows it: the number of a line' }).nonnegative(),
  /** Who approves. At most 300 characters on one line. */
  by: nameSaid('by'),
  /** Groups that the caller vouches for: whoever may invoke this function has checked them. At most 50. */
  groups: z.array(nameSaid('groups')).max(50, { error: 'groups: at most 50' }),
});
export type ApproveInput = z.infer<typeof approveInputSchema>;

export const approveOutputSchema = z.object({
  /** `wasApproved`: this very opening had all its approvals before; nothing was done. */
  kind: z.enum(['approved', 'oneMoreNeeded', 'wasApproved']),
  name: z.string(),
});
export type ApproveAnswer = z.infer<typeof approveOutputSchema>;

export const approve = {
  name: 'approve',
  does: 'acts',
  summary: 'gives an approval that a release waits for',
  input: approveInputSchema,
  output: approveOutputSchema,
  example: {
    input: { releaseId: 'checkout-42', name: 'go-live', opening: 317, by: 'ann', groups: ['payments-leads'] },
    output: { kind: 'approved', name: 'go-live' },
  },
} as const satisfies Operation;

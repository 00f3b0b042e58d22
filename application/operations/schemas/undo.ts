import * as z from 'zod';
import type { EndedRelease } from '../../../domain/ledger/state.ts';
import { releaseIdSchema } from '../../release-id-schema.ts';
import { type Operation, typed } from './operation.ts';
import { nameSaid } from './texts.ts';

export const undoInputSchema = z.strictObject({
  workload: z.string().min(1),
  /** Who asks. At most 300 characters on one line. */
  by: nameSaid('by'),
});
export type UndoInput = z.infer<typeof undoInputSchema>;

export const undoOutputSchema = z.object({
  /** Of the release that undoes. */
  releaseId: releaseIdSchema,
  /** Only where it undoes an undo, or what was turned by hand: the release that is live again after it, and its images (by container). */
  restoresUndone: z
    .object({
      releaseId: z.string(),
      images: typed<EndedRelease['images']>(z.record(z.string(), z.looseObject({ reference: z.string() }))),
    })
    .optional(),
});
export type UndoAnswer = z.infer<typeof undoOutputSchema>;

export const undo = {
  name: 'undo',
  does: 'acts',
  summary: 'takes back a release that is promoted, by a release of the revision before it',
  input: undoInputSchema,
  output: undoOutputSchema,
  example: { input: { workload: 'checkout', by: 'ann' }, output: { releaseId: 'checkout-43' } },
} as const satisfies Operation;

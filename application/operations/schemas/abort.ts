import * as z from 'zod';
import { releaseIdSchema } from '../../release-id-schema.ts';
import type { Operation } from './operation.ts';
import { nameSaid, reasonSaid } from './texts.ts';

export const abortInputSchema = z.strictObject({
  /** On its way, or waiting. */
  releaseId: releaseIdSchema,
  /** Who asks. At most 300 characters on one line. */
  by: nameSaid('by'),
  /** At most 500 characters, for the ledger and for those who are told. */
  because: reasonSaid('because'),
});
export type AbortInput = z.infer<typeof abortInputSchema>;

export const abortOutputSchema = z.object({
  /** `goesBack`: its roll back is started. `dropped`: it waited, nothing had moved, and it ended as rejected. */
  kind: z.enum(['goesBack', 'dropped']),
  releaseId: releaseIdSchema,
});
export type AbortAnswer = z.infer<typeof abortOutputSchema>;

export const abort = {
  name: 'abort',
  does: 'acts',
  summary: 'takes a release back, or drops one that waits',
  input: abortInputSchema,
  output: abortOutputSchema,
  example: {
    input: { releaseId: 'checkout-42', by: 'ann', because: 'the new search is slow' },
    output: { kind: 'goesBack', releaseId: 'checkout-42' },
  },
} as const satisfies Operation;

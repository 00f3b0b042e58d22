import * as z from 'zod';
import type { Operation } from './operation.ts';

export const auditInputSchema = z.strictObject({
  workload: z.string().min(1),
  /** Lines after this one; absent: from the first on. */
  afterSeq: z.int().nonnegative().optional(),
});
export type AuditInput = z.infer<typeof auditInputSchema>;

export const auditOutputSchema = z.object({
  /** As they are kept: whoever asks checks them by himself. */
  lines: z.array(z.string()),
  /** The log is longer than an answer: ask again, after this line. */
  nextAfterSeq: z.int().nonnegative().optional(),
  /** Only with the first lines. `version`: of the functions that wrote it. */
  snapshots: z.array(z.object({ version: z.int(), text: z.string() })).optional(),
});
export type AuditAnswer = z.infer<typeof auditOutputSchema>;

export const audit = {
  name: 'audit',
  does: 'reads',
  summary: 'answers a log as it is kept, for those who check it',
  input: auditInputSchema,
  output: auditOutputSchema,
  example: {
    input: { workload: 'checkout' },
    output: { lines: ['{"seq":1,"releaseId":"checkout-1"}'], nextAfterSeq: 1, snapshots: [] },
  },
} as const satisfies Operation;

import * as z from 'zod';
import { releaseIdSchema } from '../../release-id-schema.ts';
import type { Operation } from './operation.ts';
import { nameSaid } from './texts.ts';

/** `start` and `start-with-plan` take this. */
export const startInputSchema = z.strictObject({
  workload: z.string().min(1),
  /** A tag or a digest, of the workload's first repository; of another one `REPOSITORY:TAG` or `REPOSITORY@DIGEST`. */
  image: nameSaid('image'),
  /** It begins although no target of the live slot is healthy. */
  althoughStableIsDown: z.boolean().optional(),
  /** It begins although these of the workload's alarms ring, by name or ARN. At most 20. */
  althoughAlarms: z.array(nameSaid('althoughAlarms')).max(20).optional(),
  /** Who asks. At most 300 characters on one line. */
  by: nameSaid('by'),
});
export type StartInput = z.infer<typeof startInputSchema>;

export const startOutputSchema = z.object({
  /** `waiting`: another release is on its way. `alreadyRequested`: it is, or waits, by an earlier call. */
  kind: z.enum(['started', 'waiting', 'alreadyRequested']),
  releaseId: releaseIdSchema,
  /** Of one that waits: the release on its way, which has the same image. Whether it is another revision is found at admission. */
  againOf: z.string().optional(),
  /** What was overridden, and what protection is left: a sentence each. */
  although: z.array(z.string()).optional(),
  /** Why nobody asked the registry whether the digest is there: it is released as it was given, and the ledger says so. */
  unverified: z.string().optional(),
});
export type StartAnswer = z.infer<typeof startOutputSchema>;

export const start = {
  name: 'start',
  does: 'acts',
  summary: "starts a release by the workload's own plan",
  input: startInputSchema,
  output: startOutputSchema,
  example: {
    input: { workload: 'checkout', image: 'v9', by: 'ann' },
    output: { kind: 'started', releaseId: 'checkout-42' },
  },
} as const satisfies Operation;

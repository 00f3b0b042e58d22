import * as z from 'zod';
import { releaseIdSchema } from '../../release-id-schema.ts';
import type { Operation } from './operation.ts';
import { nameSaid } from './texts.ts';

export const takePushInputSchema = z.strictObject({
  /** Without the registry. */
  repository: z.string().min(1),
  /** The registry's host; absent: ECR of the control plane's own account and region. */
  registry: z.string().min(1).optional(),
  tag: z.string().min(1),
  /** `sha256:` and 64 hexadecimal digits: it is released, wherever the tag points by then. */
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  /** When it was announced, in milliseconds since 1970; absent: when the registry says that it was pushed. */
  announcedAtEpochMs: z.number().nonnegative().optional(),
  /** Who says so. At most 300 characters on one line. */
  by: nameSaid('by'),
});
export type TakePushInput = z.infer<typeof takePushInputSchema>;

const workload = z.string();
const pushAnswerSchema = z.discriminatedUnion('kind', [
  z.object({
    /** `waiting`: another release is on its way. `alreadyRequested`: it is, or waits, by an earlier call. */
    kind: z.enum(['started', 'waiting', 'alreadyRequested']),
    workload,
    releaseId: releaseIdSchema,
    /** Of one that waits: the release on its way, which has the same image. */
    againOf: z.string().optional(),
  }),
  /** The plan says onNewImage: reject, and this release is on its way. */
  z.object({ kind: z.literal('refused'), workload, releaseId: releaseIdSchema, because: z.string() }),
  z.object({ kind: z.literal('ignored'), workload, because: z.string(), older: z.literal(true).optional() }),
]);
/** What came of a push for one workload. */
export type PushAnswer = z.infer<typeof pushAnswerSchema>;

/** Of every workload that has the repository and a pattern that the tag matches; none: nobody waits for it. */
export const takePushOutputSchema = z.array(pushAnswerSchema);

export const takePush = {
  name: 'take-push',
  does: 'acts',
  heardBy: 'image-pushed',
  summary: 'starts a release of a pushed image, of every workload that waits for it',
  input: takePushInputSchema,
  output: takePushOutputSchema,
  example: {
    input: { repository: 'shop/checkout', tag: 'v9', digest: `sha256:${'9'.repeat(64)}`, by: 'push' },
    output: [{ kind: 'started', workload: 'checkout', releaseId: 'checkout-42' }],
  },
} as const satisfies Operation;

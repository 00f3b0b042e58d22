import * as z from 'zod';
import { SLOTS } from '../../../domain/dial.ts';
import type { Operation } from './operation.ts';
import { nameSaid, reasonSaid } from './texts.ts';

export const recordLiveInputSchema = z.strictObject({
  workload: z.string().min(1),
  /** The slot that the rule was turned to. */
  slot: z.enum(SLOTS),
  /** Who says so. At most 300 characters on one line. */
  by: nameSaid('by'),
  /** At most 500 characters. */
  because: reasonSaid('because'),
});
export type RecordLiveInput = z.infer<typeof recordLiveInputSchema>;

export const recordLiveOutputSchema = z.object({
  kind: z.enum(['recorded', 'wasRecorded']),
  slot: z.enum(SLOTS),
  /** Of what is live now, as the slot itself says; `unknown` where Sluice did not write it. */
  revision: z.string(),
  /** The release whose version was turned away from; of `wasRecorded`, the one by which the slot is live. */
  releaseId: z.string(),
  /** That release is behind its point of no return still: it ends as rolled back when the other slot has drained. */
  ends: z.literal(true).optional(),
  /** Replicas that the other slot still asks for, where nobody will scale it down. */
  leftReplicas: z.int().nonnegative(),
  leftDeployment: z.string(),
  namespace: z.string(),
  /** The team's own Service, which selects the slot's pods now, whatever it selected before; absent: the workload names none. */
  service: z.string().optional(),
  /** Nothing but the Service was to be mended: this release is in progress, and goes on. */
  underWay: z.string().optional(),
});
export type RecordLiveAnswer = z.infer<typeof recordLiveOutputSchema>;

export const recordLive = {
  name: 'record-live',
  does: 'acts',
  summary: 'writes down which slot is live after a rule was turned by hand',
  input: recordLiveInputSchema,
  output: recordLiveOutputSchema,
  example: {
    input: { workload: 'checkout', slot: 'blue', by: 'ann', because: 'turned back by hand at 3 in the morning' },
    output: {
      kind: 'recorded',
      slot: 'blue',
      revision: '7c1f0a9be2d4',
      releaseId: 'checkout-42',
      leftReplicas: 6,
      leftDeployment: 'checkout-green',
      namespace: 'shop',
    },
  },
} as const satisfies Operation;

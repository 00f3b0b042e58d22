import * as z from 'zod';
import type { WayBack } from '../../adapters/router/router.ts';
import type { ReleaseState } from '../../domain/ledger/state.ts';
import type { Workload } from '../../domain/workload.ts';
import { releaseIdSchema } from '../release-id-schema.ts';

/**
 * The input of roll-back.asl.json carries all that turning the dial needs, so that it works when neither the ledger nor the
 * cluster answers. A release that was not admitted has moved nothing and carries no way back.
 */
export const rollBackInputSchema = z.looseObject({
  releaseId: releaseIdSchema,
  attempt: z.int().positive(),
  /** The last move of this execution; absent before the first. */
  move: z
    .looseObject({ events: z.int().nonnegative().optional(), restores: z.int().nonnegative().optional() })
    .optional(),
  back: z
    .object({
      workload: z.custom<Workload>(value => typeof value === 'object' && value !== null),
      wayBack: z.looseObject({ kind: z.string() }),
      stable: z.enum(['blue', 'green']),
      deadlineEpochMs: z.number(),
      /** Of a first release: stable has no targets, and is not waited for. */
      first: z.boolean().optional(),
    })
    .nullable(),
});
export type RollBackInput = z.infer<typeof rollBackInputSchema>;

/** The way back of a release as its ledger has it; null: nothing has moved. */
export function backOf({ admission, workload }: ReleaseState): RollBackInput['back'] {
  if (admission === undefined) return null;
  return {
    workload,
    wayBack: admission.wayBack as WayBack, // plain JSON of the router's adapter, as it was planned at admission
    stable: admission.stable,
    deadlineEpochMs: admission.deadlineEpochMs,
    ...(admission.first === true && { first: true }),
  };
}

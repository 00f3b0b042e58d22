import * as z from 'zod';
import type { Log } from '../../adapters/log/log.ts';
import { RefusedError } from '../../domain/errors.ts';
import { type StartAnswer, startInputSchema } from './schemas/start.ts';
import { type StartDeps, startRelease } from './start-release.ts';

const withPlanSchema = z.looseObject({ plan: z.unknown().refine(plan => plan !== undefined && plan !== null) });

/** Starts a release for a person or a pipeline, by the workload's own plan and no other. */
export async function start(deps: StartDeps, event: unknown, log: Log): Promise<StartAnswer> {
  if (withPlanSchema.safeParse(event).success) {
    throw new RefusedError(
      'a plan of its own outranks the approvals and limits of the workload: that is for the function start-with-plan, and for those who may invoke it',
    );
  }
  return startRelease(deps, startInputSchema.parse(event), { log, planOf: ({ plan }) => plan });
}

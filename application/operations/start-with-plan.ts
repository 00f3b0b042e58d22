import * as z from 'zod';
import type { Log } from '../../adapters/log/log.ts';
import { serialiseMistakes } from '../../adapters/plan-file/mistake.ts';
import { parsePlan } from '../../adapters/plan-file/read-plan.ts';
import { RefusedError } from '../errors.ts';
import { type StartAnswer, type StartDeps, startInputSchema, startRelease } from './start-release.ts';

export interface StartWithPlanDeps extends StartDeps {
  /** In the lab: a plan may name addresses on this computer. */
  loopback?: boolean;
}

export const startWithPlanInputSchema = startInputSchema.extend({
  /** Another plan than the workload's own, as the text of its file. */
  plan: z.strictObject({ file: z.string(), text: z.string() }),
});

/**
 * Starts a release with a plan of its own. It can leave out approvals and metrics, and IAM sees no
 * payloads: so the right to do that is the right to invoke this function.
 */
export async function startWithPlan(
  deps: StartWithPlanDeps,
  { plan, ...input }: z.infer<typeof startWithPlanInputSchema>,
  log: Log,
): Promise<StartAnswer> {
  return startRelease(deps, input, {
    log,
    planOf: ({ workload }) => {
      const read = parsePlan(plan.text, plan.file, workload, { loopback: deps.loopback });
      if (read.kind === 'mistakes') throw new RefusedError(serialiseMistakes(read.mistakes));
      return read.plan;
    },
  });
}

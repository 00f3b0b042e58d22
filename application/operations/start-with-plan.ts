import type { Log } from '../../adapters/log/log.ts';
import { serialiseMistakes } from '../../adapters/plan-file/mistake.ts';
import { parsePlan } from '../../adapters/plan-file/read-plan.ts';
import { RefusedError } from '../../domain/errors.ts';
import type { StartAnswer } from './schemas/start.ts';
import type { StartWithPlanInput } from './schemas/start-with-plan.ts';
import { type StartDeps, startRelease } from './start-release.ts';

export interface StartWithPlanDeps extends StartDeps {
  /** In the lab: a plan may name addresses on this computer. */
  loopback?: boolean;
}

/**
 * Starts a release with a plan of its own. It can leave out approvals and metrics, and IAM sees no
 * payloads: so the right to do that is the right to invoke this function.
 */
export async function startWithPlan(
  deps: StartWithPlanDeps,
  { plan, ...input }: StartWithPlanInput,
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

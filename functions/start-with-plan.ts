import * as z from 'zod';
import { serialiseMistakes } from '../adapters/plan-file/mistake.ts';
import { parsePlan } from '../adapters/plan-file/read-plan.ts';
import { RefusedError } from '../application/errors.ts';
import { type StartDeps, startInputSchema, startRelease } from '../application/operations/start-release.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openExecutions, openImages, openLedger, openShared, openWorkloads } from './lambda/open.ts';

export interface StartWithPlanDeps extends StartDeps {
  /** In the lab: a plan may name addresses on this computer. */
  loopback?: boolean;
}

const inputSchema = startInputSchema.extend({
  /** Another plan than the workload's own, as the text of its file. */
  plan: z.strictObject({ file: z.string(), text: z.string() }),
});

/**
 * The door by which a person starts a release with a plan of its own. It can leave out approvals and metrics, and IAM sees no
 * payloads: so the right to do that is the right to invoke this function.
 */
export const makeHandler = (deps: StartWithPlanDeps) =>
  makeLambda('start-with-plan', deps, async (event, log) => {
    const { plan, ...input } = inputSchema.parse(event);
    return startRelease(deps, input, {
      log,
      planOf: ({ workload }) => {
        const read = parsePlan(plan.text, plan.file, workload, { loopback: deps.loopback });
        if (read.kind === 'mistakes') throw new RefusedError(serialiseMistakes(read.mistakes));
        return read.plan;
      },
    });
  });

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    ledger: openLedger(env),
    workloads: openWorkloads(env),
    images: openImages(env),
    executions: openExecutions(env),
  }),
);

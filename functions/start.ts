import * as z from 'zod';
import { RefusedError } from '../application/errors.ts';
import { type StartDeps, startInputSchema, startRelease } from '../application/operations/start-release.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openExecutions, openImages, openLedger, openShared, openWorkloads } from './lambda/open.ts';

const withPlanSchema = z.looseObject({ plan: z.unknown().refine(plan => plan !== undefined && plan !== null) });

/** The door by which a person or a pipeline starts a release, by the workload's own plan and no other. */
export const makeHandler = (deps: StartDeps) =>
  makeLambda('start', deps, async (event, log) => {
    if (withPlanSchema.safeParse(event).success) {
      throw new RefusedError(
        'a plan of its own outranks the approvals and limits of the workload: that is for the function start-with-plan, and for those who may invoke it',
      );
    }
    return startRelease(deps, startInputSchema.parse(event), { log, planOf: ({ plan }) => plan });
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

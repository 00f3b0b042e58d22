import { startWithPlanInputSchema } from '../application/operations/schemas/start-with-plan.ts';
import { type StartWithPlanDeps, startWithPlan } from '../application/operations/start-with-plan.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openExecutions, openImages, openLedger, openShared, openWorkloads } from './lambda/open.ts';

export const makeHandler = (deps: StartWithPlanDeps) =>
  makeLambda('start-with-plan', deps, async (event, log) =>
    startWithPlan(deps, startWithPlanInputSchema.parse(event), log),
  );

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    ledger: openLedger(env),
    workloads: openWorkloads(env),
    images: openImages(env),
    executions: openExecutions(env),
  }),
);

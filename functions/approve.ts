import { type ApproveDeps, approve } from '../application/operations/approve.ts';
import { approveInputSchema } from '../application/operations/schemas/approve.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openExecutions, openLedger, openShared } from './lambda/open.ts';

export const makeHandler = (deps: ApproveDeps) =>
  makeLambda('approve', deps, async (event, log) => approve(deps, approveInputSchema.parse(event), log));

export const handler = lazily(env =>
  makeHandler({ ...openShared(env), ledger: openLedger(env), executions: openExecutions(env) }),
);

import { type AwaitApprovalDeps, awaitApproval, taskTokenSchema } from '../application/release/await-approval.ts';
import { releaseInputSchema, withRelease } from '../application/release-call.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openExecutions, openLedger, openShared } from './lambda/open.ts';

export const makeHandler = (deps: AwaitApprovalDeps) =>
  makeLambda('await-approval', deps, async (event, log) => {
    const { taskToken } = taskTokenSchema.parse(event);
    return withRelease(deps, releaseInputSchema.parse(event), log, call => awaitApproval(deps, call, taskToken));
  });

export const handler = lazily(env =>
  makeHandler({ ...openShared(env), ledger: openLedger(env), executions: openExecutions(env) }),
);

import { type StartNextRunDeps, startNextRun } from '../application/release/start-next-run.ts';
import { releaseInputSchema } from '../application/release-call.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openExecutions, openLedger, openShared } from './lambda/open.ts';

export const makeHandler = (deps: StartNextRunDeps) =>
  makeLambda('start-next-run', deps, async (event, log) => startNextRun(deps, releaseInputSchema.parse(event), log));

export const handler = lazily(env =>
  makeHandler({ ...openShared(env), ledger: openLedger(env), executions: openExecutions(env) }),
);

import { type CloseDeps, closeInputSchema, closeRelease } from '../application/release/close.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openExecutions, openLedger, openNotify, openShared } from './lambda/open.ts';

export const makeHandler = (deps: CloseDeps) =>
  makeLambda('close', deps, async (event, log) => closeRelease(deps, closeInputSchema.parse(event), log));

export const handler = lazily(env =>
  makeHandler({ ...openShared(env), ...openNotify(env), ledger: openLedger(env), executions: openExecutions(env) }),
);

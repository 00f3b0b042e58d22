import { type AbortDeps, abort } from '../application/operations/abort.ts';
import { abortInputSchema } from '../application/operations/schemas/abort.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openExecutions, openLedger, openShared } from './lambda/open.ts';

export const makeHandler = (deps: AbortDeps) =>
  makeLambda('abort', deps, async (event, log) => abort(deps, abortInputSchema.parse(event), log));

export const handler = lazily(env =>
  makeHandler({ ...openShared(env), ledger: openLedger(env), executions: openExecutions(env) }),
);

import { undoInputSchema } from '../application/operations/schemas/undo.ts';
import { type UndoDeps, undo } from '../application/operations/undo.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openExecutions, openLedger, openShared, openWorkloads } from './lambda/open.ts';

export const makeHandler = (deps: UndoDeps) =>
  makeLambda('undo', deps, async (event, log) => undo(deps, undoInputSchema.parse(event), log));

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    ledger: openLedger(env),
    workloads: openWorkloads(env),
    executions: openExecutions(env),
  }),
);

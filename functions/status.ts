import { statusInputSchema } from '../application/operations/schemas/status.ts';
import { type StatusDeps, status } from '../application/operations/status.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openLedger, openRouting, openShared, openWorkloads } from './lambda/open.ts';

export const makeHandler = (deps: StatusDeps) =>
  makeLambda('status', deps, async event => status(deps, statusInputSchema.parse(event)));

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    ledger: openLedger(env),
    workloads: openWorkloads(env),
    router: openRouting(env).router,
  }),
);

import { start } from '../application/operations/start.ts';
import type { StartDeps } from '../application/operations/start-release.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openExecutions, openImages, openLedger, openShared, openWorkloads } from './lambda/open.ts';

export const makeHandler = (deps: StartDeps) => makeLambda('start', deps, (event, log) => start(deps, event, log));

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    ledger: openLedger(env),
    workloads: openWorkloads(env),
    images: openImages(env),
    executions: openExecutions(env),
  }),
);

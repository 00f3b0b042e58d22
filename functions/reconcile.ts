import { makeReconciler, type ReconcileDeps, scheduleEventSchema } from '../application/events/reconcile.ts';
import { makeLambda } from './lambda/handler.ts';
import {
  lazily,
  openExecutions,
  openImages,
  openLedger,
  openNotify,
  openShared,
  openWorkloads,
} from './lambda/open.ts';
import { openSleepers } from './lambda/open-sleepers.ts';

export const makeHandler = (deps: ReconcileDeps) => {
  const reconcile = makeReconciler(deps);
  return makeLambda('reconcile', deps, async (event, log) => {
    scheduleEventSchema.parse(event);
    return reconcile(log);
  });
};

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    ...openNotify(env),
    ledger: openLedger(env),
    workloads: openWorkloads(env),
    images: openImages(env),
    executions: openExecutions(env),
    sleepers: openSleepers(env),
  }),
);

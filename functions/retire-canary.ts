import { type RetireCanaryDeps, retireCanary } from '../application/roll-back/retire-canary.ts';
import { lazily, openLedger, openRouting, openShared } from './lambda/open.ts';
import { openCluster } from './lambda/open-cluster.ts';
import { makeRollBackHandler } from './lambda/roll-back-handler.ts';

export const makeHandler = (deps: RetireCanaryDeps) =>
  makeRollBackHandler('retire-canary', deps, (call, input) => retireCanary(deps, call, input));

export const handler = lazily(env => {
  const cluster = openCluster(env);
  return makeHandler({
    ...openShared(env),
    ledger: openLedger(env),
    router: openRouting(env, cluster).router,
    cluster,
  });
});

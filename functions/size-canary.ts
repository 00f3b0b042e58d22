import { type SizeCanaryDeps, sizeCanary } from '../application/release/size-canary.ts';
import { lazily, openLedger, openRouting, openShared } from './lambda/open.ts';
import { openCluster } from './lambda/open-cluster.ts';
import { makeReleaseHandler } from './lambda/release-handler.ts';

export const makeHandler = (deps: SizeCanaryDeps) =>
  makeReleaseHandler('size-canary', deps, call => sizeCanary(deps, call));

export const handler = lazily(env => {
  const cluster = openCluster(env);
  return makeHandler({
    ...openShared(env),
    ledger: openLedger(env),
    router: openRouting(env, cluster).router,
    cluster,
  });
});

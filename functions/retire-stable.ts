import { type RetireStableDeps, retireStable } from '../application/release/retire-stable.ts';
import { lazily, openAlarms, openLedger, openNotify, openRouting, openShared } from './lambda/open.ts';
import { openCluster } from './lambda/open-cluster.ts';
import { makeReleaseHandler } from './lambda/release-handler.ts';

export const makeHandler = (deps: RetireStableDeps) =>
  makeReleaseHandler('retire-stable', deps, call => retireStable(deps, call));

export const handler = lazily(env => {
  const cluster = openCluster(env);
  return makeHandler({
    ...openShared(env),
    ...openNotify(env),
    ledger: openLedger(env),
    ...openRouting(env, cluster),
    cluster,
    alarms: openAlarms(env),
  });
});

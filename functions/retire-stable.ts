import { type RetireStableDeps, retireStable } from '../application/release/retire-stable.ts';
import { lazily, openAlarms, openLedger, openRouter, openShared, openTargets, openTell } from './lambda/open.ts';
import { openCluster } from './lambda/open-cluster.ts';
import { makeReleaseHandler } from './lambda/release-handler.ts';

export const makeHandler = (deps: RetireStableDeps) =>
  makeReleaseHandler('retire-stable', deps, call => retireStable(deps, call));

export const handler = lazily(async env =>
  makeHandler({
    ...openShared(env),
    ...openTell(env),
    ledger: openLedger(env),
    router: openRouter(env),
    targets: openTargets(env),
    cluster: await openCluster(env),
    alarms: openAlarms(env),
  }),
);

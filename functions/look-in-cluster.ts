import { type LookDeps, look } from '../application/release/look.ts';
import {
  lazily,
  openAlarms,
  openHooks,
  openLedger,
  openMetrics,
  openNotify,
  openRouting,
  openShared,
} from './lambda/open.ts';
import { openCluster } from './lambda/open-cluster.ts';
import { makeReleaseHandler } from './lambda/release-handler.ts';

/** The look at a release whose traffic weights are in the cluster. */
export const makeHandler = (deps: LookDeps) => makeReleaseHandler('look-in-cluster', deps, call => look(deps, call));

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    ...openNotify(env),
    ledger: openLedger(env),
    ...openRouting(env, openCluster(env)),
    metrics: openMetrics(env),
    hooks: openHooks(env),
    alarms: openAlarms(env),
  }),
);

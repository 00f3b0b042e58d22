import { type ShiftTrafficDeps, shiftTraffic } from '../application/release/shift-traffic.ts';
import { lazily, openAlarms, openLedger, openRouting, openShared } from './lambda/open.ts';
import { openCluster } from './lambda/open-cluster.ts';
import { makeReleaseHandler } from './lambda/release-handler.ts';

/** The shift of a release whose traffic weights are in the cluster. */
export const makeHandler = (deps: ShiftTrafficDeps) =>
  makeReleaseHandler('shift-traffic-in-cluster', deps, call => shiftTraffic(deps, call));

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    ledger: openLedger(env),
    ...openRouting(env, openCluster(env)),
    alarms: openAlarms(env),
  }),
);

import { releaseToTwin } from '../application/in-cluster.ts';
import { type ShiftTrafficDeps, shiftTraffic } from '../application/release/shift-traffic.ts';
import { lazily, openAlarms, openLedger, openRouting, openShared } from './lambda/open.ts';
import { makeReleaseHandler } from './lambda/release-handler.ts';

export const makeHandler = (deps: ShiftTrafficDeps) =>
  makeReleaseHandler('shift-traffic', deps, async call => releaseToTwin(call) ?? shiftTraffic(deps, call));

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    ledger: openLedger(env),
    ...openRouting(env),
    alarms: openAlarms(env),
  }),
);

import { type ShiftTrafficDeps, shiftTraffic } from '../application/release/shift-traffic.ts';
import { lazily, openAlarms, openLedger, openRouter, openShared, openTargets } from './lambda/open.ts';
import { makeReleaseHandler } from './lambda/release-handler.ts';

export const makeHandler = (deps: ShiftTrafficDeps) =>
  makeReleaseHandler('shift-traffic', deps, call => shiftTraffic(deps, call));

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    ledger: openLedger(env),
    router: openRouter(env),
    targets: openTargets(env),
    alarms: openAlarms(env),
  }),
);

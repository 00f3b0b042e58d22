import { releaseToTwin } from '../application/in-cluster.ts';
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
import { makeReleaseHandler } from './lambda/release-handler.ts';

export const makeHandler = (deps: LookDeps) =>
  makeReleaseHandler('look', deps, async call => releaseToTwin(call) ?? look(deps, call));

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    ...openNotify(env),
    ledger: openLedger(env),
    ...openRouting(env),
    metrics: openMetrics(env),
    hooks: openHooks(env),
    alarms: openAlarms(env),
  }),
);

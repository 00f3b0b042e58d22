import { type ReadSlotDeps, readSlot } from '../application/release/read-slot.ts';
import { lazily, openLedger, openShared } from './lambda/open.ts';
import { openCluster } from './lambda/open-cluster.ts';
import { makeReleaseHandler } from './lambda/release-handler.ts';

export const makeHandler = (deps: ReadSlotDeps) => makeReleaseHandler('read-slot', deps, call => readSlot(deps, call));

export const handler = lazily(env =>
  makeHandler({ ...openShared(env), ledger: openLedger(env), cluster: openCluster(env) }),
);

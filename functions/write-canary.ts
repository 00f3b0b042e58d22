import { type WriteCanaryDeps, writeCanary } from '../application/release/write-canary.ts';
import { lazily, openLedger, openShared } from './lambda/open.ts';
import { openCluster } from './lambda/open-cluster.ts';
import { makeReleaseHandler } from './lambda/release-handler.ts';

export const makeHandler = (deps: WriteCanaryDeps) =>
  makeReleaseHandler('write-canary', deps, call => writeCanary(deps, call));

export const handler = lazily(env =>
  makeHandler({ ...openShared(env), ledger: openLedger(env), cluster: openCluster(env) }),
);

import { type VerifyTrafficDeps, verifyTraffic } from '../application/roll-back/verify-traffic.ts';
import { lazily, openLedger, openRouting, openShared } from './lambda/open.ts';
import { openCluster } from './lambda/open-cluster.ts';
import { makeRollBackHandler } from './lambda/roll-back-handler.ts';

/** Verifies a way back whose traffic weights are in the cluster. */
export const makeHandler = (deps: VerifyTrafficDeps) =>
  makeRollBackHandler('verify-traffic-in-cluster', deps, (call, input) => verifyTraffic(deps, call, input));

export const handler = lazily(env =>
  makeHandler({ ...openShared(env), ledger: openLedger(env), ...openRouting(env, openCluster(env)) }),
);

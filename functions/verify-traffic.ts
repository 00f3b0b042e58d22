import { toTwin } from '../application/in-cluster.ts';
import { type VerifyTrafficDeps, verifyTraffic } from '../application/roll-back/verify-traffic.ts';
import { lazily, openLedger, openRouting, openShared } from './lambda/open.ts';
import { makeRollBackHandler } from './lambda/roll-back-handler.ts';

export const makeHandler = (deps: VerifyTrafficDeps) =>
  makeRollBackHandler(
    'verify-traffic',
    deps,
    async (call, input) => toTwin(call.release.workload) ?? verifyTraffic(deps, call, input),
  );

export const handler = lazily(env => makeHandler({ ...openShared(env), ledger: openLedger(env), ...openRouting(env) }));

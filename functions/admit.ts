import { type AdmitDeps, admitRelease } from '../application/release/admit.ts';
import {
  controlPlaneName,
  lazily,
  namesOfClusters,
  openAlarms,
  openLedger,
  openNotify,
  openRouting,
  openShared,
  propagationSeconds,
} from './lambda/open.ts';
import { openCluster } from './lambda/open-cluster.ts';
import { makeReleaseHandler } from './lambda/release-handler.ts';

export const makeHandler = (deps: AdmitDeps) => makeReleaseHandler('admit', deps, call => admitRelease(deps, call));

export const handler = lazily(env => {
  const cluster = openCluster(env);
  return makeHandler({
    ...openShared(env),
    ...openNotify(env),
    ledger: openLedger(env),
    ...openRouting(env, cluster),
    cluster,
    alarms: openAlarms(env),
    propagationSeconds: propagationSeconds(env),
    controlPlane: controlPlaneName(env),
    clusters: namesOfClusters(env),
  });
});

import { type RestoreTrafficDeps, restoreTraffic } from '../application/roll-back/restore-traffic.ts';
import { rollBackInputSchema } from '../application/roll-back/way-back.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openExecutions, openLedger, openRouting, openShared } from './lambda/open.ts';
import { openCluster } from './lambda/open-cluster.ts';
import { carriedBack } from './lambda/roll-back-handler.ts';

/** Goes back where the traffic weights are in the cluster: the one way back that needs it. */
export const makeHandler = (deps: RestoreTrafficDeps) =>
  makeLambda('restore-traffic-in-cluster', deps, async (event, log) => {
    const input = rollBackInputSchema.parse(event);
    return carriedBack('restore-traffic-in-cluster', input, await restoreTraffic(deps, input, log));
  });

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    ledger: openLedger(env),
    ...openRouting(env, openCluster(env)),
    executions: openExecutions(env),
  }),
);

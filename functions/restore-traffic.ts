import { toTwin } from '../application/in-cluster.ts';
import { type RestoreTrafficDeps, restoreTraffic } from '../application/roll-back/restore-traffic.ts';
import { rollBackInputSchema } from '../application/roll-back/way-back.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openExecutions, openLedger, openRouting, openShared } from './lambda/open.ts';
import { carriedBack } from './lambda/roll-back-handler.ts';

export const makeHandler = (deps: RestoreTrafficDeps) =>
  makeLambda('restore-traffic', deps, async (event, log) => {
    const input = rollBackInputSchema.parse(event);
    // by the input alone, as all that it does: the twin goes by the ledger where there is one
    const twin = input.back === null ? undefined : toTwin(input.back.workload);
    return carriedBack('restore-traffic', input, twin ?? (await restoreTraffic(deps, input, log)));
  });

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    ledger: openLedger(env),
    ...openRouting(env),
    executions: openExecutions(env),
  }),
);

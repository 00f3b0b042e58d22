import { type RestoreTrafficDeps, restoreTraffic } from '../application/roll-back/restore-traffic.ts';
import { rollBackInputSchema } from '../application/roll-back/way-back.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openExecutions, openLedger, openRouting, openShared } from './lambda/open.ts';
import { carriedBack } from './lambda/roll-back-handler.ts';

export const makeHandler = (deps: RestoreTrafficDeps) =>
  makeLambda('restore-traffic', deps, async (event, log) => {
    const input = rollBackInputSchema.parse(event);
    return carriedBack('restore-traffic', input, await restoreTraffic(deps, input, log));
  });

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    ledger: openLedger(env),
    ...openRouting(env),
    executions: openExecutions(env),
  }),
);

import { parseStartRollBack, type StartRollBackDeps, startRollBack } from '../application/roll-back/start-roll-back.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openExecutions, openLedger, openShared } from './lambda/open.ts';

export const makeHandler = (deps: StartRollBackDeps) =>
  makeLambda('start-roll-back', deps, async (event, log) => startRollBack(deps, parseStartRollBack(event), log));

export const handler = lazily(env =>
  makeHandler({ ...openShared(env), ledger: openLedger(env), executions: openExecutions(env) }),
);

import { type AlarmChangedDeps, alarmChanged, alarmEventSchema } from '../application/events/alarm-changed.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openAlarms, openExecutions, openLedger, openShared, openWorkloads } from './lambda/open.ts';

export const makeHandler = (deps: AlarmChangedDeps) =>
  makeLambda('alarm-changed', deps, async (event, log) => alarmChanged(deps, alarmEventSchema.parse(event), log));

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    ledger: openLedger(env),
    workloads: openWorkloads(env),
    executions: openExecutions(env),
    alarms: openAlarms(env),
  }),
);

import {
  type ExecutionEndedDeps,
  executionEnded,
  executionEventSchema,
} from '../application/events/execution-ended.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, machineArns, openExecutions, openLedger, openNotify, openShared } from './lambda/open.ts';

export const makeHandler = (deps: ExecutionEndedDeps) =>
  makeLambda('execution-ended', deps, async (event, log) =>
    executionEnded(deps, executionEventSchema.parse(event), log),
  );

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    ...openNotify(env),
    ledger: openLedger(env),
    executions: openExecutions(env),
    machineArns: machineArns(env),
  }),
);

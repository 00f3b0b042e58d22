import * as z from 'zod';
import type { Machine } from '../adapters/executions/executions.ts';
import { machineArnsOf } from '../adapters/executions/step-functions-executions.ts';
import { releaseExecutionOf, rollBackExecutionOf } from '../domain/release-id.ts';
import { makeLambda } from './shared/handler.ts';
import { lazily, openExecutions, openLedger, openShared, openTell } from './shared/open.ts';
import { withLedger } from './shared/release-call.ts';
import { type Ended, type RescueDeps, type Rescued, rescue } from './shared/rescue.ts';

export interface ExecutionEndedDeps extends RescueDeps {
  /** What the two machines are called in events. */
  machineArns: Record<Machine, string>;
}

/** EventBridge's "Step Functions Execution Status Change". docs: "EventBridge (CloudWatch Events) for Step Functions" */
const eventSchema = z.looseObject({
  'detail-type': z.literal('Step Functions Execution Status Change'),
  detail: z.looseObject({
    stateMachineArn: z.string().min(1),
    name: z.string().min(1),
    status: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE']),
    error: z.string().nullish(),
    cause: z.string().nullish(),
  }),
});

/**
 * The door by which Step Functions says that an execution of either machine ended badly. Where that leaves a release open it
 * goes back, or its roll back is tried again; where the release is over, or another execution has it, nothing happens. So it
 * does not matter how late the event comes and how often.
 */
export const makeHandler = (deps: ExecutionEndedDeps) =>
  makeLambda('execution-ended', deps, async (event, log): Promise<Rescued> => {
    const { detail } = eventSchema.parse(event);
    const { name, status } = detail;
    const machine = machineOf(deps.machineArns, detail.stateMachineArn);
    const ours = machine === 'rollBack' ? rollBackExecutionOf(name) : releaseExecutionOf(name);
    if (machine === undefined || ours === undefined) return { kind: 'nothing', because: `${name} is none of ours` };
    if (status !== 'FAILED' && status !== 'TIMED_OUT' && status !== 'ABORTED') {
      return { kind: 'nothing', because: `${name} is ${status}` };
    }
    const { releaseId, number } = ours;
    const because = [detail.error, detail.cause].filter(text => typeof text === 'string' && text !== '').join(': ');
    const error = typeof detail.error === 'string' ? { error: detail.error } : {};
    const ended: Ended = {
      machine,
      number,
      status,
      ...error,
      ...(because !== '' && { because: because.slice(0, MOST_CAUSE) }),
    };
    return withLedger(deps, { releaseId, by: 'execution-ended', log }, async (call): Promise<Rescued> => {
      if (call.state.active?.releaseId !== releaseId) return { kind: 'nothing', because: `${releaseId} is over` };
      const rescued = await rescue(deps, call, ended);
      call.log.info(`${name} ended: ${rescued.kind}`, { status, ...rescued });
      return rescued;
    });
  });

/** A cause may be 32 KB of a program's stack; the ledger wants a sentence. */
const MOST_CAUSE = 500;

const machineOf = (arns: Record<Machine, string>, arn: string): Machine | undefined =>
  (['release', 'rollBack'] as const).find(machine => arns[machine] === arn);

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    ...openTell(env),
    ledger: openLedger(env),
    executions: openExecutions(env),
    machineArns: machineArnsOf(env),
  }),
);

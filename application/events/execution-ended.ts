import { setTimeout as really } from 'node:timers/promises';
import * as z from 'zod';
import type { ExecutionStatus, Machine } from '../../adapters/executions/executions.ts';
import type { Log } from '../../adapters/log/log.ts';
import { releaseExecutionOf, rollBackExecutionOf } from '../../domain/release-id.ts';
import { withLedger } from '../release-call.ts';
import { type Ended, type RescueDeps, type Rescued, rescue } from './rescue.ts';

export interface ExecutionEndedDeps extends RescueDeps {
  /** What the two machines are called in events. */
  machineArns: Record<Machine, string>;
  /** Waits; absent: really. */
  pause?: (ms: number) => Promise<void>;
}

/** EventBridge's "Step Functions Execution Status Change". docs: "EventBridge (CloudWatch Events) for Step Functions" */
export const executionEventSchema = z.looseObject({
  'detail-type': z.literal('Step Functions Execution Status Change'),
  detail: z.looseObject({
    stateMachineArn: z.string().min(1),
    name: z.string().min(1),
    status: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE']),
  }),
});

/**
 * Step Functions says that an execution of either machine ended badly. The event is a hint: whether it has
 * ended, how and why, Step Functions is asked. Where that leaves a release open it goes back, or its roll back is tried again;
 * where the release is over, or another execution has it, nothing happens. So it does not matter how late the event comes and
 * how often.
 */
export async function executionEnded(
  deps: ExecutionEndedDeps,
  { detail }: z.infer<typeof executionEventSchema>,
  log: Log,
): Promise<Rescued> {
  const { name, status: said } = detail;
  const machine = machineOf(deps.machineArns, detail.stateMachineArn);
  const ours = machine === 'rollBack' ? rollBackExecutionOf(name) : releaseExecutionOf(name);
  if (machine === undefined || ours === undefined) return { kind: 'nothing', because: `${name} is none of ours` };
  if (said !== 'FAILED' && said !== 'TIMED_OUT' && said !== 'ABORTED') {
    return { kind: 'nothing', because: `${name} is ${said}` };
  }
  const { releaseId, number } = ours;
  return withLedger(deps, { releaseId, by: 'execution-ended', log }, async (call): Promise<Rescued> => {
    if (call.state.active?.releaseId !== releaseId) return { kind: 'nothing', because: `${releaseId} is over` };
    const found = await described(deps, machine, name);
    if (found === 'notThere') return { kind: 'nothing', because: `there is no execution ${name}` };
    const because = [found.error, found.cause].filter(text => text !== undefined && text !== '').join(': ');
    const ended: Ended = {
      machine,
      number,
      status: found.status,
      ...(found.error !== undefined && { error: found.error }),
      ...(because !== '' && { because: because.slice(0, MOST_CAUSE) }),
    };
    const rescued = await rescue(deps, call, ended);
    call.log.info(`${name} ended: ${rescued.kind}`, { status: found.status, ...rescued });
    return rescued;
  });
}

/** DescribeExecution is eventually consistent: an event may be ahead of it by a moment. Later than that the reconciler finds it. */
const ASKS_AGAIN_AFTER_MS = [500, 1_500, 3_000];

async function described(
  { executions, pause = really }: ExecutionEndedDeps,
  machine: Machine,
  name: string,
): Promise<ExecutionStatus | 'notThere'> {
  for (const ms of ASKS_AGAIN_AFTER_MS) {
    const found = await executions.describe(machine, name);
    if (found === 'notThere' || found.status !== 'RUNNING') return found;
    await pause(ms);
  }
  return executions.describe(machine, name);
}

/** A cause may be 32 KB of a program's stack; the ledger wants a sentence. */
const MOST_CAUSE = 500;

const machineOf = (arns: Record<Machine, string>, arn: string): Machine | undefined =>
  (['release', 'rollBack'] as const).find(machine => arns[machine] === arn);

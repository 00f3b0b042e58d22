import { onTestFinished } from 'vitest';
import { openEmbeddedHost } from '../../../lab/asl/embedded-host.ts';
import type { LambdaFunction, MachineSpec, StateMachineHost } from '../../../lab/asl/state-machine-host.ts';
import { openLabClock } from '../../../lab/clock.ts';

/** A host that is closed when its test is over. `compress` 1000: a second of the machine takes a millisecond. */
export async function openSmallHost(
  functions: Record<string, LambdaFunction> = {},
  compress = 1000,
): Promise<StateMachineHost> {
  const clock = openLabClock({ startEpochMs: Date.now(), compress });
  const host = await openEmbeddedHost({ clock, functions });
  // not by a hook of this module: a worker loads it once, and only its first test file would have the hook
  onTestFinished(() => host.close());
  return host;
}

/** Registers `definition` as the machine `small` and starts one execution of it. */
export function startSmall(
  host: StateMachineHost,
  definition: MachineSpec['definition'],
  start: { name?: string; input?: object } = {},
): { stateMachineArn: string; executionArn: string } {
  const { stateMachineArn } = host.registerMachine({ name: 'small', definition });
  const { executionArn } = host.startExecution({
    stateMachineArn,
    ...(start.name !== undefined && { name: start.name }),
    input: JSON.stringify(start.input ?? {}),
  });
  return { stateMachineArn, executionArn };
}

/** Runs it to its end and returns the description, with the output parsed. */
export async function runSmall(host: StateMachineHost, definition: MachineSpec['definition'], input: object = {}) {
  const { executionArn } = startSmall(host, definition, { input });
  const ended = await host.whenEnded(executionArn);
  return { ...ended, output: ended.output === undefined ? undefined : JSON.parse(ended.output) };
}

/** A Task that calls `functionName` with the whole state as its event and puts the result in the state's place. */
export const callOf = (functionName: string, more: object = {}): object => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: functionName, 'Payload.$': '$' },
  ResultSelector: { 'result.$': '$.Payload' },
  OutputPath: '$.result',
  TimeoutSeconds: 10,
  ...more,
});

/** The same, but the answer comes with the task token. */
export const tokenCallOf = (functionName: string, more: object = {}): object => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  Parameters: { FunctionName: functionName, Payload: { 'token.$': '$$.Task.Token' } },
  TimeoutSeconds: 3600,
  ...more,
});

export const typesIn = (host: StateMachineHost, executionArn: string): string[] =>
  host.executionHistory(executionArn).map(event => event.type);

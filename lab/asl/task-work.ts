import { runtimeError, StateError } from './errors.ts';
import type { FunctionCaller } from './lambda.ts';
import type { Work } from './prepare.ts';
import type { Json } from './state-machine-host.ts';
import type { TaskLimits } from './task-limits.ts';
import type { TaskTokens } from './task-tokens.ts';

export type TaskWork = Exclude<Work, { kind: 'wait' }>;

/** Whom the work of a task calls. */
export interface TaskPartners {
  functions: FunctionCaller;
  tokens: TaskTokens;
  children: ChildExecutions;
}

export interface ChildExecutions {
  /** @throws StateError as StartExecution refuses */
  start(parameters: Record<string, Json>): { executionArn: string; startedAtEpochMs: number };
  /** Resolves with the service's description of it once it has ended. */
  ended(executionArn: string): Promise<{ status: string; description: Record<string, Json>; output: Json }>;
  stop(executionArn: string): void;
}

/** The surroundings of one attempt. */
export interface TaskContext {
  /** Issued for this attempt; undefined where the task waits for none. */
  token: string | undefined;
  limits: TaskLimits;
  /** The task has been handed over and now waits for its end. */
  submitted(output: Json): void;
  /** Run when the attempt has ended, however it did. */
  afterwards(cleanUp: () => void): void;
}

/** Does the work of a task. An end that comes too late (after a time-out, after a stop) changes nothing. */
export async function doWork(
  work: TaskWork,
  parameters: Json,
  context: TaskContext,
  partners: TaskPartners,
): Promise<Json> {
  switch (work.kind) {
    case 'function':
      return partners.functions.call(work.arn, parameters, context.limits.remainingMs);
    case 'invoke':
      return invoke(work.withToken, integrationParameters(parameters), context, partners);
    case 'startExecution':
      return startChild(work.mode, integrationParameters(parameters), context, partners);
  }
}

async function invoke(
  withToken: boolean,
  { FunctionName, Payload = {} }: Record<string, Json>,
  context: TaskContext,
  { functions, tokens }: TaskPartners,
): Promise<Json> {
  if (typeof FunctionName !== 'string') throw runtimeError('lambda:invoke needs a FunctionName');
  if (!withToken) {
    const result = await functions.call(FunctionName, Payload, context.limits.remainingMs);
    return { ExecutedVersion: '$LATEST', Payload: result, StatusCode: 200 };
  }
  const token = context.token ?? tokens.issue(); // a task that does not hand its token on can only time out
  const answer = Promise.withResolvers<Json>();
  tokens.open(token, {
    succeed: answer.resolve,
    fail: (error, cause) => answer.reject(new StateError(error, cause)),
    beat: context.limits.beat,
  });
  context.afterwards(() => tokens.close(token));
  functions.call(FunctionName, Payload, context.limits.remainingMs).then(result => {
    context.submitted(result);
    context.limits.waitForOthers();
    context.limits.beat();
  }, answer.reject);
  return answer.promise;
}

async function startChild(
  mode: 'start' | 'sync' | 'sync:2',
  parameters: Record<string, Json>,
  context: TaskContext,
  { children }: TaskPartners,
): Promise<Json> {
  const { executionArn, startedAtEpochMs } = children.start(parameters);
  const started = { ExecutionArn: executionArn, StartDate: startedAtEpochMs };
  if (mode === 'start') return started;
  context.afterwards(() => children.stop(executionArn)); // one that has ended stays as it ended
  context.submitted(started);
  context.limits.waitForOthers();
  const { status, description, output } = await children.ended(executionArn);
  if (status !== 'SUCCEEDED') throw new StateError('States.TaskFailed', JSON.stringify(description));
  return mode === 'sync' ? description : { ...description, Output: output };
}

function integrationParameters(parameters: Json): Record<string, Json> {
  if (typeof parameters === 'object' && parameters !== null && !Array.isArray(parameters)) return parameters;
  throw runtimeError('the Parameters of a service integration are an object');
}

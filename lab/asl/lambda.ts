import { randomUUID } from 'node:crypto';
import { functionArnOf, functionNameOf, functionVersionOf } from './arns.ts';
import { StateError } from './errors.ts';
import type { Json, LambdaContext, LambdaFunction } from './state-machine-host.ts';

/** Calls functions as Lambda does for Step Functions, and knows which calls are still running. */
export interface FunctionCaller {
  has(reference: string): boolean;
  /**
   * @param event the function's own: what it changes in it changes nothing else
   * @param remainingMs wall milliseconds until the task's time-out
   * @throws StateError with the thrown error's name, and Lambda's JSON {errorType, errorMessage, trace} as the Cause
   */
  call(reference: string, event: Json, remainingMs: () => number): Promise<Json>;
  /** Resolves when no call is running any more. A time-out or a stop does not end a call: nothing can. */
  idle(): Promise<void>;
}

/** @param functions by name, and by `name:version` where a deployment has published them; more may come while it is open */
export function openFunctionCaller(functions: Record<string, LambdaFunction>): FunctionCaller {
  const inFlight = new Set<Promise<unknown>>();
  const of = (key: string) => (Object.hasOwn(functions, key) ? functions[key] : undefined);
  /** A version that nobody has published is taken for the function itself: the lab has one until something is deployed. */
  const find = (reference: string) => {
    const name = functionNameOf(reference);
    const version = functionVersionOf(reference);
    return (version === undefined ? undefined : of(`${name}:${version}`)) ?? of(name);
  };
  return {
    has: reference => find(reference) !== undefined,
    async call(reference, event, remainingMs) {
      const name = functionNameOf(reference);
      const run = find(reference);
      if (run === undefined) {
        throw new StateError('Lambda.ResourceNotFoundException', `Function not found: ${functionArnOf(name)}`);
      }
      const call = invoke(run, event, contextOf(name, remainingMs));
      inFlight.add(call);
      try {
        return await call;
      } finally {
        inFlight.delete(call);
      }
    },
    idle: async () => {
      while (inFlight.size > 0) await Promise.allSettled(inFlight);
    },
  };
}

async function invoke(run: LambdaFunction, event: Json, context: LambdaContext): Promise<Json> {
  try {
    return cloneJson(await run(event, context));
  } catch (thrown) {
    const { name, message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
    const trace = stack?.split('\n') ?? [];
    throw new StateError(name, JSON.stringify({ errorType: name, errorMessage: message, trace }));
  }
}

/** As over the wire: what JSON cannot carry is lost, and nothing at all is null. */
export const cloneJson = (value: unknown): Json => JSON.parse(JSON.stringify(value) ?? 'null');

function contextOf(functionName: string, remainingMs: () => number): LambdaContext {
  return {
    awsRequestId: randomUUID(),
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArnOf(functionName),
    memoryLimitInMB: '256',
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'lab',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(remainingMs())),
  };
}

import type { LabClock } from '../clock.ts';
import type { HistoryEvent } from './history.ts';

/**
 * What the lab needs of Step Functions: Standard machines with names, ids, tokens, history and limits as the service has
 * them. Behind an interface, so that another interpreter of the Amazon States Language could take the place of the
 * embedded one. Every instant is on the lab's clock. Refusals are AwsErrors with the service's own codes.
 */
export interface StateMachineHost {
  /**
   * Registers or replaces a machine; running executions keep the definition they started with.
   * @param machine.definition the JSON of an `.asl.json`, parsed
   * @param machine.substitutions value for each `${Name}` in it
   * @throws AwsError InvalidDefinition, with every mistake the validator finds, an unknown Resource or function included
   */
  registerMachine(machine: MachineSpec): { stateMachineArn: string };
  /**
   * @throws AwsError StateMachineDoesNotExist, InvalidArn, InvalidName, InvalidExecutionInput, ExecutionAlreadyExists
   */
  startExecution(start: StartSpec): { executionArn: string; startedAtEpochMs: number };
  /** Ends it as ABORTED: waits, tokens, heartbeats and child executions too. One that has ended stays as it ended. */
  stopExecution(stop: { executionArn: string; error?: string; cause?: string }): { stoppedAtEpochMs: number };
  /** @throws AwsError ExecutionDoesNotExist, InvalidArn */
  describeExecution(executionArn: string): ExecutionDescription;
  /** Newest first. @throws AwsError StateMachineDoesNotExist */
  listExecutions(stateMachineArn: string): ExecutionDescription[];
  /** Oldest first. @throws AwsError ExecutionDoesNotExist */
  executionHistory(executionArn: string): readonly HistoryEvent[];
  /** @throws AwsError InvalidToken (never issued), TaskTimedOut (its task has ended, whichever way), InvalidOutput */
  sendTaskSuccess(answer: { taskToken: string; output: string }): void;
  /** @throws AwsError InvalidToken, TaskTimedOut */
  sendTaskFailure(answer: { taskToken: string; error?: string; cause?: string }): void;
  /** @throws AwsError InvalidToken, TaskTimedOut */
  sendTaskHeartbeat(beat: { taskToken: string }): void;
  /** Told of every start and end, as EventBridge would be. Returns the unsubscriber. */
  onStatusChange(listener: (change: ExecutionDescription) => void): () => void;
  /** Resolves when the execution has ended. @throws AwsError ExecutionDoesNotExist */
  whenEnded(executionArn: string): Promise<ExecutionDescription>;
  /** Aborts what runs, and resolves when the functions in flight have returned. */
  close(): Promise<void>;
}

export interface HostOptions {
  clock: LabClock;
  /** By function name (`look`). Events and results are cloned as JSON; `name` of a thrown error is its ErrorEquals. */
  functions: Record<string, LambdaFunction>;
  /** false: events of histories are counted, as their limit wants it, and forgotten. Kept where absent. */
  keepsHistory?: boolean;
}

export interface MachineSpec {
  name: string;
  definition: object;
  substitutions?: Record<string, string>;
}

export interface StartSpec {
  stateMachineArn: string;
  /** 1 to 80 characters, never used before in this machine; a new one where it is absent. */
  name?: string;
  /** JSON text, at most 262,144 bytes; `{}` where it is absent. */
  input?: string;
}

export type ExecutionState = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface ExecutionDescription {
  executionArn: string;
  stateMachineArn: string;
  name: string;
  status: ExecutionState;
  startedAtEpochMs: number;
  stoppedAtEpochMs?: number;
  /** JSON texts, as the service keeps them. */
  input: string;
  output?: string;
  error?: string;
  cause?: string;
}

export type LambdaFunction = (event: unknown, context: LambdaContext) => Promise<unknown>;

/** What a Node.js function gets of the Lambda runtime. */
export interface LambdaContext {
  awsRequestId: string;
  functionName: string;
  functionVersion: string;
  invokedFunctionArn: string;
  memoryLimitInMB: string;
  logGroupName: string;
  logStreamName: string;
  callbackWaitsForEmptyEventLoop: boolean;
  /** Wall milliseconds until the task's time-out. */
  getRemainingTimeInMillis(): number;
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

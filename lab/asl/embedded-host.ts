import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws/aws-error.ts';
import { requireArn, stateMachineArnOf } from './arns.ts';
import { learnTimeoutError } from './engine.ts';
import { StateError } from './errors.ts';
import { type Execution, startExecution } from './execution.ts';
import { cloneJson, openFunctionCaller } from './lambda.ts';
import { requireErrorAndCause, requireInput, requireName, requireOutput } from './limits.ts';
import { type PreparedMachine, prepareMachine } from './prepare.ts';
import type { ExecutionDescription, HostOptions, Json, StateMachineHost } from './state-machine-host.ts';
import type { TaskServices } from './task-run.ts';
import { openTaskTokens } from './task-tokens.ts';
import type { ChildExecutions } from './task-work.ts';

interface Machine {
  name: string;
  prepared: PreparedMachine;
  /** By name, in the order of their starts; a name stays taken. */
  executions: Map<string, Execution>;
}

/** Step Functions in this process, around the embedded engine. */
export async function openEmbeddedHost({ clock, functions, keepsHistory }: HostOptions): Promise<StateMachineHost> {
  const machines = new Map<string, Machine>();
  const executions = new Map<string, Execution>();
  const listeners = new Set<(change: ExecutionDescription) => void>();
  const tokens = openTaskTokens();
  const caller = openFunctionCaller(functions);
  const TimeoutError = await learnTimeoutError();
  let closed = false;

  const host: StateMachineHost = {
    registerMachine(spec) {
      requireName(spec.name);
      const prepared = prepareMachine(spec, clock.spec.compress);
      const missing = functionsNamedIn(prepared).filter(reference => !caller.has(reference));
      if (missing.length > 0) {
        throw new AwsError('InvalidDefinition', `'${spec.name}' calls functions that are not there: ${missing}`);
      }
      const stateMachineArn = stateMachineArnOf(spec.name);
      const known = machines.get(stateMachineArn)?.executions ?? new Map();
      machines.set(stateMachineArn, { name: spec.name, prepared, executions: known });
      return { stateMachineArn };
    },

    startExecution({ stateMachineArn, name = randomUUID(), input = '{}' }) {
      const machine = findMachine(stateMachineArn);
      requireName(name);
      requireInput(input);
      if (closed) throw new AwsError('ServiceUnavailable', 'the lab is closing', 503);
      const taken = machine.executions.get(name)?.description;
      if (taken !== undefined) {
        const same = taken.status === 'RUNNING' && taken.input === input;
        if (same) return { executionArn: taken.executionArn, startedAtEpochMs: taken.startedAtEpochMs };
        throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${taken.executionArn}'`);
      }
      const spec = { machineName: machine.name, machine: machine.prepared, name, input, keepsHistory };
      const execution = startExecution(spec, services, announce);
      const { executionArn, startedAtEpochMs } = execution.description;
      machine.executions.set(name, execution);
      executions.set(executionArn, execution);
      return { executionArn, startedAtEpochMs };
    },

    stopExecution({ executionArn, error, cause }) {
      requireErrorAndCause(error, cause);
      const execution = findExecution(executionArn);
      execution.stop(error, cause);
      return { stoppedAtEpochMs: execution.description.stoppedAtEpochMs ?? clock.now() };
    },

    describeExecution: executionArn => ({ ...findExecution(executionArn).description }),
    listExecutions: stateMachineArn =>
      [...findMachine(stateMachineArn).executions.values()].reverse().map(({ description }) => ({ ...description })),
    executionHistory: executionArn => findExecution(executionArn).history.events,

    sendTaskSuccess({ taskToken, output }) {
      requireOutput(output);
      tokens.waitingFor(taskToken).succeed(JSON.parse(output));
    },
    sendTaskFailure({ taskToken, error = '', cause = '' }) {
      requireErrorAndCause(error, cause);
      tokens.waitingFor(taskToken).fail(error, cause);
    },
    sendTaskHeartbeat: ({ taskToken }) => tokens.waitingFor(taskToken).beat(),

    onStatusChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    whenEnded: async executionArn => ({ ...(await findExecution(executionArn).whenEnded) }),
    async close() {
      closed = true;
      for (const execution of executions.values()) execution.stop('Lab.Closing', 'the lab is closing');
      await caller.idle();
    },
  };

  const services: TaskServices = { clock, functions: caller, tokens, TimeoutError, children: childrenOf(host) };

  /** In a task of its own, as EventBridge would: a listener may call the host, and its fault is not the host's. */
  function announce(change: ExecutionDescription): void {
    for (const listener of listeners) queueMicrotask(() => listener(change));
  }
  function findMachine(arn: string): Machine {
    requireArn(arn, 'stateMachine');
    const machine = machines.get(arn);
    if (machine === undefined) {
      throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    }
    return machine;
  }
  function findExecution(arn: string): Execution {
    requireArn(arn, 'execution');
    const execution = executions.get(arn);
    if (execution === undefined) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return execution;
  }
  return host;
}

/** The functions that a definition names itself; one that comes from a path is looked up when it is called. */
function functionsNamedIn({ definition, states }: PreparedMachine): string[] {
  return Object.entries(states).flatMap(([name, { work }]) => {
    if (work?.kind === 'function') return [work.arn];
    const { parameters } =
      (definition.States[name] as unknown as { Parameters?: { parameters?: Record<string, Json> } }).Parameters ?? {};
    return work?.kind === 'invoke' && typeof parameters?.FunctionName === 'string' ? [parameters.FunctionName] : [];
  });
}

/** startExecution as a task does it: its refusals are failures of the task, named as the service integration names them. */
function childrenOf(host: StateMachineHost): ChildExecutions {
  return {
    start({ StateMachineArn, Name, Input }) {
      try {
        return host.startExecution({
          stateMachineArn: String(StateMachineArn),
          ...(Name !== undefined && { name: String(Name) }),
          ...(Input !== undefined && { input: typeof Input === 'string' ? Input : JSON.stringify(Input) }),
        });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        throw new StateError(`StepFunctions.${error.code}Exception`, error.message);
      }
    },
    async ended(executionArn) {
      const ended = await host.whenEnded(executionArn);
      const description = cloneJson({
        ExecutionArn: ended.executionArn,
        Name: ended.name,
        StateMachineArn: ended.stateMachineArn,
        Status: ended.status,
        StartDate: ended.startedAtEpochMs,
        StopDate: ended.stoppedAtEpochMs,
        Input: ended.input,
        Output: ended.output,
        Error: ended.error,
        Cause: ended.cause,
      }) as Record<string, Json>;
      return { status: ended.status, description, output: JSON.parse(ended.output ?? 'null') };
    },
    stop: executionArn => void host.stopExecution({ executionArn, cause: 'its parent has ended' }),
  };
}

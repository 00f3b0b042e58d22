import { executionArnOf, stateMachineArnOf } from './arns.ts';
import { type EngineEnd, type EngineRun, runOnEngine } from './engine.ts';
import { dataLimitExceeded, executionEnded, runtimeError } from './errors.ts';
import { type History, openHistory } from './history.ts';
import { isTooLarge, MAX_HISTORY_EVENTS } from './limits.ts';
import type { PreparedMachine, TaskCall, Work } from './prepare.ts';
import type { ExecutionDescription, ExecutionState, Json } from './state-machine-host.ts';
import { runTask, type TaskServices } from './task-run.ts';
import { sleepOnLabClock, startTimer } from './timers.ts';

export interface Execution {
  readonly description: ExecutionDescription;
  readonly history: History;
  /** Resolves when it has ended. */
  readonly whenEnded: Promise<ExecutionDescription>;
  /** Does nothing to one that has ended. */
  stop(error?: string, cause?: string): void;
}

export interface ExecutionSpec {
  machineName: string;
  machine: PreparedMachine;
  name: string;
  /** JSON text. */
  input: string;
  keepsHistory?: boolean | undefined;
}

const roleArn = 'arn:aws:iam::123456789012:role/lab';

/** Starts one execution. `onChange` is told of its start and its end. */
export function startExecution(
  spec: ExecutionSpec,
  services: TaskServices,
  onChange: (description: ExecutionDescription) => void,
): Execution {
  const { machineName, machine, name, input } = spec;
  const { clock } = services;
  const now = () => clock.now();
  const startedAtEpochMs = now();
  const description: ExecutionDescription = {
    executionArn: executionArnOf(machineName, name),
    stateMachineArn: stateMachineArnOf(machineName),
    name,
    status: 'RUNNING',
    startedAtEpochMs,
    input,
  };
  const history = openHistory(now, spec.keepsHistory);
  const ending = new AbortController();
  let run: EngineRun | undefined;
  let cancelDeadline = () => {};
  const { promise: whenEnded, resolve: resolveEnded } = Promise.withResolvers<ExecutionDescription>();

  /** The first end is the end; what comes later (of the engine, of a task, of a stop) finds nothing to change. */
  function end(status: Exclude<ExecutionState, 'RUNNING'>, event: string, facts: EndFacts): void {
    if (description.status !== 'RUNNING') return;
    Object.assign(description, { status, stoppedAtEpochMs: now() }, facts);
    history.finish(event, { ...facts });
    cancelDeadline();
    ending.abort();
    run?.abort();
    resolveEnded(description);
    onChange({ ...description });
  }
  const fail = ({ name: error, message: cause }: Error) => end('FAILED', 'ExecutionFailed', { error, cause });

  const entered = {
    state: '',
    eventId: 0,
    atEpochMs: startedAtEpochMs,
    attempt: 0,
    token: undefined as string | undefined,
  };
  function record(type: string, details: Record<string, unknown>): number {
    const id = history.append(type, details);
    if (id !== 'full') return id;
    fail(runtimeError(`The execution reached the maximum number of history events (${MAX_HISTORY_EVENTS}).`));
    return 0;
  }
  const typeOf = (state: string) => machine.states[state]?.type ?? '';

  const context = {
    Execution: { Id: description.executionArn, Name: name, RoleArn: roleArn },
    Host: { ExecutionStartTime: new Date(startedAtEpochMs).toISOString() },
    StateMachine: { Id: description.stateMachineArn, Name: machineName },
    State: {
      get Name() {
        return entered.state;
      },
      get EnteredTime() {
        return new Date(entered.atEpochMs).toISOString();
      },
      get RetryCount() {
        return entered.attempt;
      },
    },
    Task: {
      /** One for each attempt, however often its Parameters name it; none for a task that does not wait for one. */
      get Token() {
        const work = machine.states[entered.state]?.work;
        if (work?.kind !== 'invoke' || !work.withToken) return undefined;
        entered.token ??= services.tokens.issue();
        return entered.token;
      },
    },
  };

  async function perform(state: string, call: Json): Promise<Json> {
    // before anything is awaited: the token belongs to the Parameters that were evaluated just now
    const { token } = entered;
    entered.token = undefined;
    await new Promise(resolve => setImmediate(resolve)); // the engine's events so far are in the history, limits included
    if (ending.signal.aborted) throw executionEnded();
    const work = machine.states[state]?.work;
    if (work === undefined) throw runtimeError(`the host has no work for '${state}'`);
    const taskCall = call as unknown as TaskCall;
    if (work.kind === 'wait') return waitOn(work, taskCall);
    try {
      return await runTask({ state, work, call: taskCall, token, ended: ending.signal, record }, services);
    } finally {
      entered.attempt += 1;
    }
  }

  async function waitOn(work: Work & { kind: 'wait' }, call: TaskCall): Promise<Json> {
    const untilEpochMs = instantOf(work, call, now());
    // a timer may fire a millisecond early, which is compress milliseconds here
    while (now() < untilEpochMs && !ending.signal.aborted) {
      await sleepOnLabClock(clock, untilEpochMs - now(), ending.signal);
    }
    if (ending.signal.aborted) throw executionEnded();
    return call.stateInput as Json;
  }

  function finish(result: EngineEnd): void {
    if (result.kind === 'succeeded') {
      end('SUCCEEDED', 'ExecutionSucceeded', { output: JSON.stringify(result.output) });
    } else if (result.kind === 'failed') {
      const where = `An error occurred while executing the state '${entered.state}' (entered at the event id #${entered.eventId}). `;
      const prefix = result.error === 'States.Runtime' ? where : '';
      end('FAILED', 'ExecutionFailed', { error: result.error, cause: prefix + result.cause });
    }
  }

  record('ExecutionStarted', { input, roleArn });
  if (machine.timeoutSeconds !== undefined) {
    const wallMs = clock.wallMs(machine.timeoutSeconds * 1000);
    cancelDeadline = startTimer(wallMs, () => end('TIMED_OUT', 'ExecutionTimedOut', { error: 'States.Timeout' }));
  }
  onChange({ ...description });
  run = runOnEngine(machine.definition, JSON.parse(input), context, {
    reaching(state) {
      Object.assign(entered, { state, atEpochMs: now(), attempt: 0, token: undefined });
    },
    entered(state, stateInput) {
      const text = JSON.stringify(stateInput);
      entered.eventId = record(`${typeOf(state)}StateEntered`, { name: state, input: text });
    },
    exited(state, output) {
      const text = JSON.stringify(output);
      if (isTooLarge(text)) fail(dataLimitExceeded(state, 'returned a result'));
      else record(`${typeOf(state)}StateExited`, { name: state, output: text });
    },
    perform,
  });
  run.end.then(finish, fail);
  return {
    description,
    history,
    whenEnded,
    stop: (error, cause) =>
      end('ABORTED', 'ExecutionAborted', {
        ...(error !== undefined && { error }),
        ...(cause !== undefined && { cause }),
      }),
  };
}

type EndFacts = { output?: string; error?: string; cause?: string };

/** What a path selects has to be an integer from 0 or a timestamp, or the execution fails. */
function instantOf(work: Work & { kind: 'wait' }, call: TaskCall, nowEpochMs: number): number {
  const seconds = call.seconds ?? work.seconds;
  if (seconds !== undefined) {
    if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 0) return nowEpochMs + seconds * 1000;
    throw runtimeError(`The SecondsPath parameter does not reference an integer from 0: ${JSON.stringify(seconds)}`);
  }
  const timestamp = call.timestamp ?? work.timestamp;
  const epochMs = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(epochMs)) {
    throw runtimeError(`The TimestampPath parameter does not reference a timestamp: ${JSON.stringify(timestamp)}`);
  }
  return epochMs;
}

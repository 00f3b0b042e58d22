import { AwsError } from '../aws/aws-error.ts';
import { type EngineDefinition, mistakesIn } from './engine.ts';
import type { MachineSpec } from './state-machine-host.ts';

/** A definition as the engine gets it, and what the host itself does in its states. */
export interface PreparedMachine {
  definition: EngineDefinition;
  states: Record<string, PreparedState>;
  /** Of the whole execution, on the lab's clock. */
  timeoutSeconds?: number;
}

export interface PreparedState {
  /** As it is in the history: a Wait stays a Wait, though the engine is told that it is a Task. */
  type: string;
  work?: Work;
}

/** What the host does for a state; the numbers that come from a path arrive with the call. */
export type Work =
  | { kind: 'wait'; seconds?: number; timestamp?: string }
  | ({ kind: 'function'; arn: string } & TaskTimes)
  | ({ kind: 'invoke'; withToken: boolean } & TaskTimes)
  | ({ kind: 'startExecution'; mode: 'start' | 'sync' | 'sync:2' } & TaskTimes);

export interface TaskTimes {
  timeoutSeconds?: number;
  heartbeatSeconds?: number;
}

/** The call that a prepared Task's Parameters make of the state's input. */
export interface TaskCall {
  /** After InputPath. */
  stateInput: unknown;
  /** The definition's own Parameters, evaluated; absent where it has none. */
  parameters?: unknown;
  seconds?: unknown;
  timestamp?: unknown;
  timeoutSeconds?: unknown;
  heartbeatSeconds?: unknown;
}

type State = Record<string, unknown> & { Type: string };

/** The engine's own time-out of a task (60 s where none is set) is out of the way: the host keeps the time. */
const NEVER_SECONDS = 2_147_483;

/**
 * Makes of a definition what the embedded engine can run with the lab's clock:
 * - the host does Waits and Tasks, and gets their numbers, also those from a path, through the Parameters;
 * - the intervals of Retry shrink by `compress`;
 * - `$$.Execution.StartTime`, which the engine sets from the wall clock, is read elsewhere.
 * @throws AwsError InvalidDefinition
 */
export function prepareMachine(machine: MachineSpec, compress: number): PreparedMachine {
  const text = substitute(machine);
  const mistakes = mistakesIn(text);
  if (mistakes !== undefined) throw invalid(machine.name, mistakes);
  // the context's path is the only place where this text may stand
  const definition = JSON.parse(text.replaceAll('$$.Execution.StartTime', () => '$$.Host.ExecutionStartTime'));
  const states: PreparedMachine['states'] = {};
  for (const [name, state] of Object.entries(definition.States as Record<string, State>)) {
    const work = workOf(machine.name, name, state);
    states[name] = { type: state.Type, ...(work !== undefined && { work }) };
    if (work !== undefined) definition.States[name] = engineTask(state, work, compress);
    if (definition.States[name].ResultPath === '$') delete definition.States[name].ResultPath; // the engine sets a key '$'
  }
  const { TimeoutSeconds: timeoutSeconds, ...rest } = definition;
  return { definition: rest, states, ...(timeoutSeconds !== undefined && { timeoutSeconds }) };
}

function substitute(machine: MachineSpec): string {
  return JSON.stringify(machine.definition).replace(/\$\{(\w+)\}/g, (whole, name: string) => {
    const value = machine.substitutions?.[name];
    if (value === undefined) throw invalid(machine.name, `nothing is given for ${whole}`);
    return JSON.stringify(value).slice(1, -1);
  });
}

function workOf(machine: string, name: string, state: State): Work | undefined {
  if (state.Type === 'Parallel' || state.Type === 'Map') {
    throw invalid(machine, `${name}: the lab's host runs no ${state.Type} state`);
  }
  if (state.Type === 'Wait') {
    return {
      kind: 'wait',
      ...(state.Seconds !== undefined && { seconds: Number(state.Seconds) }),
      ...(state.Timestamp !== undefined && { timestamp: String(state.Timestamp) }),
    };
  }
  if (state.Type !== 'Task') return undefined;
  const times: TaskTimes = {
    ...(state.TimeoutSeconds !== undefined && { timeoutSeconds: Number(state.TimeoutSeconds) }),
    ...(state.HeartbeatSeconds !== undefined && { heartbeatSeconds: Number(state.HeartbeatSeconds) }),
  };
  const resource = String(state.Resource);
  switch (resource) {
    case 'arn:aws:states:::lambda:invoke':
      return { kind: 'invoke', withToken: false, ...times };
    case 'arn:aws:states:::lambda:invoke.waitForTaskToken':
      return { kind: 'invoke', withToken: true, ...times };
    case 'arn:aws:states:::states:startExecution':
      return { kind: 'startExecution', mode: 'start', ...times };
    case 'arn:aws:states:::states:startExecution.sync':
      return { kind: 'startExecution', mode: 'sync', ...times };
    case 'arn:aws:states:::states:startExecution.sync:2':
      return { kind: 'startExecution', mode: 'sync:2', ...times };
  }
  if (resource.startsWith('arn:aws:lambda:')) return { kind: 'function', arn: resource, ...times };
  throw invalid(machine, `${name}: the lab's host has no Resource '${resource}'`);
}

/** The Task that the engine runs in the place of a Wait or a Task. */
function engineTask(state: State, work: Work, compress: number): object {
  const { Seconds, SecondsPath, Timestamp, TimestampPath, HeartbeatSeconds, HeartbeatSecondsPath, ...rest } = state;
  const { Parameters, TimeoutSecondsPath, Retry, ...kept } = rest;
  const paths = {
    'seconds.$': SecondsPath,
    'timestamp.$': TimestampPath,
    'timeoutSeconds.$': TimeoutSecondsPath,
    'heartbeatSeconds.$': HeartbeatSecondsPath,
  };
  return {
    ...kept,
    Type: 'Task',
    Resource: work.kind,
    TimeoutSeconds: NEVER_SECONDS,
    Parameters: {
      'stateInput.$': '$',
      ...(Parameters !== undefined && { parameters: Parameters }),
      ...Object.fromEntries(Object.entries(paths).filter(([, path]) => path !== undefined)),
    },
    ...(Retry !== undefined && { Retry: (Retry as Retrier[]).map(retrier => shrink(retrier, compress)) }),
  };
}

interface Retrier {
  IntervalSeconds?: number;
  MaxDelaySeconds?: number;
}

/** The interval is 1 s where none is given: states-language.net, "Retrying after error". */
const shrink = (retrier: Retrier, compress: number): Retrier => ({
  ...retrier,
  IntervalSeconds: (retrier.IntervalSeconds ?? 1) / compress,
  ...(retrier.MaxDelaySeconds !== undefined && { MaxDelaySeconds: retrier.MaxDelaySeconds / compress }),
});

const invalid = (machine: string, what: string): AwsError =>
  new AwsError('InvalidDefinition', `Invalid State Machine Definition: '${machine}': ${what}`);

import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import type { Json } from './state-machine-host.ts';

/** The one file that knows the embedded interpreter, aws-local-stepfunctions 3.0.0. */

export type EngineDefinition = StateMachineDefinition;

export interface EngineRun {
  end: Promise<EngineEnd>;
  /** Wakes the engine from a retry's back-off. */
  abort(): void;
}

export type EngineEnd =
  | { kind: 'succeeded'; output: Json }
  | { kind: 'failed'; error: string; cause: string }
  | { kind: 'aborted' };

export interface EngineHooks {
  /** Called synchronously before anything of the state is evaluated: what `$$.State` is read from. */
  reaching(state: string): void;
  /** The state's events, in order; they arrive in microtasks after they happened. */
  entered(state: string, input: Json): void;
  exited(state: string, output: Json): void;
  /** One attempt of a Task. Called synchronously after its Parameters were evaluated. */
  perform(state: string, call: Json): Promise<Json>;
}

/** Runs a definition once. `context` is `$$`; getters nested in its members are read each time (those of the top are not). */
export function runOnEngine(definition: EngineDefinition, input: Json, context: object, hooks: EngineHooks): EngineRun {
  const states = new Proxy(definition.States, {
    get(target, name: string) {
      const state = target[name];
      if (state !== undefined) hooks.reaching(name);
      return state;
    },
  });
  // validated once, when it was registered: here that would cost 136 ms for every execution
  const machine = new StateMachine({ ...definition, States: states }, { validationOptions: { noValidate: true } });
  const taskResourceLocalHandlers = Object.fromEntries(
    Object.entries(definition.States)
      .filter(([, state]) => state.Type === 'Task')
      .map(([name]) => [name, (call: Json) => hooks.perform(name, call)]),
  );
  const run = machine.run(input, { overrides: { taskResourceLocalHandlers }, context: { ...context } });
  const drained = forwardEvents(run.eventLogs, hooks);
  const result = run.result.then(
    (output): EngineEnd => ({ kind: 'succeeded', output }),
    (error: Error): EngineEnd => {
      if (error.name === 'ExecutionAbortedError') return { kind: 'aborted' };
      const { name, message } = error.cause as Error;
      return { kind: 'failed', error: name, cause: message };
    },
  );
  return { end: Promise.all([result, drained]).then(([end]) => end), abort: run.abort };
}

/** The engine's queue of events has no bound: it is drained to the end, whoever still listens. */
async function forwardEvents(
  events: ReturnType<StateMachine['run']>['eventLogs'],
  hooks: Pick<EngineHooks, 'entered' | 'exited'>,
): Promise<void> {
  for await (const event of events) {
    if (event.type === 'StateEntered') hooks.entered(event.state.name, event.state.input);
    // a value is always there: the engine's type leaves it out for the other events of a state
    if (event.type === 'StateExited') hooks.exited(event.state.name, event.state.output as Json);
  }
}

/** Texts that were found to be right: validating takes 136 ms, and a lab registers the same machines again and again. */
const withoutMistakes = new Set<string>();

/** @returns the validator's text with all mistakes, or undefined */
export function mistakesIn(definition: string): string | undefined {
  if (withoutMistakes.has(definition)) return undefined;
  try {
    new StateMachine(JSON.parse(definition));
    withoutMistakes.add(definition);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * The engine's time-out class. Its `States.TaskFailed` matches every error but instances of this class, which it does not
 * export: it is taken from a machine that times out.
 */
export async function learnTimeoutError(): Promise<new () => Error> {
  const machine = new StateMachine(
    { StartAt: 'A', States: { A: { Type: 'Task', Resource: 'never', TimeoutSeconds: 0.001, End: true } } },
    { validationOptions: { noValidate: true } },
  );
  const settle = Promise.withResolvers<Json>();
  const run = machine.run({}, { overrides: { taskResourceLocalHandlers: { A: () => settle.promise } } });
  const error = await run.result.catch((failure: Error) => failure.cause as Error);
  settle.resolve(null);
  for await (const _ of run.eventLogs);
  return (error as Error).constructor as new () => Error;
}

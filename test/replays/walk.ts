import { readFile } from 'node:fs/promises';
import { makeHandlers } from '../../functions/lambda/handlers.ts';
import { functionSubstitutions } from '../../lab/asl/arns.ts';
import { openEmbeddedHost } from '../../lab/asl/embedded-host.ts';
import { openLabClock } from '../../lab/clock.ts';
import { type RecordedExecution, type TaskResult, trimmed } from './recording.ts';

/** A wait of half a minute, which is the longest, takes 3 ms. */
const COMPRESS = 10_000;
const FILES = { release: 'release', rollBack: 'roll-back' } as const;

/**
 * The states through which today's definition goes where every task answers what it answered then.
 * Where the recording was stopped from outside, this one is stopped at the first task that has no answer.
 */
export async function walk(recorded: RecordedExecution): Promise<string[]> {
  const answers = new Map<string, TaskResult[]>();
  for (const { state, results = [] } of recorded.states) {
    answers.set(state, [...(answers.get(state) ?? []), ...results]);
  }
  const definition = await readFile(
    new URL(`../../state-machines/${FILES[recorded.machine]}.asl.json`, import.meta.url),
    'utf8',
  );
  const names = Object.keys(makeHandlers({} as Parameters<typeof makeHandlers>[0]));
  const stateOf = statesByFunction(JSON.parse(definition), names);
  const functions = Object.fromEntries(
    names.map(name => [name, (event: unknown) => answer(name, event as { taskToken?: string; move?: object })]),
  );
  const host = await openEmbeddedHost({
    clock: openLabClock({ startEpochMs: Date.now(), compress: COMPRESS }),
    functions,
  });

  async function answer(name: string, { taskToken }: { taskToken?: string }): Promise<unknown> {
    // two states may call one function: the state that was entered last is the one that asks
    const entered = trimmed(host.executionHistory(executionArn)).findLast(({ state }) =>
      stateOf.get(name)?.includes(state),
    );
    const next = answers.get(entered?.state ?? '')?.shift();
    if (next === undefined)
      throw Object.assign(new Error(`${name} was not asked then`), { name: 'StaleExecutionError' });
    if ('error' in next) {
      if (next.error === 'States.Timeout') return {}; // and nobody answers the token
      throw Object.assign(new Error('as it was then'), { name: next.error });
    }
    if (taskToken !== undefined) host.sendTaskSuccess({ taskToken, output: JSON.stringify(next.answer) });
    return next.answer;
  }

  const { stateMachineArn } = host.registerMachine({
    name: FILES[recorded.machine],
    definition: JSON.parse(definition),
    substitutions: functionSubstitutions(names),
  });
  const { executionArn } = host.startExecution({ stateMachineArn, input: JSON.stringify(recorded.input) });
  try {
    await host.whenEnded(executionArn);
    const states = trimmed(host.executionHistory(executionArn)).map(({ state }) => state);
    return recorded.status === 'ABORTED' ? states.slice(0, recorded.states.length) : states;
  } finally {
    await host.close();
  }
}

/** By function's name: the states that call it. */
function statesByFunction(definition: { States: Record<string, object> }, names: readonly string[]) {
  const placeholders = Object.entries(functionSubstitutions(names));
  const called = (state: object) =>
    placeholders
      .find(([placeholder]) => JSON.stringify(state).includes(`\${${placeholder}}`))?.[1]
      .split(':')
      .at(-1);
  const byFunction = new Map<string, string[]>();
  for (const [name, state] of Object.entries(definition.States)) {
    const found = called(state);
    if (found !== undefined) byFunction.set(found, [...(byFunction.get(found) ?? []), name]);
  }
  return byFunction;
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ASKS,
  CLOSE_OUTPUTS,
  HANDS_OVER,
  LOOPS_BACK,
  RELEASE_OUTPUTS,
  ROLL_BACK_OUTPUTS,
} from '../../application/outputs.ts';

/*
 * A kind that no Choice names goes where the Choice sends what it does not know. So each Choice after a handler names all the
 * kinds that the handler can return but one, which its Default is for, and none that it cannot return.
 */

interface State {
  Type: string;
  Next?: string;
  Default?: string;
  Choices?: { Variable: string; StringEquals?: string; Next: string }[];
  Resource?: string;
  Parameters?: { FunctionName?: string };
}
type States = Record<string, State>;

const statesOf = (machine: string): States =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../../state-machines/${machine}.asl.json`), 'utf8')).States;

/** `open-approval` of `${OpenApprovalFunction}`. */
function functionOf({ Resource = '', Parameters }: State): string {
  const [, name = ''] = /\$\{(\w+)Function\}/.exec(`${Resource} ${Parameters?.FunctionName ?? ''}`) ?? [];
  return name.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase();
}

const releaseKinds = (name: string): readonly string[] | undefined => {
  const own: Record<string, readonly string[]> = { ...RELEASE_OUTPUTS, close: CLOSE_OUTPUTS };
  const handsOver = (HANDS_OVER as readonly string[]).includes(name);
  return own[name] && [...own[name], ...(handsOver ? ['nextRun'] : [])];
};

const rollBackKinds = (name: string): readonly string[] | undefined => {
  const own: Record<string, readonly string[]> = { ...ROLL_BACK_OUTPUTS, close: CLOSE_OUTPUTS };
  const loops = own[name]?.some(kind => (LOOPS_BACK as readonly string[]).includes(kind));
  return own[name] && [...own[name], ...(loops === true ? ['nextAttempt'] : [])];
};

/** What they return is read by no state: the execution ends, or the next look sees what was done. */
const READ_BY_NOBODY = ['await-approval', 'start-roll-back', 'start-next-run'];

/** The Choice on the kind of what a task returned, before another task can return something else. */
function choiceAfter(states: States, task: State): State | undefined {
  for (let state = states[task.Next ?? '']; state !== undefined; state = states[state.Next ?? '']) {
    const isByKind = state.Choices?.every(({ Variable }) => Variable === '$.move.kind');
    if (isByKind === true) return state;
    if (state.Type !== 'Wait') return undefined;
  }
  return undefined;
}

describe.each([
  ['release', releaseKinds, [...Object.keys(RELEASE_OUTPUTS), 'close']],
  ['roll-back', rollBackKinds, [...Object.keys(ROLL_BACK_OUTPUTS), 'close']],
] as const)('%s.asl.json', (machine, kindsOf, handlers) => {
  const states = statesOf(machine);
  const tasks = Object.entries(states).filter(([, { Type }]) => Type === 'Task');

  it('calls the handlers whose outputs are listed, and no others but those that nobody reads', () => {
    const called = new Set(tasks.map(([, task]) => functionOf(task)));
    expect([...called].filter(name => !READ_BY_NOBODY.includes(name)).sort()).toEqual([...handlers].sort());
  });

  it.each(tasks)('chooses after %s by every kind that its handler can return, and by no other', (_, task) => {
    const name = functionOf(task);
    const kinds = kindsOf(name);
    const choice = choiceAfter(states, task);
    if (kinds === undefined) {
      expect(READ_BY_NOBODY).toContain(name);
      expect(choice).toBeUndefined();
      return;
    }
    const named = (choice?.Choices ?? []).map(({ StringEquals = '' }) => StringEquals);
    expect(new Set(named).size).toBe(named.length);
    expect(named.filter(kind => !kinds.includes(kind))).toEqual([]);
    // one is left for the Default; where nothing is chosen there is one kind, and it is that one
    expect(kinds.filter(kind => !named.includes(kind))).toHaveLength(1);
    if (choice !== undefined) expect(choice.Default).toBeDefined();
  });
});

it('a Choice on whom to ask names all but one', () => {
  const choices = Object.values(statesOf('release')).filter(({ Choices }) =>
    Choices?.some(({ Variable }) => Variable === '$.move.asks'),
  );
  expect(choices).toHaveLength(1);
  const named = (choices[0]?.Choices ?? []).map(({ StringEquals = '' }) => StringEquals);
  expect(ASKS.filter(asks => !named.includes(asks))).toHaveLength(1);
  expect(named.filter(name => !(ASKS as readonly string[]).includes(name))).toEqual([]);
});

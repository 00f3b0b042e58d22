import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventsOf, HAND_OVER_AT } from '../../functions/lambda/history.ts';
import { MAX_HISTORY_EVENTS } from '../../lab/asl/limits.ts';

/*
 * No loop of either machine can fill a history: every round of it passes a state that hands over, and what the handlers count
 * for a round is at least what its states can add to the history, all retries included.
 */

interface State {
  Type: string;
  Resource?: string;
  Next?: string;
  Default?: string;
  Choices?: { Next: string }[];
  Retry?: { MaxAttempts?: number }[];
  Catch?: { Next: string; ErrorEquals: string[] }[];
  Parameters?: Record<string, unknown>;
}

const folder = join(import.meta.dirname, '../../state-machines');
const statesOf = (machine: string): Record<string, State> =>
  JSON.parse(readFileSync(join(folder, `${machine}.asl.json`), 'utf8')).States;

/** Entered and left; a task's tries are scheduled, started and ended each, and those that wait for a token submitted too. */
function mostEvents({ Type, Resource, Retry = [] }: State): number {
  if (Type !== 'Task') return 2;
  const tries = 1 + Retry.reduce((sum, { MaxAttempts = 3 }) => sum + MaxAttempts, 0);
  return 2 + tries * (Resource?.endsWith('.waitForTaskToken') === true ? 4 : 3);
}

const nextOf = ({ Next, Default, Choices = [], Catch = [] }: State): string[] =>
  [Next, Default, ...Choices.map(choice => choice.Next), ...Catch.map(one => one.Next)].filter(
    next => next !== undefined,
  );

const kebab = (state: string) => state.replaceAll(/(?<=.)([A-Z])/g, '-$1').toLowerCase();

/** Paths from a state until one of `ends`, without going through one state twice. */
function pathsFrom(states: Record<string, State>, from: string, ends: ReadonlySet<string>): string[][] {
  const found: string[][] = [];
  const walk = (path: string[]) => {
    const state = states[path.at(-1) ?? ''];
    for (const next of new Set(state === undefined ? [] : nextOf(state))) {
      if (ends.has(next)) found.push([...path, next]);
      else if (!path.includes(next)) walk([...path, next]);
    }
  };
  walk([from]);
  return found;
}

/** Every simple cycle that avoids these states. */
function cyclesWithout(states: Record<string, State>, without: ReadonlySet<string>): string[][] {
  return Object.keys(states)
    .filter(name => !without.has(name))
    .flatMap(name => pathsFrom(states, name, new Set([...without, name])).filter(path => path.at(-1) === name));
}

describe.each([
  ['release', ['Admit', 'NextStep', 'Look', 'RetireStable', 'ByDrainFault', 'ByThrottling'], 'StartNextRun'],
  [
    'roll-back',
    ['RestoreTraffic', 'VerifyTraffic', 'RetireCanary', 'ByFault', 'PauseBeforeHandingOver'],
    'StartRollBackAgain',
  ],
])('%s', (machine, handsOver, handOver) => {
  const states = statesOf(machine);
  const points = new Set(handsOver);

  it('has no loop that passes none of the states that hand over', () => {
    expect(cyclesWithout(states, points)).toEqual([]);
    // and the walk does find loops
    expect(cyclesWithout(states, new Set()).length).toBeGreaterThan(5);
  });

  it('leads from each of them to the next execution', () => {
    for (const point of points) {
      const steps = pathsFrom(states, point, new Set([handOver])).map(path => path.length);
      expect([point, Math.min(...steps)]).toEqual([point, expect.toSatisfy((length: number) => length <= 3)]);
    }
  });

  it('counts for every way between two tasks at least what it can add to the history', () => {
    const tasks = new Set(Object.keys(states).filter(name => states[name]?.Type === 'Task'));
    for (const from of tasks) {
      if (from === handOver) continue; // what is left of the history is for its tries
      for (const path of pathsFrom(states, from, tasks)) {
        const between = path.slice(1, -1).map(name => states[name] as State);
        const counted = between.reduce((sum, state) => sum + countedBy(state), 0);
        // a task that failed has counted nothing: a Pass behind it does, or the look that follows it
        const isFault = failsInto(states[from] as State, path[1] ?? '') && path[1] !== 'Look';
        const own = isFault ? 0 : eventsOf(kebab(from), undefined);
        const next = path.at(-1) === 'Look' ? askedBy(from) : 0;
        const cost = mostEvents(states[from] as State) + between.reduce((sum, state) => sum + mostEvents(state), 0);
        // ends of the execution come once, and have the room that is left
        if (isLast(states, path.at(-1) ?? '') || isLast(states, from)) continue;
        expect([path.join(' > '), own + counted + next]).toEqual([
          path.join(' > '),
          expect.toSatisfy((sum: number) => sum >= cost),
        ]);
      }
    }
  });

  it('has room for the way from one that hands over to the next, with all retries', () => {
    for (const point of points) {
      const ways = pathsFrom(states, point, points).map(path =>
        path.reduce((sum, name) => sum + mostEvents(states[name] as State), 0),
      );
      expect(HAND_OVER_AT + Math.max(0, ...ways)).toBeLessThan(MAX_HISTORY_EVENTS - 100);
    }
  });
});

/** What a Pass state adds to the count by itself. */
function countedBy({ Parameters = {} }: State): number {
  const added = /States\.MathAdd\(\$\.move\.events, (\d+)\)/.exec(String(Parameters['events.$']));
  return added === null ? Number(Parameters.events ?? 0) : Number(added[1]);
}

const failsInto = ({ Catch = [], Next }: State, next: string): boolean =>
  next !== Next && Catch.some(one => one.Next === next);

/** What the look counts for the task before it. */
const askedBy = (task: string): number =>
  eventsOf('look', task === 'ReadSlot' ? 'cluster' : task === 'AwaitApproval' ? 'person' : 'nobody') -
  eventsOf('look', 'nobody');

/** A task after which the execution can only end: it is never come back from. */
function isLast(states: Record<string, State>, task: string): boolean {
  return pathsFrom(states, task, new Set([task])).length === 0;
}

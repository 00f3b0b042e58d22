import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { WAITS } from '../../../domain/release/waits.ts';

const statesOf = (machine: string): string[] => {
  const file = new URL(`../../../state-machines/${machine}.asl.json`, import.meta.url);
  return Object.keys(JSON.parse(readFileSync(file, 'utf8')).States).map(state => `${machine}/${state}`);
};
const states = [...statesOf('release'), ...statesOf('roll-back')];
const covered = new Set<string>(Object.values(WAITS).flatMap(({ states: all }) => all));

it.each(states)('knows for what a release waits in %s, and so when a person is called', state => {
  expect(covered).toContain(state);
});

it('names no state that is not there', () => {
  expect(states.length).toBeGreaterThan(40);
  expect([...covered].filter(state => !states.includes(state))).toEqual([]);
});

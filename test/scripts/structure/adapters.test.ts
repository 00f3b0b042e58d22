import { expect, it } from 'vitest';
import { checkAdapters } from '../../../scripts/structure/adapters.ts';

const check = (...files: [string, string][]) => checkAdapters(new Map(files));

it('takes functions that make adapters, fakes in files of their own, and classes that are errors', () => {
  const found = check(
    [
      'adapters/images/ecr.ts',
      'export const ecr = (client: Client) => 1;\nexport const openEcr = (env: Env) => ecr(of(env));',
    ],
    ['adapters/images/fake-images.ts', 'export function fakeImages() {}'],
    ['adapters/images/errors.ts', 'export class NoImageError extends SluiceError {}'],
  );
  expect(found).toEqual({ classes: 1, makers: 2, strays: [] });
});

it.each([
  ['an exported class', 'adapters/a/a.ts', 'export class Table implements Ledger {}', 'exports the class Table'],
  ['an abstract one', 'adapters/a/a.ts', 'export abstract class Base {}', 'exports the class Base'],
  ['a fake beside the real one', 'adapters/a/a.ts', 'export const fakeTable = () => 1;', 'makes the fake fakeTable'],
  ['a fake that is opened', 'adapters/a/fake-a.ts', 'export function openFakeTable() {}', 'has openFakeTable'],
])('names %s', (_, file, text, said) => {
  expect(check([file, text]).strays).toEqual([expect.stringContaining(said)]);
});

it('counts what it looked at', () => {
  expect(check(['adapters/a/a.ts', 'class Inside {}\nconst openHere = 1;'])).toEqual({
    classes: 0,
    makers: 0,
    strays: [],
  });
});

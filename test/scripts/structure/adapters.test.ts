import { describe, expect, it } from 'vitest';
import { adaptersFail, checkAdapters } from '../../../scripts/structure/adapters.ts';

const GOOD = `
  export class ThingError extends UnreachableError {}
  class InMemory implements Things {}
  export const things = (client: Client): Things => new InMemory();
  export function openThings(env: Env): Things { return things(new Client(env)); }
  export const openMore = async (env: NodeJS.ProcessEnv, clock = systemClock) => things(env);
`;
const FAKE = 'export function fakeThings(): FakeThings { return {}; }';
const check = (text: string, file = 'adapters/things/things.ts') =>
  checkAdapters(
    new Map([
      ['adapters/good.ts', GOOD],
      ['adapters/fake-good.ts', FAKE],
      [file, text],
    ]),
  ).strays;

describe('the one way to make an adapter', () => {
  it('is kept by a function for what it is made of, one for the environment, and one for tests; and that was looked at', () => {
    expect(check('')).toEqual([]);
    const report = checkAdapters(
      new Map([
        ['adapters/good.ts', GOOD],
        ['adapters/fake-good.ts', FAKE],
      ]),
    );
    expect(report).toEqual({ files: 2, openers: 2, fakes: 1, errorClasses: 1, strays: [] });
    expect(adaptersFail(report)).toBe(false);
  });

  it.each([
    ['export class Things implements Port {}', ':1: class Things is exported: export a function'],
    ['\nexport class Things extends Base {}', ':2: class Things is exported: export a function'],
    ['export const openThings = (from: Source) => from;', ':1: openThings opens from Source: what reads no'],
    ['export async function openThings() {}', ':1: openThings opens from nothing: what reads no'],
    ['export const region = () => process.env.AWS_REGION;', ':1: process.env is read'],
  ])('is not kept by %s', (text, stray) => {
    expect(check(text)).toEqual([expect.stringContaining(`adapters/things/things.ts${stray}`)]);
  });

  it('is not kept by a fake that is made otherwise', () => {
    expect(check('export const openFake = (env: Env) => env;', 'adapters/things/fake-things.ts')).toEqual([
      'adapters/things/fake-things.ts:1: a fake has a function fakeXyz() that makes it',
    ]);
  });

  it('leaves alone what is exempt with a reason', () => {
    const files = new Map([['adapters/signer.ts', 'export class Signer {}']]);
    expect(checkAdapters(files, [{ path: 'adapters/signer.ts', because: 'a library constructs it' }]).strays).toEqual(
      [],
    );
  });

  it('fails where nothing was looked at', () => {
    expect(adaptersFail(checkAdapters(new Map()))).toBe(true);
    expect(adaptersFail(checkAdapters(new Map([['adapters/good.ts', GOOD]])))).toBe(true);
  });
});

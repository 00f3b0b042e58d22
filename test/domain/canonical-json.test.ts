import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertNever } from '../../domain/assert-never.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';

const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
};

describe('canonical JSON', () => {
  it.each<[unknown, string]>([
    [{ b: [{ d: 1, c: undefined, a: null }, 2], a: 'x' }, '{"a":"x","b":[{"a":null,"d":1},2]}'],
    [{}, '{}'],
    [[], '[]'],
    [[undefined, 1, [null]], '[null,1,[null]]'],
    [JSON.parse('{"b":1,"__proto__":2}'), '{"__proto__":2,"b":1}'],
    // by their letters, as JavaScript's < orders texts: not by a language
    [{ é: 1, Z: 2, a: 3, 10: 4, 9: 5 }, '{"10":4,"9":5,"Z":2,"a":3,"é":1}'],
    [undefined, 'null'],
    [null, 'null'],
    [0, '0'],
    ['"', '"\\""'],
    [{ '"': false }, '{"\\"":false}'],
  ])('of %j sorts keys at every depth, leaves lists in order and drops undefined', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('is the same text for equal values, in whatever order their keys stand, and is JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), value => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 50 },
    );
  });
});

it('a value that no branch knows is a fault which says what it was', () => {
  expect(() => assertNever({ kind: 'dreamt' } as never)).toThrow(new Error('unexpected {"kind":"dreamt"}'));
});

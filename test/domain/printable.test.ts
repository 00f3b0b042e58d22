import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allPrintable, printable } from '../../domain/printable.ts';

describe('a text that somebody else gave', () => {
  it.each([
    ['a colour', 'errors \x1b[31mred\x1b[0m', 'errors red'],
    ['the cursor moved up and a line overwritten', 'bad\x1b[1A\x1b[2Kpromoted', 'badpromoted'],
    ['a title', '\x1b]0;owned\x07x', 'x'],
    ['a link', '\x1b]8;;https://evil.example\x1b\\here\x1b]8;;\x1b\\', 'here'],
    ['one that does not end', 'x\x1b]0;owned', 'x'],
    ['an escape alone', 'x\x1b', 'x'],
    ['eight-bit commands', '\x9b31mred', 'red'],
    ['a carriage return', 'rolled back\rpromoted', 'rolled backpromoted'],
    ['backspaces and a bell', 'no\b\byes\x07', 'noyes'],
    ['a text turned around', 'abc\u202egpj.exe', 'abcgpj.exe'],
    ['line feeds and tabs', 'one\n\ttwo', 'one\n\ttwo'],
    ['letters of any kind', 'größer 発 🚀 é', 'größer 発 🚀 é'],
  ])('is shown without what a terminal would obey: %s', (_, text, shown) => expect(printable(text)).toBe(shown));

  it('has none of it left, whatever it was, and is not changed twice', () => {
    const pieces = fc.constantFrom(
      '\x1b',
      '[',
      ']',
      '0',
      'm',
      ';',
      '\x07',
      '\x9b',
      '\\',
      'a',
      '\n',
      '\u202e',
      'P',
      '^',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), parts => {
        const shown = printable(parts.join(''));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
        expect(shown).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
        expect(printable(shown)).toBe(shown);
      }),
    );
  });

  it('is so everywhere in an answer', () => {
    const answer = { 'a\x1b[0m': ['x\x1b[31m', { because: '\r', count: 3, none: null }] };
    expect(allPrintable(answer)).toEqual({ a: ['x', { because: '', count: 3, none: null }] });
  });
});

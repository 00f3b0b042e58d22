import { styleText } from 'node:util';
import { describe, expect, it } from 'vitest';
import { columnsOf, unbroken, wrap } from '../../../adapters/terminal/wrap.ts';

describe('text for a terminal', () => {
  it('is broken at words, and its continuation is 2 further in', () => {
    expect(wrap('one two three four', { columns: 10 })).toBe('one two\n  three\n  four');
  });

  it('stays as it is where it fits, columns and all', () => {
    expect(wrap('a    b   c\n\n  d\n', { columns: 10 })).toBe('a    b   c\n\n  d\n');
  });

  it('aligns under the text of a bullet, under an indented line, and where it is told to', () => {
    expect(wrap('  - one two three', { columns: 12 })).toBe('  - one two\n    three');
    expect(wrap('   one two three', { columns: 10 })).toBe('   one two\n   three');
    expect(wrap('label one two three', { columns: 16, hang: 6 })).toBe('label one two\n      three');
  });

  it('aligns under the last column of a table, where that has room', () => {
    const words = 'word '.repeat(8).trim();
    const half = 'word word word word';
    expect(wrap(`  0:10   5 %  ${words}`, { columns: 45 })).toBe(
      `  0:10   5 %  word word word word word word\n${' '.repeat(14)}word word`,
    );
    expect(wrap(`a${' '.repeat(20)}${words}`, { columns: 41 })).toBe(`a${' '.repeat(20)}${half}\n  ${half}`);
  });

  it.each([
    ['a URL', 'see https://example.com/a/long/path now', 'see\n  https://example.com/a/long/path\n  now'],
    ['code between backticks', 'run `npm run demo -- --keep`, then', 'run\n  `npm run demo -- --keep`,\n  then'],
    ['a number and its %', 'the rate is 5 % of it', 'the rate is\n  5 % of it'],
    ['what is marked', `type ${unbroken('npx sluice status shop')} now`, 'type\n  npx sluice status shop\n  now'],
  ])('never breaks %s', (_, text, expected) => {
    expect(wrap(text, { columns: 13 })).toBe(expected);
  });

  it('writes what is marked with plain spaces, broken or not', () => {
    expect(wrap(unbroken('a b'))).toBe('a b');
  });

  it('takes a backtick that has no second one for a letter', () => {
    expect(wrap('a `b c d e', { columns: 6 })).toBe('a `b c\n  d e');
  });

  it('does not count colours', () => {
    const red = styleText('red', 'two', { validateStream: false });
    expect(wrap(`one ${red} x`, { columns: 9 })).toBe(`one ${red} x`);
    expect(wrap(`one ${red} three`, { columns: 9 })).toBe(`one ${red}\n  three`);
  });

  it('gets 80 columns in a pipe and on a wide terminal, fewer on a narrow one, and never fewer than 40', () => {
    expect(columnsOf({})).toBe(80);
    expect(columnsOf({ isTTY: true, columns: 200 })).toBe(80);
    expect(columnsOf({ isTTY: true, columns: 60 })).toBe(60);
    expect(columnsOf({ isTTY: true, columns: 3 })).toBe(40);
  });
});

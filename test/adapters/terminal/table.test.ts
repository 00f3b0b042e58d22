import { styleText } from 'node:util';
import { describe, expect, it } from 'vitest';
import { tableRows, tableText } from '../../../adapters/terminal/table.ts';

describe('a table', () => {
  it('has numbers under each other, and of a head of two lines the last one above them', () => {
    expect(
      tableText([
        ['', 'first error\nto rollback', 'lost'],
        ['healthy', '', '0'],
        ['errors', '1.50 s', '1,204'],
      ]),
    ).toBe(
      [
        '         first error',
        '         to rollback   lost',
        'healthy                   0',
        'errors        1.50 s  1,204',
        '',
      ].join('\n'),
    );
  });

  it('stands further in where it is told to, with other columns than the first to the left', () => {
    expect(
      tableRows(
        [
          ['5', 'of it', '1'],
          ['12', 'it', '100'],
        ],
        { words: [1], indent: 2 },
      ),
    ).toEqual([['   5  of it    1'], ['  12  it     100']]);
  });

  it('gives colours no room', () => {
    const red = styleText('red', 'degraded', { validateStream: false });
    expect(
      tableRows([
        [red, '1'],
        ['watching!', '2'],
      ]).flat(),
    ).toEqual([`${red}   1`, 'watching!  2']);
  });
});

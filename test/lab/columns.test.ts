import { expect, it } from 'vitest';
import { columnsText, grouped } from '../../lab/columns.ts';

it('numbers stand under each other, and a head of two lines has its last line above them', () => {
  expect(
    columnsText([
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

it.each([
  [0, '0'],
  [999, '999'],
  [1234567, '1,234,567'],
])('%s is %s', (count, text) => {
  expect(grouped(count)).toBe(text);
});

import { stripVTControlCharacters } from 'node:util';

/** A row of a table: its cells' texts, of one or more lines each. */
export type Row = readonly string[];

export interface TableOptions {
  /** Columns that are read like words and stand to the left; the others stand to the right. By default the first. */
  words?: readonly number[];
  /** Blanks before each line; default 0. */
  indent?: number;
}

/**
 * Rows as lines of text: two blanks between columns that are as wide as their widest cell, no blanks at a line's end, no
 * newlines. In a row whose cells have different numbers of lines the last lines stand beside each other, so that a head ends
 * above its numbers. Colours take no room.
 * @returns the lines of each row
 */
export function tableRows(rows: readonly Row[], { words = [0], indent = 0 }: TableOptions = {}): string[][] {
  const lines = rows.map(linesOf);
  const widths: number[] = [];
  for (const cells of lines.flat()) {
    for (const [column, cell] of cells.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
  }
  const padded = (cell: string, column: number): string => {
    const blanks = ' '.repeat((widths[column] ?? 0) - widthOf(cell));
    return words.includes(column) ? `${cell}${blanks}` : `${blanks}${cell}`;
  };
  const margin = ' '.repeat(indent);
  return lines.map(row => row.map(cells => `${margin}${cells.map(padded).join('  ')}`.trimEnd()));
}

/** The same as one text; each line ends with a newline. */
export const tableText = (rows: readonly Row[], options?: TableOptions): string =>
  tableRows(rows, options)
    .flat()
    .map(line => `${line}\n`)
    .join('');

const widthOf = (text: string): number => stripVTControlCharacters(text).length;

/** A row of cells with several lines, line by line, the last lines at the bottom. */
function linesOf(row: Row): string[][] {
  const cells = row.map(cell => cell.split('\n'));
  const most = Math.max(...cells.map(cell => cell.length));
  return Array.from({ length: most }, (_, line) => cells.map(cell => cell[line - (most - cell.length)] ?? ''));
}

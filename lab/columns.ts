/**
 * Rows as text: the first column from the left, the others from the right, two blanks between them. A cell may have
 * several lines. Each line ends with a newline.
 */
export function columnsText(rows: readonly (readonly string[])[]): string {
  const lines = rows.flatMap(row => linesOf(row));
  const widths = lines.reduce<number[]>(
    (most, cells) => cells.map((cell, i) => Math.max(most[i] ?? 0, cell.length)),
    [],
  );
  const aligned = (cell: string, i: number): string =>
    i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0);
  return lines.map(cells => `${cells.map(aligned).join('  ').trimEnd()}\n`).join('');
}

/** A row of cells with several lines, line by line, the last lines at the bottom. */
function linesOf(row: readonly string[]): string[][] {
  const cells = row.map(cell => cell.split('\n'));
  const most = Math.max(...cells.map(cell => cell.length));
  return Array.from({ length: most }, (_, line) => cells.map(cell => cell[line - (most - cell.length)] ?? ''));
}

/** 9520 is "9,520". */
export const grouped = (count: number): string => count.toLocaleString('en-US');

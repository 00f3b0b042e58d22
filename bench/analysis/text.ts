import type { AnalysisFigure, Section } from './figures.ts';

/** A section as lines for people: every figure beside its limit and beside the other judges'. */
export function sectionText({ title, how, figures, tables = [] }: Section): string {
  return [
    `${title}\n${how}`,
    ...figures.map(figureText),
    ...tables.map(
      table => `  ${table.title}\n${tableText([table.columns, ...table.rows.map(row => row.map(cellText))])}`,
    ),
    '',
  ].join('\n');
}

const figureText = (figure: AnalysisFigure): string => {
  const { name, value, unit, interval, limit, kept, beside } = figure;
  const range =
    interval === undefined ? '' : `, 99 % interval ${numberText(interval[0])} to ${numberText(interval[1])}`;
  const bound =
    limit === undefined ? '' : `, limit ${'atMost' in limit ? `<= ${limit.atMost}` : `>= ${limit.atLeast}`}`;
  const others = Object.entries(beside ?? {})
    .map(([judge, number]) => `${judge} ${number === null ? '-' : numberText(number)}`)
    .join('; ');
  const line = `  ${mark(kept)}${name}: ${numberText(value)} ${unit}${range}${bound}`;
  return others === '' ? line : `${line}\n      beside: ${others}`;
};

const mark = (kept: AnalysisFigure['kept']): string => {
  if (kept === undefined) return '';
  if (kept === 'open') return 'open (too few releases): ';
  return kept ? 'kept: ' : 'MISSED: ';
};

/** Three digits that count, none of them lost of large numbers. */
export const numberText = (value: number): string => {
  if (Number.isInteger(value)) return String(value);
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(Math.abs(value) >= 1 ? 2 : 3);
};

const cellText = (cell: string | number | null): string =>
  cell === null ? '-' : typeof cell === 'number' ? numberText(cell) : cell;

/** Columns as wide as their widest cell, the first to the left and the others to the right. */
export function tableText(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => (row[column] ?? '').length)));
  return rows
    .map(row => {
      const cells = row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)));
      return `    ${cells.join('  ')}`;
    })
    .join('\n');
}

import { tableRows } from '../../adapters/terminal/table.ts';
import { figureText } from '../../domain/number-text.ts';
import type { AnalysisFigure, Section } from './figures.ts';

/** A section as lines for people: every figure beside its limit and beside the other judges'. */
export function sectionText({ title, how, figures, tables = [] }: Section): string {
  return [
    `${title}\n${how}`,
    ...figures.map(lineText),
    ...tables.flatMap(({ title, columns, rows }) => [
      `  ${title}`,
      ...tableRows([columns, ...rows.map(row => row.map(cellText))], { indent: 4 }).flat(),
    ]),
    '',
  ].join('\n');
}

const lineText = (figure: AnalysisFigure): string => {
  const { name, value, unit, interval, limit, kept, beside } = figure;
  const range =
    interval === undefined ? '' : `, 99 % interval ${figureText(interval[0])} to ${figureText(interval[1])}`;
  const bound =
    limit === undefined ? '' : `, limit ${'atMost' in limit ? `<= ${limit.atMost}` : `>= ${limit.atLeast}`}`;
  const others = Object.entries(beside ?? {})
    .map(([judge, number]) => `${judge} ${number === null ? '-' : figureText(number)}`)
    .join('; ');
  const line = `  ${mark(kept)}${name}: ${figureText(value)} ${unit}${range}${bound}`;
  return others === '' ? line : `${line}\n      beside: ${others}`;
};

const mark = (kept: AnalysisFigure['kept']): string => {
  if (kept === undefined) return '';
  if (kept === 'open') return 'open (too few releases): ';
  return kept ? 'kept: ' : 'MISSED: ';
};

const cellText = (cell: string | number | null): string =>
  cell === null ? '-' : typeof cell === 'number' ? figureText(cell) : cell;

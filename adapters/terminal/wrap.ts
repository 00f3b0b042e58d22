import { stripVTControlCharacters } from 'node:util';

/** What a terminal has where nobody made it wider or narrower; pipes and files get as much. */
export const COLUMNS = 80;
/** Narrower than this nothing is readable anyway. */
const LEAST_COLUMNS = 40;
/** Stands for a space at which no line is broken; `wrap` writes it as a space. */
const UNBROKEN = '\u00a0';

export interface WrapOptions {
  /** Columns at which continuation lines begin; by default they are found in the line, see `wrap`. */
  hang?: number | undefined;
  /** Columns that the longest line may have; default 80. */
  columns?: number | undefined;
}

/** Columns for text on this stream: 80, or fewer on a terminal that has fewer. */
export const columnsOf = ({ isTTY, columns }: { isTTY?: boolean; columns?: number }): number =>
  isTTY === true && columns !== undefined ? Math.max(LEAST_COLUMNS, Math.min(COLUMNS, columns)) : COLUMNS;

/** A command or an example that must stay in one piece, so that it can be pasted: `wrap` does not break it. */
export const unbroken = (text: string): string => text.replaceAll(' ', UNBROKEN);

/**
 * Breaks lines at words. Lines that fit stay as they are. Never broken: a URL or any other word, what stands between
 * backticks, a number and its %, and what `unbroken` made; where one is longer than a line it has a line of its own.
 * Continuation lines stand under the last column of a table (columns are two blanks or more apart), under a bullet's
 * text, under an indented line, and 2 further in than any other.
 */
export const wrap = (text: string, { hang, columns = COLUMNS }: WrapOptions = {}): string =>
  text
    .split('\n')
    .map(line => wrapLine(line, hang ?? hangOf(stripVTControlCharacters(line), columns), columns))
    .join('\n')
    .replaceAll(UNBROKEN, ' ');

/** A column of fewer than these is not worth having: then the text goes on under the line's beginning. */
const LEAST_OF_COLUMN = 30;

const widthOf = (text: string): number => stripVTControlCharacters(text).length;

function wrapLine(line: string, hang: number, columns: number): string {
  if (widthOf(line) <= columns) return line;
  const indent = ' '.repeat(hang);
  const lines: string[] = [];
  let current = '';
  for (const [, blanks = '', word = ''] of line.matchAll(/( *)((?:`[^`]*`|(?<=\d) (?=%)|[^ ])+)/g)) {
    const longer = `${current}${blanks}${word}`;
    if (current.trim() !== '' && widthOf(longer) > columns) {
      lines.push(current);
      current = `${indent}${word}`;
    } else current = longer;
  }
  return [...lines, current].join('\n');
}

function hangOf(line: string, columns: number): number {
  const [start = '', indent = '', bullet] = /^( *)(- )?/.exec(line) ?? [];
  const gaps = [...line.slice(0, columns - LEAST_OF_COLUMN).matchAll(/(?<=\S) {2,}(?=\S)/g)];
  const last = gaps.at(-1);
  if (last !== undefined) return last.index + last[0].length;
  return bullet === undefined && indent === '' ? 2 : start.length;
}

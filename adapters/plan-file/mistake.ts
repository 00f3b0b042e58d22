/** One mistake in a file that a person wrote, ready to be shown. */
export interface Mistake {
  file: string;
  /** Absent where there is no place in the text: the file is missing, say. */
  at?: {
    /** 1-based. */
    line: number;
    /** 1-based, in UTF-16 units, as editors count. */
    column: number;
    /** How many columns are meant; 1 or more. */
    length: number;
    lineText: string;
  };
  /** `metrics[0].judge.kind`; empty where the file as a whole is meant. */
  path: string;
  found: string;
  expected: string;
  /** What was probably meant, as it would be written. */
  guess?: string;
  /** Of a file of another tool: what its parts are in a plan, a line each. */
  becomes?: readonly string[];
}

/** With the number of a line before it a line of 80. */
const SHOWN_COLUMNS = 70;

/** All mistakes as a person reads them in a terminal: place, sentence, the offending line, a caret, a guess. */
export function serialiseMistakes(mistakes: readonly Mistake[]): string {
  const count = mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`;
  return `${mistakes.map(mistakeText).join('\n')}\n${count}\n`;
}

function mistakeText({ file, at, path, found, expected, guess, becomes = [] }: Mistake): string {
  const place = at === undefined ? file : `${file}:${at.line}:${at.column}`;
  const where = path === '' ? '' : ` ${printable(path)}:`;
  const lines = [`${printable(place)}:${where} found ${printable(found)}; expected ${printable(expected)}`];
  if (at !== undefined) {
    const number = String(at.line);
    // A very long line is shown from a little before the mistake.
    const from = at.column > SHOWN_COLUMNS ? at.column - 40 : 0;
    const shown = at.lineText.slice(from, from + SHOWN_COLUMNS);
    const length = Math.max(1, Math.min(at.length, shown.length - (at.column - 1 - from)));
    const indent = shown.slice(0, at.column - 1 - from).replaceAll(/[^\t]/g, ' ');
    lines.push(`  ${number} | ${printable(shown)}`);
    lines.push(`  ${' '.repeat(number.length)} | ${indent}${'^'.repeat(length)}`);
  }
  for (const line of becomes) lines.push(`  ${printable(line)}`);
  if (guess !== undefined) lines.push(`  did you mean ${printable(guess)}?`);
  return `${lines.join('\n')}\n`;
}

/** Control characters, escape sequences for terminals among them, do not reach the terminal. One for one: carets stay right. */
const printable = (text: string): string => text.replaceAll(/[^\t\P{C}]/gu, '·');

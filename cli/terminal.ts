import { type Paint, plain } from '../adapters/terminal/paint.ts';
import { type WrapOptions, wrap } from '../adapters/terminal/wrap.ts';
import { printable } from '../domain/printable.ts';

/** What a command writes to and answers with; in tests a fake, so that no command touches the process itself. */
export interface Terminal {
  /** Written as it is; text for people goes through `say`. */
  out(text: string): void;
  err(text: string): void;
  /** 0 done, 1 the release was not promoted, 2 bad input or refused, 3 the control plane failed. Set by a command, 0 until then. */
  exitCode: number;
  /** Columns that a line of text may have; 80 where absent. */
  columns?: number | undefined;
  /** Colours, where `out` wants them. */
  paint?: Paint | undefined;
}

/** Text for people: broken at words, as adapters/terminal/wrap.ts says, and with no commands to a terminal but our colours. Ends with a newline. */
export const say = (terminal: Terminal, text: string, options: Pick<WrapOptions, 'hang'> = {}): void =>
  terminal.out(wrap(coloursOnly(text), { ...options, columns: terminal.columns }));

/** Colours are `\x1b[..m` of digits; whatever else would be obeyed came from outside. */
const coloursOnly = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: our colours are made of them
    .split(/(\x1b\[\d{1,3}(?:;\d{1,3})*m)/)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join('');

export const paintOf = ({ paint }: Terminal): Paint => paint ?? plain;

/** A line of a file that is shown, and the caret under it: broken they would say nothing. */
const EXCERPT = /^ *\d* \| /;

/** The same terminal, with whatever is told on `err` broken at words. */
export const fitted = (terminal: Terminal): Terminal => ({
  out: text => terminal.out(text),
  err: text =>
    terminal.err(
      coloursOnly(text)
        .split('\n')
        .map(line => (EXCERPT.test(line) ? line : wrap(line, { columns: terminal.columns })))
        .join('\n'),
    ),
  exitCode: terminal.exitCode,
  columns: terminal.columns,
  paint: terminal.paint,
});

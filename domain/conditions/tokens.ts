import { BadInputError } from '../errors.ts';

/** Something that a reader of the plan can mend: where it is and what to write instead. */
export class ConditionMistakeError extends BadInputError {
  override readonly name = 'ConditionMistakeError';
  /** 1-based place in the whole text of the condition. */
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** Longest first, so that '<=' is not read as '<' and '='. */
const SYMBOLS = [
  ...['&&', '||', '<=', '>=', '==', '!=', '**', '??', '?.', '..'],
  ...['<', '>', '!', '+', '-', '*', '/', '%', '^', '|', '?', ':', '.', '(', ')', '[', ']', '{', '}', ',', '#'],
] as const;

/** `at` is 1-based in the whole text; `isInt`: written without a point or an exponent, as Go tells them apart. */
export type Token =
  | { kind: 'number'; at: number; text: string; value: number; isInt: boolean }
  | { kind: 'string'; at: number; text: string; value: string }
  | { kind: 'name'; at: number; text: string }
  | { kind: 'symbol'; at: number; text: string }
  | { kind: 'end'; at: number; text: '' };

const SPACE = /\s|\/\/[^\n]*|\/\*.*?\*\//sy;
const HEX = /0[xX][0-9a-fA-F]+/y;
// The point of a range, as in 1..5, is not that of a number.
const NUMBER = /(?:\d[\d_]*(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /[A-Za-z_$][A-Za-z0-9_$]*/y;
const STRING = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`/sy;
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|.)/gs;
const ESCAPED: Record<string, string> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"', '/': '/' };

/** What people write where this language has another sign, and what to write instead. */
const HINTS: Record<string, string> = {
  '=': "a comparison is written '=='",
  '&': "'and' is written '&&'",
  "'": 'a text ends with the quote that it begins with',
  '"': 'a text ends with the quote that it begins with',
  '`': 'a text ends with the quote that it begins with',
};

/** @throws ConditionMistakeError at the first character that begins nothing */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  while (at < text.length) {
    const space = match(SPACE);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const token = nextToken(text, at, match);
    tokens.push(token);
    at += token.text.length;
  }
  tokens.push({ kind: 'end', at: text.length + 1, text: '' });
  return tokens;
}

function nextToken(text: string, offset: number, match: (pattern: RegExp) => string | undefined): Token {
  const at = offset + 1;
  const hex = match(HEX);
  const number = hex ?? match(NUMBER);
  if (number !== undefined) {
    const value = Number(number.replaceAll('_', ''));
    if (!Number.isFinite(value)) throw new ConditionMistakeError(at, `the number ${number} is too large`);
    return { kind: 'number', at, text: number, value, isInt: hex !== undefined || !/[.eE]/.test(number) };
  }
  const name = match(NAME);
  if (name !== undefined) return { kind: 'name', at, text: name };
  const quoted = match(STRING);
  if (quoted !== undefined) return { kind: 'string', at, text: quoted, value: unescaped(quoted, at) };
  const symbol = SYMBOLS.find(candidate => text.startsWith(candidate, offset));
  if (symbol !== undefined) return { kind: 'symbol', at, text: symbol };
  const found = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  const hint = HINTS[found];
  throw new ConditionMistakeError(
    at,
    `found '${found}', which means nothing here${hint === undefined ? '' : `: ${hint}`}`,
  );
}

function unescaped(quoted: string, at: number): string {
  const inner = quoted.slice(1, -1);
  if (quoted.startsWith('`')) return inner;
  return inner.replaceAll(ESCAPE, (all, unicode?: string, byte?: string) => {
    const code = unicode ?? byte;
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    const meant = ESCAPED[all.slice(1)];
    if (meant === undefined) throw new ConditionMistakeError(at, `found ${all} in a text; a backslash is written \\\\`);
    return meant;
  });
}

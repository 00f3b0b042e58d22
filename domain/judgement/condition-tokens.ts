/** Something that a reader of the plan can mend: where it is (1-based) and what to write instead. */
export class ConditionMistake extends Error {
  override readonly name = 'ConditionMistake';
  readonly column: number;
  constructor(column: number, message: string) {
    super(message);
    this.column = column;
  }
}

export const SYMBOLS = [
  '&&',
  '||',
  '<=',
  '>=',
  '==',
  '!=',
  '<',
  '>',
  '!',
  '+',
  '-',
  '*',
  '/',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  '#',
] as const;
export type SymbolText = (typeof SYMBOLS)[number];

export type Token =
  | { kind: 'number'; column: number; text: string; value: number }
  | { kind: 'name'; column: number; text: string }
  | { kind: 'symbol'; column: number; text: SymbolText }
  | { kind: 'end'; column: number; text: '' };

const SPACE = /\s+/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;

/** What people write where this language has another sign, and what to write instead. */
const HINTS: Record<string, string> = {
  '=': "a comparison is written '=='",
  '&': "'and' is written '&&'",
  '|': "'or' is written '||'",
  '%': 'a share is written as a number: 1 % is 0.01',
};

/** @throws ConditionMistake at the first character that begins nothing */
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
  tokens.push({ kind: 'end', column: text.length + 1, text: '' });
  return tokens;
}

function nextToken(text: string, at: number, match: (pattern: RegExp) => string | undefined): Token {
  const column = at + 1;
  const number = match(NUMBER);
  if (number !== undefined) {
    const value = Number(number);
    if (!Number.isFinite(value)) throw new ConditionMistake(column, `the number ${number} is too large`);
    return { kind: 'number', column, text: number, value };
  }
  const name = match(NAME);
  if (name !== undefined) return { kind: 'name', column, text: name };
  const symbol = SYMBOLS.find(candidate => text.startsWith(candidate, at));
  if (symbol !== undefined) return { kind: 'symbol', column, text: symbol };
  const found = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const hint = HINTS[found];
  throw new ConditionMistake(
    column,
    `found '${found}', which means nothing here${hint === undefined ? '' : `: ${hint}`}`,
  );
}

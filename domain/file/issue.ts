/** Where in a file's value something is: keys of maps, indices of lists. */
export type Path = readonly (string | number)[];

/**
 * One mistake in a file, by path: the domain knows no lines. Reads as "found {found}; expected {expected}".
 * `at` says what of the path is meant: its value, its key, both (`pair`), or the map that lacks it.
 */
export interface Issue {
  path: Path;
  at: 'value' | 'key' | 'pair' | 'missing';
  /** 1-based column inside the text that is the value, where the mistake is in the middle of it. */
  column?: number;
  /** How many characters from there on are meant; 1 where it is absent. */
  length?: number;
  found: string;
  expected: string;
  /** What was probably meant, as it would be written. */
  guess?: string;
  /** Of a file of another tool: what its parts are in a plan, a line each. */
  becomes?: readonly string[];
}

/** `metrics[0].judge.kind`; the file itself is the empty string. */
export const pathText = (path: Path): string =>
  path.map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`)).join('');

/** What stands at `path`; undefined where the path leaves the value. */
export function valueAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Record<string | number, unknown>)[key];
  }
  return here;
}

const QUOTED_AT_MOST = 60;

/** A value as a mistake names it: short, on one line. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') {
    const shown = value.length > QUOTED_AT_MOST ? `${value.slice(0, QUOTED_AT_MOST)}…` : value;
    return value === '' ? 'an empty text' : `'${shown.replaceAll(/\s+/g, ' ')}'`;
  }
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a map';
  return String(value);
}

/** `a`, `a or b`, `a, b or c`. */
export const oneOf = (words: readonly string[]): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

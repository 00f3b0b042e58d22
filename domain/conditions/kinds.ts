import type { ResultValue } from './result-value.ts';
import type { Expression } from './tree.ts';

/** What is known of a value before it is there. Go tells whole numbers from others; `any` is not known. */
export type Type = 'int' | 'float' | 'string' | 'boolean' | 'nil' | 'map' | 'any' | { list: Type };

const WORDS: Record<Exclude<Type, object>, string> = {
  int: 'a number',
  float: 'a number',
  string: 'a text',
  boolean: 'true or false',
  nil: 'nil',
  map: 'a map',
  any: 'a value',
};
/** A type as a person would say it. */
export const wordsOf = (type: Type): string => (typeof type === 'object' ? 'a list' : WORDS[type]);

/** The type of a result that is there, as Argo compiles each condition anew for each result. Of nil nothing is known. */
export function typeOfValue(value: ResultValue): Type {
  if (Array.isArray(value)) return { list: value.every(entry => typeof entry === 'number') ? 'float' : 'any' };
  if (value === null) return 'any';
  if (typeof value === 'object') return 'map';
  return typeof value === 'number' ? 'float' : (typeof value as 'string' | 'boolean');
}

/** What an operator or a function asks for. */
export type Wanted = 'number' | 'int' | 'string' | 'boolean' | 'list' | 'numbers';
const WANTED: Record<Wanted, string> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  list: 'a list',
  numbers: 'numbers',
};

export const wantedText = (wanted: Wanted): string => WANTED[wanted];

export const isNumber = (type: Type): boolean => type === 'int' || type === 'float';

export function fits(type: Type, wanted: Wanted): boolean {
  if (type === 'any') return true;
  if (wanted === 'number') return isNumber(type);
  if (wanted === 'list') return typeof type === 'object';
  if (wanted === 'numbers') return typeof type === 'object' && fits(type.list, 'number');
  return type === wanted;
}

/** Whether two values can be equal; nil can equal anything. */
export const sameKind = (a: Type, b: Type): boolean =>
  a === 'any' || b === 'any' || a === 'nil' || b === 'nil' || wordsOf(a) === wordsOf(b);

/** The one type of all of them, or `any`. */
export function common(types: readonly Type[]): Type {
  const [first = 'any', ...rest] = types;
  if (rest.every(type => JSON.stringify(type) === JSON.stringify(first))) return first;
  return types.every(isNumber) ? 'float' : 'any';
}

export function wantedLike(type: Type): Wanted {
  if (typeof type === 'object') return 'list';
  return type === 'boolean' || type === 'string' ? type : 'number';
}

export function hintFor(part: Expression, wanted: Wanted, by: string, type: Type): string {
  if (part.kind === 'result' && wanted === 'number' && typeof type === 'object')
    return ': result is a list here, its first entry is result[0]';
  if (by === 'not' && isNumber(type)) return ': put the comparison in parentheses';
  if (wanted === 'int' && type === 'float') return ' that may have decimals: asInt(…) makes it whole';
  if (wanted === 'number' && type === 'string') return ': asFloat(…) reads a number from a text';
  return '';
}

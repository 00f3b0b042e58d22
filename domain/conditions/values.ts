import { assertNever } from '../assert-never.ts';
import { UnusableError } from '../errors.ts';
import type { ResultValue } from './result-value.ts';
import type { BinaryOperator } from './tree.ts';

/** A condition that cannot be evaluated: becomes `kind: 'error'`, in Argo's words a measurement that is an Error. */
export class EvaluationError extends UnusableError {
  override readonly name: string = 'EvaluationError';
}
/** The entry is not there: the one error that `default` answers. */
export class MissingEntryError extends EvaluationError {
  override readonly name = 'MissingEntryError';
}

export type ResultMap = { [key: string]: ResultValue };

export const isMap = (value: ResultValue): value is ResultMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value as an error names it. */
export function shown(value: ResultValue): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isMap(value)) return 'a map';
  if (value === null) return 'nil';
  return typeof value === 'string' ? `the text '${value.slice(0, 40)}'` : `${value}`;
}

export function numberOf(value: ResultValue, by: string): number {
  if (typeof value === 'number') return value;
  throw new EvaluationError(`${by} needs a number, found ${shown(value)}`);
}

export function booleanOf(value: ResultValue, by: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new EvaluationError(`${by} needs true or false, found ${shown(value)}`);
}

export function listOf(value: ResultValue, by: string): ResultValue[] {
  if (Array.isArray(value)) return value;
  throw new EvaluationError(`${by} needs a list, found ${shown(value)}`);
}

export function textOf(value: ResultValue, by: string): string {
  if (typeof value === 'string') return value;
  throw new EvaluationError(`${by} needs a text, found ${shown(value)}`);
}

/** Go slices texts by bytes; here by characters, which for anything but ASCII is what was meant. */
export const charactersOf = (text: string): string[] => [...text];

/** expr-lang's Fetch: a key that a map lacks is nil, an index beyond a list is an error, nil has no entries. */
export function entryOf(of: ResultValue, key: ResultValue, name: string): ResultValue {
  if (isMap(of)) {
    const field = textOf(key, `a key of ${name}`);
    return Object.hasOwn(of, field) ? (of[field] ?? null) : null;
  }
  const list = typeof of === 'string' ? charactersOf(of) : of;
  if (!Array.isArray(list)) {
    if (of === null) throw new MissingEntryError(`${name} is nil: it has no ${shownKey(key)}`);
    throw new EvaluationError(`${name} is ${shown(of)}: it has no ${shownKey(key)}`);
  }
  if (typeof key === 'string') throw new EvaluationError(`${name} is ${shown(of)}: it has no ${shownKey(key)}`);
  const index = numberOf(key, `an index of ${name}`);
  const entry = Number.isInteger(index) ? list.at(index) : undefined;
  if (entry !== undefined) return entry;
  throw new MissingEntryError(`${name}[${index}] is not there: ${name} has ${list.length} entries`);
}

const shownKey = (key: ResultValue): string => (typeof key === 'string' ? `field ${key}` : 'entries');

export function sliceOf(of: ResultValue, from: number | undefined, to: number | undefined): ResultValue {
  return typeof of === 'string' ? charactersOf(of).slice(from, to).join('') : listOf(of, "'[:]'").slice(from, to);
}

/** expr-lang's Equal: numbers by value (NaN equals nothing), lists and maps entry by entry, all else of one kind. */
function isEqual(a: ResultValue, b: ResultValue): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((x, i) => isEqual(x, b[i] ?? null));
  }
  if (!isMap(a) || !isMap(b)) return a === b;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every(key => Object.hasOwn(b, key) && isEqual(a[key] ?? null, b[key] ?? null))
  );
}

/** All operators but those that do not always look at their right side. */
export type EagerOperator = Exclude<BinaryOperator, 'and' | 'or' | '??' | '..'>;

/** Numbers are Go's float64: every comparison with NaN is false but `!=`, and x / 0 is infinite. */
export function operate(operator: EagerOperator, left: ResultValue, right: ResultValue): ResultValue {
  const by = `'${operator}'`;
  switch (operator) {
    case '==':
      return isEqual(left, right);
    case '!=':
      return !isEqual(left, right);
    case 'in':
      return isIn(left, right);
    case 'contains':
      return textOf(left, by).includes(textOf(right, by));
    case 'startsWith':
      return textOf(left, by).startsWith(textOf(right, by));
    case 'endsWith':
      return textOf(left, by).endsWith(textOf(right, by));
    case '<':
    case '<=':
    case '>':
    case '>=':
      return typeof left === 'string'
        ? compare(operator, left, textOf(right, by))
        : compare(operator, numberOf(left, by), numberOf(right, by));
    case '+':
      if (typeof left === 'string') return left + textOf(right, by);
      return numberOf(left, by) + numberOf(right, by);
    case '-':
      return numberOf(left, by) - numberOf(right, by);
    case '*':
      return numberOf(left, by) * numberOf(right, by);
    case '/':
      return numberOf(left, by) / numberOf(right, by);
    case '**':
      return numberOf(left, by) ** numberOf(right, by);
    case '%': {
      const [a, b] = [numberOf(left, by), numberOf(right, by)];
      if (!Number.isInteger(a) || !Number.isInteger(b))
        throw new EvaluationError(`'%' needs whole numbers, found ${a} and ${b}`);
      if (b === 0) throw new EvaluationError("'%' by 0");
      return a % b;
    }
    default:
      return assertNever(operator);
  }
}

function compare<T extends string | number>(operator: '<' | '<=' | '>' | '>=', a: T, b: T): boolean {
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return assertNever(operator);
  }
}

function isIn(needle: ResultValue, within: ResultValue): boolean {
  if (within === null) return false;
  if (isMap(within)) return Object.hasOwn(within, textOf(needle, "'in'"));
  return listOf(within, "'in'").some(entry => isEqual(entry, needle));
}

import { assertNever } from '../assert-never.ts';
import type { ResultValue } from './result-value.ts';
import type { FunctionName } from './tree.ts';
import {
  charactersOf,
  EvaluationError,
  entryOf,
  isMap,
  listOf,
  MissingEntryError,
  numberOf,
  type ResultMap,
  shown,
  textOf,
} from './values.ts';

/** All functions but `default`, which may not fail with its first argument. */
export function callFunction(name: Exclude<FunctionName, 'default'>, parameters: readonly ResultValue[]): ResultValue {
  const [first = null, second = null] = parameters;
  switch (name) {
    case 'asInt':
    case 'int':
      return wholeOf(first, name);
    case 'asFloat':
    case 'float':
      return typeof first === 'string' ? parsedFloat(first, name) : numberOf(first, name);
    case 'isNaN':
      return Number.isNaN(numberOf(first, name));
    case 'isInf':
      return Math.abs(numberOf(first, name)) === Number.POSITIVE_INFINITY;
    case 'isNil':
      return first === null;
    case 'len':
      if (typeof first === 'string') return charactersOf(first).length;
      return isMap(first) ? Object.keys(first).length : listOf(first, name).length;
    case 'abs':
      return Math.abs(numberOf(first, name));
    case 'ceil':
      return Math.ceil(numberOf(first, name));
    case 'floor':
      return Math.floor(numberOf(first, name));
    case 'round':
      return roundHalfAway(numberOf(first, name));
    case 'max':
      return numbersOf(parameters.flat(), name).reduce((a, b) => (a < b ? b : a));
    case 'min':
      return numbersOf(parameters.flat(), name).reduce((a, b) => (a > b ? b : a));
    case 'sum':
      return listOf(first, name).reduce<number>((total, entry) => total + numberOf(entry, name), 0);
    case 'mean': {
      const numbers = numbersOf(listOf(first, name), name);
      return numbers.reduce((total, entry) => total + entry, 0) / numbers.length;
    }
    case 'median':
      return medianOf(numbersOf(listOf(first, name), name));
    case 'first':
      return listOf(first, name).at(0) ?? null;
    case 'last':
      return listOf(first, name).at(-1) ?? null;
    case 'get':
      return getOr(first, second);
    case 'keys':
      return Object.keys(mapOf(first, name));
    case 'values':
      return Object.values(mapOf(first, name));
    case 'lower':
      return textOf(first, name).toLowerCase();
    case 'upper':
      return textOf(first, name).toUpperCase();
    case 'trim':
      return textOf(first, name).trim();
    default:
      return assertNever(name);
  }
}

function mapOf(value: ResultValue, by: string): ResultMap {
  if (isMap(value)) return value;
  throw new EvaluationError(`${by} needs a map, found ${shown(value)}`);
}

/** expr-lang calls the mean of nothing 0; of nothing there is none, and missing data must not look good. */
function numbersOf(list: readonly ResultValue[], by: string): number[] {
  if (list.length === 0) throw new EvaluationError(`${by} needs at least one number, found none`);
  return list.map(entry => numberOf(entry, by));
}

function medianOf(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}

const roundHalfAway = (value: number): number => Math.sign(value) * Math.round(Math.abs(value));

/** nil where it is not there; that is what expr-lang's `get` is for. */
function getOr(of: ResultValue, key: ResultValue): ResultValue {
  try {
    return entryOf(of, key, 'the first argument of get');
  } catch (error) {
    if (error instanceof MissingEntryError) return null;
    throw error;
  }
}

/** Whether a text of digits is a number that Go's int64 holds. */
function isInt64(text: string): boolean {
  const digits = text.replace(/^[+-]?0*/, '');
  const most = text.startsWith('-') ? '9223372036854775808' : '9223372036854775807';
  return digits.length <= most.length && digits.padStart(most.length, '0') <= most;
}

/** Go's strconv.ParseInt with base 10: a text with decimals is an error, a number is cut off towards 0. */
function wholeOf(value: ResultValue, by: string): number {
  if (typeof value === 'string') {
    if (/^[+-]?\d+$/.test(value) && isInt64(value)) return Number(value);
    throw new EvaluationError(`${by} needs a text that is a whole number, found ${shown(value)}`);
  }
  const number = numberOf(value, by);
  if (!Number.isFinite(number)) throw new EvaluationError(`${by} needs a finite number, found ${number}`);
  return Math.trunc(number);
}

/** Go's strconv.ParseFloat, but for its hexadecimal floats. */
function parsedFloat(text: string, by: string): number {
  if (/^nan$/i.test(text)) return Number.NaN;
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(number)) return number;
  throw new EvaluationError(`${by} needs a text that is a number, found ${shown(text)}`);
}

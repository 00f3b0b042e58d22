/**
 * What a check can answer: a Prometheus scalar (a number) or vector (a list of numbers), or any JSON of an endpoint.
 * Numbers may be NaN or infinite, as Prometheus' are.
 */
export type ResultValue = null | boolean | number | string | ResultValue[] | { [key: string]: ResultValue };

/** A `ResultValue` as it is kept: plain JSON, which has no NaN and no infinities; they are `{ $number: 'NaN' }` and so on. */
export type StoredResult = null | boolean | number | string | StoredResult[] | { [key: string]: StoredResult };

const NUMBER_KEY = '$number';
const NUMBERS = { NaN: Number.NaN, '+Inf': Number.POSITIVE_INFINITY, '-Inf': Number.NEGATIVE_INFINITY } as const;

/** No answer that a condition is written for is nested deeper; what is would overflow the stack of whoever walks it. */
export const MAX_RESULT_DEPTH = 100;

/** Whether a value is nested deeper than MAX_RESULT_DEPTH; without recursion, so that any value can be asked about. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= MAX_RESULT_DEPTH; depth += 1) {
    level = level.flatMap(one => (typeof one === 'object' && one !== null ? Object.values(one) : []));
    if (level.length === 0) return false;
  }
  return true;
}

/** For metric sources: what `JSON.stringify` would lose is written out. */
export function storedResult(value: ResultValue): StoredResult {
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return { [NUMBER_KEY]: 'NaN' };
    if (!Number.isFinite(value)) return { [NUMBER_KEY]: value > 0 ? '+Inf' : '-Inf' };
    return value;
  }
  if (Array.isArray(value)) return value.map(storedResult);
  if (typeof value === 'object' && value !== null) return mapped(value, storedResult);
  return value;
}

/** The inverse of `storedResult`. */
export function resultOf(stored: StoredResult): ResultValue {
  if (Array.isArray(stored)) return stored.map(resultOf);
  if (typeof stored !== 'object' || stored === null) return stored;
  const text = stored[NUMBER_KEY];
  if (Object.keys(stored).length === 1 && typeof text === 'string' && Object.hasOwn(NUMBERS, text)) {
    return NUMBERS[text as keyof typeof NUMBERS];
  }
  return mapped(stored, resultOf);
}

/** `__proto__` stays a key like any other: an endpoint's JSON is not ours. */
const mapped = <From, To>(map: { [key: string]: From }, change: (value: From) => To): { [key: string]: To } =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));

/**
 * What a check can answer: a Prometheus scalar (a number) or vector (a list of numbers), or any JSON of an endpoint.
 * Numbers may be NaN or infinite, as Prometheus' are.
 */
export type ResultValue = null | boolean | number | string | ResultValue[] | { [key: string]: ResultValue };

/** A `ResultValue` as it is kept: plain JSON, which has no NaN and no infinities; they are `{ $number: 'NaN' }` and so on. */
export type StoredResult = null | boolean | number | string | StoredResult[] | { [key: string]: StoredResult };

const NUMBER_KEY = '$number';
const NUMBERS = { NaN: Number.NaN, '+Inf': Number.POSITIVE_INFINITY, '-Inf': Number.NEGATIVE_INFINITY } as const;

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

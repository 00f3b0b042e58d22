/** `path` is a JSON pointer into the definition: `/States/Look/Retry/0`. */
export interface Mistake {
  path: string;
  message: string;
}

export type JsonObject = Record<string, unknown>;

/** What a rule is given: one state of the definition. */
export interface StateUnderLint {
  name: string;
  path: string;
  state: JsonObject;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const objectsIn = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

export const stringsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];

/** Every string in `value`, with its key and the path to it. */
export function* stringLeaves(
  value: unknown,
  path: string,
  key = '',
): Generator<{ path: string; key: string; text: string }> {
  if (typeof value === 'string') yield { path, key, text: value };
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* stringLeaves(item, `${path}/${index}`, key);
  }
  if (isObject(value)) {
    for (const [name, item] of Object.entries(value)) yield* stringLeaves(item, `${path}/${name}`, name);
  }
}

/** The largest timer that Node and the embedded engine keep: 2^31-1 ms. Beyond it one fires at once. */
export const MOST_SECONDS = 2_147_483;

export const isTooLong = (seconds: unknown): boolean => typeof seconds === 'number' && seconds > MOST_SECONDS;

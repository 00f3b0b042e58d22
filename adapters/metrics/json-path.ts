import { JSONPathEnvironment, JSONPathError, type JSONPathQuery, type JSONValue } from 'json-p3';
import type { ResultValue } from '../../domain/judgement/result-value.ts';

/** RFC 9535, by json-p3: no eval, and nothing that is not in the standard. */
const environment = new JSONPathEnvironment({ strict: true });

/** What is wrong with a JSONPath, with its 1-based column; undefined: nothing. */
export function jsonPathMistake(text: string): { column: number; message: string } | undefined {
  try {
    environment.compile(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof JSONPathError)) throw error;
    const { value, index } = error.token;
    // json-p3 puts the text and the position behind its message; both are told elsewhere
    const message = error.message.replace(/ \('.*':\d+\)$/s, '');
    return { column: index + 1, message: text === '' ? 'nothing' : message || value };
  }
}

/**
 * What the path finds: the value itself where the path can match one node only, else a list of all that it matches.
 * Undefined: nothing.
 */
export function jsonPathValue(text: string, value: ResultValue): ResultValue | undefined {
  const query: JSONPathQuery = environment.compile(text);
  const found = query.query(value as JSONValue).values() as ResultValue[];
  if (found.length === 0) return undefined;
  return query.singularQuery() ? found[0] : found;
}

import functionTimeout, { isTimeoutError } from 'function-timeout';
import { JSONPathEnvironment, JSONPathError, type JSONValue } from 'json-p3';
import { MAX_RESULT_DEPTH, type ResultValue } from '../../../domain/conditions/result-value.ts';
import { UnusableError } from '../../../domain/errors.ts';

/** Of one path over one answer; a plain path over a megabyte takes up to 50 ms. */
const JSON_PATH_MS = 500;
/** Of the text of a path. */
const JSON_PATH_MOST_CHARACTERS = 500;

/** RFC 9535, by json-p3: no eval, and nothing that is not in the standard. As deep as an answer may be, and one. */
const environment = new JSONPathEnvironment({ strict: true, maxRecursionDepth: MAX_RESULT_DEPTH + 2 });

/** A path that cannot be followed in this answer: it takes too long, or the library gives up. */
export class JsonPathError extends UnusableError {
  override readonly name = 'JsonPathError';
}

/** What is wrong with a JSONPath, with its 1-based column; undefined: nothing. */
export function jsonPathMistake(text: string): { column: number; message: string } | undefined {
  if (text.length > JSON_PATH_MOST_CHARACTERS) {
    const message = `${text.length} characters, at most ${JSON_PATH_MOST_CHARACTERS} are read`;
    return { column: JSON_PATH_MOST_CHARACTERS + 1, message };
  }
  try {
    environment.compile(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof JSONPathError)) throw error;
    const { value, index } = error.token;
    // json-p3 puts the place and nine characters around it behind its message; both are told elsewhere
    const message = error.message.replace(/ \('.{0,9}':\d+\)$/s, '');
    return { column: index + 1, message: text === '' ? 'nothing' : message || value };
  }
}

/**
 * What the path finds: the value itself where the path can match one node only, else a list of all that it matches.
 * Undefined: nothing. Under a bound, because nothing else bounds it: `match()` and `search()` are regular expressions that go
 * back over a text again and again, and `$..*..*` visits some nodes for each of the others.
 * @throws JsonPathError
 */
export function jsonPathValue(text: string, value: ResultValue): ResultValue | undefined {
  try {
    return functionTimeout(follow, { timeout: JSON_PATH_MS })(text, value);
  } catch (error) {
    if (isTimeoutError(error)) throw new JsonPathError(`takes more than ${JSON_PATH_MS} ms`, { cause: error });
    if (error instanceof JSONPathError || error instanceof RangeError)
      throw new JsonPathError(`cannot be followed: ${error.message}`, { cause: error });
    throw error;
  }
}

function follow(text: string, value: ResultValue): ResultValue | undefined {
  const query = environment.compile(text);
  const found = query.query(value as JSONValue).values() as ResultValue[];
  if (found.length === 0) return undefined;
  return query.singularQuery() ? found[0] : found;
}

import { describeValue, type Issue, valueAt } from '../../domain/file/issue.ts';
import { jsonPathMistake } from '../metrics/json-path.ts';

/**
 * Every JSONPath of a plan that cannot be read, by its place in the text. Beside checkPlan, because the domain imports no
 * JSONPath library.
 * @param input plain data, whatever is in it
 */
export function jsonPathIssues(input: unknown): Issue[] {
  const metrics = valueAt(input, ['metrics']);
  if (!Array.isArray(metrics)) return [];
  return metrics.flatMap((metric: unknown, index): Issue[] => {
    const path = ['metrics', index, 'source', 'jsonPath'];
    const text = valueAt(metric, ['source', 'jsonPath']);
    if (valueAt(metric, ['source', 'kind']) !== 'json' || typeof text !== 'string' || text === '') return [];
    const mistake = jsonPathMistake(text);
    if (mistake === undefined) return [];
    const { column, message } = mistake;
    const expected = "a JSONPath such as '$.data.ok' (RFC 9535)";
    return [{ path, at: 'value', column, found: `${describeValue(text)}: ${message}`, expected }];
  });
}

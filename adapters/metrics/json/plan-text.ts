import { describeValue, valueAt } from '../../../domain/file/issue.ts';
import { jsonFacts } from '../../../domain/sources/json/facts.ts';
import type { SourceText } from '../source-text.ts';
import { jsonPathMistake } from './json-path.ts';

/** A JSONPath that cannot be read. */
export const jsonText: SourceText = {
  kind: jsonFacts.kind,
  issues(source, at) {
    const text = valueAt(source, ['jsonPath']);
    if (typeof text !== 'string' || text === '') return [];
    const mistake = jsonPathMistake(text);
    if (mistake === undefined) return [];
    const { column, message } = mistake;
    const expected = "a JSONPath such as '$.data.ok' (RFC 9535)";
    const found = `${describeValue(text)}: ${message}`;
    return [{ path: [...at, 'jsonPath'], at: 'value', column, found, expected }];
  },
};

import { type Issue, valueAt } from '../../domain/file/issue.ts';
import { jsonText } from './json/plan-text.ts';
import { prometheusText } from './prometheus/plan-text.ts';
import type { SourceText } from './source-text.ts';

/** A line for each kind of source that has such texts. */
const TEXTS: readonly SourceText[] = [prometheusText, jsonText];

/** Every text of a plan's metrics that its source would refuse, by its place. @param input plain data, whatever is in it */
export function sourceTextIssues(input: unknown): Issue[] {
  const metrics = valueAt(input, ['metrics']);
  if (!Array.isArray(metrics)) return [];
  return TEXTS.flatMap(({ kind, issues }) =>
    metrics.flatMap((metric: unknown, index) => {
      const source = valueAt(metric, ['source']);
      return valueAt(source, ['kind']) === kind ? issues(source, ['metrics', index, 'source']) : [];
    }),
  );
}

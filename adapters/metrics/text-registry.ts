import { type Issue, valueAt } from '../../domain/file/issue.ts';
import { jsonText } from './json/plan-text.ts';
import { prometheusText } from './prometheus/plan-text.ts';

/** What a source's folder checks of a plan with a parser that the domain does not import. */
export interface SourceText {
  readonly kind: string;
  /** Its texts that the outside system would refuse. @param source plain data, whatever is in it @param at its place in the plan */
  issues(source: unknown, at: Issue['path']): Issue[];
}

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

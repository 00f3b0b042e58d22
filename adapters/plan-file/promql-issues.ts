import { type Issue, valueAt } from '../../domain/file/issue.ts';
import { promqlMistake } from './promql.ts';

/**
 * Every query of a plan that Prometheus would refuse, by its place in the text: variables are filled in before, by what is
 * as long as they are.
 * @param input plain data, whatever is in it
 */
export function promqlIssues(input: unknown): Issue[] {
  const metrics = valueAt(input, ['metrics']);
  if (!Array.isArray(metrics)) return [];
  return metrics.flatMap((metric: unknown, index) => {
    if (valueAt(metric, ['source', 'kind']) !== 'prometheus') return [];
    return ['requests', 'bad', 'histogram', 'value', 'query'].flatMap((key): Issue[] => {
      const query = valueAt(metric, ['source', key]);
      if (typeof query !== 'string' || query === '') return [];
      const mistake = promqlMistake(withValues(query));
      return mistake === undefined ? [] : [{ path: ['metrics', index, 'source', key], at: 'value', ...mistake }];
    });
  });
}

/** A window is a time; every other variable is a part of a name or of a label's value. */
const withValues = (query: string): string =>
  query.replaceAll(/\$\{([^}]*)\}/g, (all, name: string) =>
    name === 'window' ? '60s'.padEnd(all.length) : 'x'.repeat(all.length),
  );

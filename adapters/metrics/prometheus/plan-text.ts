import { type Issue, valueAt } from '../../../domain/file/issue.ts';
import { prometheusFacts } from '../../../domain/sources/prometheus/facts.ts';
import type { SourceText } from '../source-text.ts';
import { promqlMistake } from './promql.ts';

/** Queries that Prometheus would refuse. Variables are filled in before, by what is as long as they are. */
export const prometheusText: SourceText = {
  kind: prometheusFacts.kind,
  issues: (source, at) =>
    ['requests', 'bad', 'histogram', 'value', 'query'].flatMap((key): Issue[] => {
      const query = valueAt(source, [key]);
      if (typeof query !== 'string' || query === '') return [];
      const mistake = promqlMistake(withValues(query));
      return mistake === undefined ? [] : [{ path: [...at, key], at: 'value', ...mistake }];
    }),
};

/** A window is a time; every other variable is a part of a name or of a label's value. */
const withValues = (query: string): string =>
  query.replaceAll(/\$\{([^}]*)\}/g, (all, name: string) =>
    name === 'window' ? '60s'.padEnd(all.length) : 'x'.repeat(all.length),
  );

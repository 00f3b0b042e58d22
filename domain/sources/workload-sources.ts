import type * as z from 'zod';
import type { Issue } from '../file/issue.ts';
import { SOURCE_PLANS, type WorkloadSources, type workloadSourcesSchema } from './plan-registry.ts';

type Written = z.output<typeof workloadSourcesSchema>;

/** Mistakes in `sources` of a workload's file that its schema does not show: addresses that nothing asks. */
export const checkWorkloadSources = (sources: Written, where: { loopback: boolean }): Issue[] =>
  namedIn(sources).flatMap(({ kind, ofWorkload, server }) => ofWorkload.check(server, ['sources', kind], where));

/** The sources that a workload names; absent: none. */
export function workloadSourcesOf(sources: Written): { sources?: WorkloadSources } {
  const named = namedIn(sources).map(({ kind, server }) => [kind, server]);
  return named.length === 0 ? {} : { sources: Object.fromEntries(named) };
}

function namedIn(sources: Written) {
  const named: Readonly<Record<string, unknown>> = sources;
  return SOURCE_PLANS.flatMap(({ facts: { kind }, ofWorkload }) => {
    const server = named[kind];
    return ofWorkload === undefined || server === undefined ? [] : [{ kind, ofWorkload, server }];
  });
}

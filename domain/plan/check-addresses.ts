import { addressIssues } from '../addresses/address-issues.ts';
import type { Issue, Path } from '../file/issue.ts';
import { isKnown } from '../sources/check-source.ts';
import { sourcePlanOf } from '../sources/plan-registry.ts';
import { metricsOf } from './draft-view.ts';
import type { PlanDraft } from './plan-schema.ts';

/** Every address that a release would ask is one that its functions ask. @param loopback the lab, which asks this computer */
export function checkAddresses(draft: PlanDraft, { loopback }: { loopback: boolean }): Issue[] {
  const hooks = (draft.steps ?? []).map((step, index): [Path, string | undefined] => [
    ['steps', index, 'hook', 'url'],
    step?.hook?.url,
  ]);
  const endpoints = metricsOf(draft).flatMap(({ metric: { source }, path }) => {
    const own = isKnown(source) ? (sourcePlanOf(source.kind).addresses?.(source) ?? []) : [];
    return own.map(([key, url]): [Path, string] => [[...path, 'source', ...key], url]);
  });
  return [...hooks, ...endpoints].flatMap(([path, url]) =>
    url === undefined ? [] : addressIssues(url, path, { loopback, http: false }),
  );
}

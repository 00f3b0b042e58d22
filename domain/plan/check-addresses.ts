import { refusedAddress } from '../address.ts';
import { describeValue, type Issue, type Path } from '../file/issue.ts';
import { metricsOf } from './mistaken.ts';
import type { PlanDraft } from './plan-schema.ts';

/** Every address that a release would ask is one that its functions ask. @param loopback the lab, which asks this computer */
export function checkAddresses(draft: PlanDraft, { loopback }: { loopback: boolean }): Issue[] {
  const hooks = (draft.steps ?? []).map((step, index): [Path, string | undefined] => [
    ['steps', index, 'hook', 'url'],
    step?.hook?.url,
  ]);
  const endpoints = metricsOf(draft).map(({ metric: { source }, path }): [Path, string | undefined] => [
    [...path, 'source', 'url'],
    source?.kind === 'json' ? source.url : undefined,
  ]);
  return [...hooks, ...endpoints].flatMap(([path, url]) =>
    url === undefined ? [] : addressIssues(url, path, { loopback, http: false }),
  );
}

export function addressIssues(url: string, path: Path, allowed: { loopback: boolean; http: boolean }): Issue[] {
  const refused = refusedAddress(url, allowed);
  if (refused === undefined) return [];
  const found = `${describeValue(url)}${refused.is === undefined ? '' : `, ${refused.is}`}`;
  // the plain way is the same address over https, wherever it is another computer's
  const overHttps = url.replace(/^http:/i, 'https:');
  const guess = overHttps !== url && refusedAddress(overHttps, allowed) === undefined ? { guess: overHttps } : {};
  return [{ path, at: 'value', found, expected: refused.expected, ...guess }];
}

import { describeValue, type Issue, type Path } from '../file/issue.ts';
import { type AllowedAddresses, refusedAddress } from './address.ts';

/** The mistake in a file's address that nothing asks, with its place; none: it is asked. */
export function addressIssues(url: string, path: Path, allowed: AllowedAddresses): Issue[] {
  const refused = refusedAddress(url, allowed);
  if (refused === undefined) return [];
  const found = `${describeValue(url)}${refused.is === undefined ? '' : `, ${refused.is}`}`;
  // the plain way is the same address over https, wherever it is another computer's
  const overHttps = url.replace(/^http:/i, 'https:');
  const guess = overHttps !== url && refusedAddress(overHttps, allowed) === undefined ? { guess: overHttps } : {};
  return [{ path, at: 'value', found, expected: refused.expected, ...guess }];
}

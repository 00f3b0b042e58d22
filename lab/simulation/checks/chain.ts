import { createHash } from 'node:crypto';
import type { Entry } from '../../../domain/ledger/facts.ts';

/** JSON with the members of every object in order, so that equal things read alike. */
function inOrder(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inOrder).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${inOrder(member)}`);
  return `{${members.join(',')}}`;
}

const hashOf = (entry: Entry): string => createHash('sha256').update(inOrder(entry)).digest('hex');

/** Why the last line does not follow the one before it; undefined where it does. */
export function brokenChain(entry: Entry, last: Entry | undefined): string | undefined {
  const follows = entry.seq === (last?.seq ?? 0) + 1 && entry.previousHash === (last === undefined ? '' : hashOf(last));
  return follows ? undefined : `line ${entry.seq} does not follow line ${last?.seq ?? 0}`;
}

import { isDeepStrictEqual } from 'node:util';
import { leaves, merge, ownable, removeAt } from './fields.ts';
import type { JsonObject, Path } from './schema.ts';
import { showPath } from './schema.ts';

/** Who owns which fields of an object: an entry of `metadata.managedFields`. */
export interface ManagedFields {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  subresource?: string;
  time: string;
  paths: Set<Path>;
}

export interface Writer {
  manager: string;
  apiVersion: string;
  subresource?: string;
  /** RFC 3339 */
  time: string;
}

export interface FieldConflict {
  manager: string;
  /** As Kubernetes prints it: `"kubectl" using apps/v1`; the version only for managers that update. */
  shown: string;
  field: string;
}

export type ApplyOutcome =
  | { kind: 'applied'; object: JsonObject; managed: ManagedFields[] }
  | { kind: 'conflict'; conflicts: FieldConflict[] };

const isSame = (entry: ManagedFields, writer: Writer, operation: ManagedFields['operation']): boolean =>
  entry.operation === operation && entry.manager === writer.manager && entry.subresource === writer.subresource;

/**
 * Server-side apply (kubernetes.io/docs/reference/using-api/server-side-apply): the applied fields are set and owned;
 * those that this manager applied before and no longer does are removed where nobody else owns them; a field that
 * another manager owns with another value is a conflict, or is taken over with `force`.
 */
export function apply(input: {
  live: JsonObject;
  managed: ManagedFields[];
  applied: JsonObject;
  writer: Writer;
  force: boolean;
}): ApplyOutcome {
  const { live, managed, applied, writer, force } = input;
  const wanted = leaves(ownable(applied));
  const current = leaves(ownable(live));
  const mine = managed.find(entry => isSame(entry, writer, 'Apply'));
  const others = managed.filter(entry => entry !== mine);
  const conflicts: FieldConflict[] = [];
  const kept: ManagedFields[] = [];
  for (const other of others) {
    const lost = [...wanted].filter(
      // an empty map asks for nothing but that there is one
      ([path, value]) =>
        other.paths.has(path) && !isDeepStrictEqual(value, {}) && !isDeepStrictEqual(current.get(path), value),
    );
    for (const [path] of lost) {
      const shown = `"${other.manager}"${other.subresource === undefined ? '' : ` with subresource "${other.subresource}"`}`;
      conflicts.push({
        manager: other.manager,
        shown: other.operation === 'Update' ? `${shown} using ${other.apiVersion}` : shown,
        field: showPath(path),
      });
    }
    const lostPaths = new Set(lost.map(([path]) => path));
    const paths = new Set([...other.paths].filter(path => !lostPaths.has(path)));
    if (paths.size > 0) kept.push({ ...other, paths });
  }
  if (conflicts.length > 0 && !force) return { kind: 'conflict', conflicts };

  const object = structuredClone(merge(live, applied)) as JsonObject;
  const entry: ManagedFields = { ...writer, operation: 'Apply', paths: new Set(wanted.keys()) };
  const owners = [...kept, entry];
  const dropped = [...(mine?.paths ?? [])].filter(path => !owners.some(owner => ownsWithin(owner, path)));
  // an item of a list before its fields: without its key nobody would find it
  for (const path of dropped.sort((a, b) => a.length - b.length)) removeAt(object, path);
  return { kind: 'applied', object, managed: owners };
}

/** Owns the path or something in it: an item of a list stays while anybody owns a part of it. */
const ownsWithin = (entry: ManagedFields, path: Path): boolean =>
  entry.paths.has(path) || [...entry.paths].some(own => own.startsWith(`${path}\0`));

/** After POST, PUT or a merge patch: whoever changed a field owns it from then on, alone; what is gone has no owner. */
export function ownChanges(
  before: JsonObject | undefined,
  after: JsonObject,
  managed: ManagedFields[],
  writer: Writer,
): ManagedFields[] {
  const old = leaves(ownable(before ?? {}));
  const now = leaves(ownable(after));
  const changed = new Set([...now].filter(([path, value]) => !isDeepStrictEqual(old.get(path), value)).map(([p]) => p));
  const rest = managed.map(entry => ({
    ...entry,
    paths: new Set([...entry.paths].filter(path => now.has(path) && !changed.has(path))),
  }));
  const mine = rest.find(entry => isSame(entry, writer, 'Update'));
  const entries = rest.filter(entry => entry !== mine && entry.paths.size > 0);
  const paths = new Set([...(mine?.paths ?? []), ...changed]);
  return paths.size > 0 ? [...entries, { ...writer, operation: 'Update', paths }] : entries;
}

/** The message of the API server's 409, word for word. */
export function conflictMessage(conflicts: FieldConflict[]): string {
  const [first] = conflicts;
  if (conflicts.length === 1 && first) {
    return `Apply failed with 1 conflict: conflict with ${first.shown}: ${first.field}`;
  }
  const managers = [...new Set(conflicts.map(({ shown }) => shown))].sort();
  const lines = managers.flatMap(shown => [
    `conflicts with ${shown}:`,
    ...conflicts.filter(conflict => conflict.shown === shown).map(({ field }) => `- ${field}`),
  ]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

import type { Json, JsonObject, Path } from './schema.ts';
import { isAtomic, isObject, joinPath, keyOf, listKeys, pathSteps } from './schema.ts';

/** Metadata that belongs to the server, and status: owned by nobody who applies. */
const SERVER_METADATA = [
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'managedFields',
  'deletionTimestamp',
];

/** What of an object a field manager can own. */
export function ownable(object: JsonObject): JsonObject {
  const { apiVersion: _a, kind: _k, status: _s, metadata, ...rest } = object;
  const own = Object.entries(isObject(metadata) ? metadata : {}).filter(
    ([key, value]) => !SERVER_METADATA.includes(key) && value !== null,
  );
  return own.length > 0 ? { metadata: Object.fromEntries(own), ...rest } : rest;
}

/** Every path that is owned as one thing, with its value; an item of a keyed list is a path of its own (value `{}`). */
export function leaves(value: Json, field = '', path: Path = '', into = new Map<Path, Json>()): Map<Path, Json> {
  if (path !== '' && isAtomic(field, value)) return into.set(path, value);
  if (Array.isArray(value)) {
    const keys = listKeys(field, value) ?? [];
    for (const item of value) {
      const itemPath = joinPath(path, { key: keyOf(item, keys) ?? '' });
      into.set(itemPath, {});
      leaves(item, '', itemPath, into);
    }
    return into;
  }
  if (isObject(value)) {
    for (const [name, child] of Object.entries(value)) leaves(child, name, joinPath(path, { field: name }), into);
  }
  return into;
}

/** `applied` laid over `live`: maps and keyed lists are merged, atomic values replaced, null removes. */
export function merge(live: Json | undefined, applied: Json, field = ''): Json {
  if (live === undefined || live === null) return withoutNulls(applied);
  if (isObject(live) && isObject(applied) && !(isAtomic(field, applied) && Object.keys(applied).length > 0)) {
    const merged: JsonObject = { ...live };
    for (const [name, value] of Object.entries(applied)) {
      if (value === null) delete merged[name];
      else merged[name] = merge(live[name], value, name);
    }
    return merged;
  }
  if (Array.isArray(live) && Array.isArray(applied) && applied.length > 0) {
    const keys = listKeys(field, [...live, ...applied]);
    if (keys === undefined) return applied;
    const applieds = new Map(applied.map(item => [keyOf(item, keys), item]));
    const kept = live.map(item => {
      const update = applieds.get(keyOf(item, keys));
      applieds.delete(keyOf(item, keys));
      return update === undefined ? item : merge(item, update);
    });
    return [...kept, ...[...applieds.values()].map(withoutNulls)];
  }
  return applied;
}

function withoutNulls(value: Json): Json {
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, child]) => child !== null);
  return Object.fromEntries(kept.map(([key, child]) => [key, withoutNulls(child)]));
}

/** Removes what is at `path`, and the maps that are empty then. */
export function removeAt(root: JsonObject, path: Path): void {
  const steps = pathSteps(path);
  const parents: { holder: JsonObject; name: string }[] = [];
  let value: Json | undefined = root;
  let field = '';
  for (const [index, step] of steps.entries()) {
    const last = index === steps.length - 1;
    if ('field' in step) {
      if (!isObject(value)) return;
      if (last) delete value[step.field];
      else parents.push({ holder: value, name: step.field });
      field = step.field;
      value = value[step.field];
    } else {
      if (!Array.isArray(value)) return;
      const keys = listKeys(field, value) ?? [];
      const at = value.findIndex(item => keyOf(item, keys) === step.key);
      if (at < 0) return;
      if (last) value.splice(at, 1);
      value = last ? undefined : value[at];
    }
  }
  for (const { holder, name } of parents.reverse()) {
    const child = holder[name];
    const empty = Array.isArray(child) ? child.length === 0 : isObject(child) && Object.keys(child).length === 0;
    if (!empty) return;
    delete holder[name];
  }
}

/** Kubernetes' FieldsV1: `{"f:spec":{"f:replicas":{}}}`, with `"."` for an item of a list itself. */
export function toFieldsV1(paths: Iterable<Path>): JsonObject {
  const root: JsonObject = {};
  for (const path of paths) {
    let at = root;
    const parts = path.split('\0');
    for (const part of parts) {
      at[part] ??= {};
      at = at[part] as JsonObject;
    }
    if (parts.at(-1)?.startsWith('k:')) at['.'] = {};
  }
  return root;
}

import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { ApiError, notFound } from './api-error.ts';
import type { ManagedFields, Writer } from './apply.ts';
import { apply, conflictMessage, ownChanges } from './apply.ts';
import { merge, toFieldsV1 } from './fields.ts';
import type { Resource } from './resources.ts';
import { apiVersionOf, at, resourceName, validate, withDefaults } from './resources.ts';
import type { Json, JsonObject } from './schema.ts';
import { isObject } from './schema.ts';

interface Entry {
  object: JsonObject;
  managed: ManagedFields[];
}

export interface Change {
  resource: Resource;
  namespace: string;
  name: string;
  /** Absent: deleted. */
  object?: JsonObject;
}

/** The objects of the lab's cluster, in memory. Reads give copies; every write tells the controllers. */
export interface Store {
  get(resource: Resource, namespace: string, name: string): JsonObject | undefined;
  /** In name order; every namespace where none is given. */
  list(resource: Resource, namespace?: string): JsonObject[];
  /** @throws ApiError 409 with every conflict, unless `force`; 409 where it names another resourceVersion or uid */
  apply(resource: Resource, target: Target, applied: JsonObject, options: { manager: string; force: boolean }): Written;
  /** @throws ApiError 409 AlreadyExists */
  create(resource: Resource, namespace: string, object: JsonObject, manager: string): JsonObject;
  /** PUT. @throws ApiError 404, 409 where the resourceVersion is not the newest */
  replace(resource: Resource, target: Target, object: JsonObject, manager: string): JsonObject;
  /** Merge patch; lists by key where `strategic`. @throws ApiError 404, 409 as above */
  patch(resource: Resource, target: Target, patch: JsonObject, manager: string, by?: PatchOptions): JsonObject;
  /** Status as controllers write it: no generation, no owner. Nothing where the object is gone. */
  putStatus(resource: Resource, target: Target, status: JsonObject): void;
  /** @throws ApiError 404 */
  remove(resource: Resource, target: Target): JsonObject;
  onChange(listener: (change: Change) => void): void;
  /** `metadata.resourceVersion` of lists. */
  version(): string;
}

export interface Target {
  namespace: string;
  name: string;
}
export interface Written {
  created: boolean;
  object: JsonObject;
}
export interface PatchOptions {
  strategic?: boolean;
  subresource?: string;
}

export function openStore(now: () => number): Store {
  const entries = new Map<string, Entry>();
  const listeners: ((change: Change) => void)[] = [];
  let version = 1;
  const keyOf = (resource: Resource, { namespace, name }: Target) => `${resourceName(resource)}/${namespace}/${name}`;
  const time = () => new Date(now()).toISOString().replace(/\.\d+Z$/, 'Z');
  const writer = (resource: Resource, manager: string, subresource?: string): Writer => ({
    manager,
    apiVersion: apiVersionOf(resource),
    time: time(),
    ...(subresource !== undefined ? { subresource } : {}),
  });
  const tell = (change: Change) => {
    for (const listener of listeners) listener(change);
  };
  const need = (resource: Resource, target: Target): Entry => {
    const entry = entries.get(keyOf(resource, target));
    if (entry === undefined) throw notFound(resourceName(resource), target.name);
    return entry;
  };

  /**
   * A write that names a resourceVersion or a uid is for that object alone; one that names a resourceVersion where there is
   * no object creates it, as the API server does, and one that names a uid does not.
   */
  const holdTo = (resource: Resource, target: Target, sent: JsonObject): void => {
    const there = entries.get(keyOf(resource, target))?.object;
    const refuse = (because: string): never => {
      const what = `${resourceName(resource)} "${target.name}"`;
      throw new ApiError(409, 'Conflict', `Operation cannot be fulfilled on ${what}: ${because}`);
    };
    const uid = at(sent, 'metadata', 'uid');
    if (uid !== undefined && there === undefined) refuse(`uid mismatch: ${uid}, and no existing object was found`);
    if (uid !== undefined && uid !== at(there, 'metadata', 'uid')) refuse(`uid mismatch: ${uid}`);
    const expected = at(sent, 'metadata', 'resourceVersion');
    if (expected !== undefined && there !== undefined && expected !== at(there, 'metadata', 'resourceVersion')) {
      refuse('the object has been modified; please apply your changes to the latest version and try again');
    }
  };

  /** Stores `wanted` as the object's next state; nothing changes where it is what is there. */
  function write(resource: Resource, target: Target, wanted: JsonObject, managed: ManagedFields[]): JsonObject {
    const before = entries.get(keyOf(resource, target))?.object;
    const defaulted = withDefaults(resource, wanted);
    const metadata: JsonObject = {
      ...(isObject(defaulted.metadata) ? defaulted.metadata : {}),
      name: target.name,
      namespace: target.namespace,
    };
    delete metadata.managedFields;
    dropEmptyMaps(metadata);
    const generation = Number(at(before, 'metadata', 'generation') ?? 0);
    const specChanged = !isDeepStrictEqual(before?.spec, defaulted.spec);
    Object.assign(metadata, {
      uid: at(before, 'metadata', 'uid') ?? at(wanted, 'metadata', 'uid') ?? randomUUID(),
      creationTimestamp: at(before, 'metadata', 'creationTimestamp') ?? time(),
      generation: specChanged ? generation + 1 : generation,
      resourceVersion: at(before, 'metadata', 'resourceVersion') ?? '0',
    });
    const object: JsonObject = {
      ...defaulted,
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      metadata,
      ...(before?.status !== undefined ? { status: before.status } : {}),
    };
    validate(resource, object, before);
    const changed = !isDeepStrictEqual(before, object);
    if (changed) metadata.resourceVersion = String(++version);
    entries.set(keyOf(resource, target), { object, managed });
    if (changed) tell({ resource, ...target, object });
    return shown(object, managed);
  }

  return {
    get: (resource, namespace, name) => {
      const entry = entries.get(keyOf(resource, { namespace, name }));
      return entry && shown(entry.object, entry.managed);
    },
    list: (resource, namespace) => {
      const prefix = `${resourceName(resource)}/${namespace === undefined ? '' : `${namespace}/`}`;
      const found = [...entries].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
      return found.map(([, { object, managed }]) => shown(object, managed));
    },
    apply: (resource, target, applied, { manager, force }) => {
      const entry = entries.get(keyOf(resource, target));
      const outcome = apply({
        live: entry?.object ?? {},
        managed: entry?.managed ?? [],
        applied,
        writer: writer(resource, manager),
        force,
      });
      if (outcome.kind === 'conflict') {
        const causes = outcome.conflicts.map(({ shown: by, field }) => ({
          reason: 'FieldManagerConflict',
          message: `conflict with ${by}`,
          field,
        }));
        throw new ApiError(409, 'Conflict', conflictMessage(outcome.conflicts), causes);
      }
      holdTo(resource, target, applied);
      return { created: entry === undefined, object: write(resource, target, outcome.object, outcome.managed) };
    },
    create: (resource, namespace, object, manager) => {
      const target = { namespace, name: String(at(object, 'metadata', 'name') ?? '') };
      if (entries.has(keyOf(resource, target))) {
        throw new ApiError(409, 'AlreadyExists', `${resourceName(resource)} "${target.name}" already exists`);
      }
      const clean = structuredClone(object);
      return write(resource, target, clean, ownChanges(undefined, clean, [], writer(resource, manager)));
    },
    replace: (resource, target, object, manager) => {
      const entry = need(resource, target);
      holdTo(resource, target, object);
      const clean = structuredClone(object);
      return write(resource, target, clean, ownChanges(entry.object, clean, entry.managed, writer(resource, manager)));
    },
    patch: (resource, target, patch, manager, by = {}) => {
      const entry = need(resource, target);
      holdTo(resource, target, patch);
      const patched = (
        by.strategic === true ? merge(entry.object, patch) : mergePatch(entry.object, patch)
      ) as JsonObject;
      const clean = structuredClone(patched);
      if (isObject(clean.metadata)) dropEmptyMaps(clean.metadata);
      const owners = ownChanges(entry.object, clean, entry.managed, writer(resource, manager, by.subresource));
      return write(resource, target, clean, owners);
    },
    putStatus: (resource, target, status) => {
      const entry = entries.get(keyOf(resource, target));
      if (entry === undefined || isDeepStrictEqual(entry.object.status, status)) return;
      const metadata = { ...(entry.object.metadata as JsonObject), resourceVersion: String(++version) };
      entry.object = { ...entry.object, metadata, status };
      tell({ resource, ...target, object: entry.object });
    },
    remove: (resource, target) => {
      const { object, managed } = need(resource, target);
      entries.delete(keyOf(resource, target));
      version++;
      tell({ resource, ...target });
      return shown(object, managed);
    },
    onChange: listener => {
      listeners.push(listener);
    },
    version: () => String(version),
  };
}

/** As a client reads it: a copy, with managedFields. */
function shown(object: JsonObject, managed: ManagedFields[]): JsonObject {
  const copy = structuredClone(object);
  const managedFields = managed.map(({ paths, ...entry }) => ({
    ...entry,
    fieldsType: 'FieldsV1',
    fieldsV1: toFieldsV1(paths),
  }));
  if (managedFields.length > 0) copy.metadata = { ...(copy.metadata as JsonObject), managedFields };
  return copy;
}

/** Kubernetes' JSON shows no empty labels and annotations, and nobody owns them. */
function dropEmptyMaps(metadata: JsonObject): void {
  for (const field of ['labels', 'annotations']) {
    const value = metadata[field];
    if (isObject(value) && Object.keys(value).length === 0) delete metadata[field];
  }
}

/** RFC 7386. */
function mergePatch(live: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged: JsonObject = isObject(live) ? { ...live } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = mergePatch(merged[name], value);
  }
  return merged;
}

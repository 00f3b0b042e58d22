/**
 * The part of the Kubernetes OpenAPI schema that server-side apply needs: which lists are maps by key, and which
 * values are owned whole. From the x-kubernetes-list-map-keys and x-kubernetes-map-type annotations of apps/v1, v1 and
 * autoscaling/v2. By field name: within what the lab serves, no name has two meanings.
 */
const LIST_KEYS: Record<string, string[][]> = {
  containers: [['name']],
  initContainers: [['name']],
  env: [['name']],
  volumes: [['name']],
  volumeMounts: [['mountPath']],
  imagePullSecrets: [['name']],
  hostAliases: [['ip']],
  topologySpreadConstraints: [['topologyKey', 'whenUnsatisfiable']],
  conditions: [['type']],
  ownerReferences: [['uid']],
  // a container's ports, then a Service's: the first set of keys that the items have
  ports: [
    ['containerPort', 'protocol'],
    ['port', 'protocol'],
  ],
};

const ATOMIC_MAPS = new Set([
  'selector',
  'labelSelector',
  'nodeSelector',
  'configMapKeyRef',
  'secretKeyRef',
  'fieldRef',
  'resourceFieldRef',
  'configMapRef',
  'secretRef',
]);

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export const isObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Values owned as one thing: scalars, lists without keys, maps that the schema calls atomic, and empty containers. */
export function isAtomic(field: string, value: Json): boolean {
  if (Array.isArray(value)) return value.length === 0 || listKeys(field, value) === undefined;
  if (!isObject(value)) return true;
  return ATOMIC_MAPS.has(field) || Object.keys(value).length === 0;
}

/** The keys of a list that is a map by key; undefined for an atomic list. */
export function listKeys(field: string, list: Json[]): string[] | undefined {
  return LIST_KEYS[field]?.find(keys => list.every(item => isObject(item) && keyOf(item, keys) !== undefined));
}

/** A list item's key as canonical text, e.g. `{"name":"app"}`; a port without a protocol is TCP. */
export function keyOf(item: Json, keys: string[]): string | undefined {
  if (!isObject(item)) return undefined;
  const values: JsonObject = {};
  for (const key of keys) {
    const value = item[key] ?? (key === 'protocol' ? 'TCP' : undefined);
    if (value === undefined) return undefined;
    values[key] = value;
  }
  return JSON.stringify(values);
}

/** A step into an object: a field's name, or the key of an item in a list that is a map. */
export type Step = { field: string } | { key: string };
/** A path as text, so that sets of paths are plain sets: steps joined by NUL, `f:name` or `k:{"name":"app"}`. */
export type Path = string;

export const joinPath = (path: Path, step: Step): Path =>
  `${path}${path === '' ? '' : '\0'}${'field' in step ? `f:${step.field}` : `k:${step.key}`}`;

export const pathSteps = (path: Path): Step[] =>
  path.split('\0').map(part => (part.startsWith('f:') ? { field: part.slice(2) } : { key: part.slice(2) }));

/** As Kubernetes prints it: `.spec.template.spec.containers[name="app"].image`. */
export const showPath = (path: Path): string =>
  pathSteps(path)
    .map(step => ('field' in step ? `.${step.field}` : `[${showKey(step.key)}]`))
    .join('');

const showKey = (key: string): string =>
  Object.entries(JSON.parse(key) as JsonObject)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',');

import { mapContainers, type PodContainer, type PodTemplate } from './pod-template.ts';

type Fields = Record<string, unknown>;

/**
 * Lists of a pod that server-side apply takes as maps by these keys: x-kubernetes-list-map-keys in the OpenAPI of apps/v1
 * (Kubernetes 1.34; the tests compare it with a server's own). A stored pod template may have one key twice, an apply may not.
 */
export const POD_LIST_KEYS: Record<string, string[]> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  hostAliases: ['ip'],
  imagePullSecrets: ['name'],
  resourceClaims: ['name'],
  'resources.claims': ['name'],
  schedulingGates: ['name'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
  volumes: ['name'],
};
export const CONTAINER_LIST_KEYS: Record<string, string[]> = {
  env: ['name'],
  ports: ['containerPort', 'protocol'],
  'resources.claims': ['name'],
  volumeDevices: ['devicePath'],
  volumeMounts: ['mountPath'],
};

/**
 * The template with each key once, so that server-side apply takes it, and with pods that are the same: where Kubernetes takes
 * the last (variables), all (host aliases) or either (ports, pull secrets).
 * @throws RangeError where that cannot be said in a list with each key once
 */
export function withMergedLists(template: PodTemplate): PodTemplate {
  const { hostAliases, imagePullSecrets } = template.spec;
  const merged = mapContainers(template, container => withMergedPorts(withoutHiddenVariables(container)));
  const written = {
    ...merged,
    spec: {
      ...merged.spec,
      ...(isList(hostAliases) && { hostAliases: mergedAliases(hostAliases) }),
      ...(isList(imagePullSecrets) && { imagePullSecrets: uniqueBy(['name'], imagePullSecrets) }),
    },
  };
  requireUnique('', written.spec, POD_LIST_KEYS);
  for (const list of ['containers', 'initContainers'] as const) {
    for (const container of written.spec[list] ?? []) {
      requireUnique(`${list}[${container.name}].`, container, CONTAINER_LIST_KEYS);
    }
  }
  return written;
}

const isList = (value: unknown): value is Fields[] => Array.isArray(value);
const keyOf = (item: Fields, keys: string[]): string =>
  keys.map(key => String(item[key] ?? (key === 'protocol' ? 'TCP' : ''))).join('/');

/** Of those with the same key the first. */
const uniqueBy = <T extends Fields>(keys: string[], list: T[]): T[] =>
  list.filter((item, index) => list.findIndex(other => keyOf(other, keys) === keyOf(item, keys)) === index);

function requireUnique(where: string, fields: Fields, lists: Record<string, string[]>): void {
  for (const [path, keys] of Object.entries(lists)) {
    const list = path.split('.').reduce<unknown>((value, name) => (value as Fields | undefined)?.[name], fields);
    if (!isList(list)) continue;
    const found = list.map(item => keyOf(item, keys));
    const twice = found.find((key, index) => found.indexOf(key) !== index);
    if (twice === undefined) continue;
    const hint = path === 'env' ? ', and what stands between refers to the first' : '';
    throw new RangeError(
      `${where}${path} has ${twice} twice${hint}: server-side apply takes each ${keys.join(' and ')} once`,
    );
  }
}

/**
 * Of two variables of one name the later holds, and the earlier is what those between them (and the later itself) refer to:
 * there its text is written out, where it is a text without references of its own. Else it stays.
 */
function withoutHiddenVariables(container: PodContainer): PodContainer {
  if (container.env === undefined) return container;
  let env = container.env;
  let index = 0;
  while (index < env.length) {
    const { name, value: text = '', valueFrom } = env[index] ?? { name: '' };
    const hiddenAt = env.findIndex((other, at) => at > index && other.name === name);
    const refers = ({ value }: { value?: string | undefined }, at: number) =>
      at > index && at <= hiddenAt && refersTo(name, value);
    const stays = hiddenAt === -1 || (env.some(refers) && (valueFrom !== undefined || text.includes('$')));
    if (!stays) {
      env = env
        .map((other, at) => (refers(other, at) ? { ...other, value: withText(name, other.value ?? '', text) } : other))
        .filter((_, at) => at !== index);
    } else {
      index += 1;
    }
  }
  return { ...container, env };
}

/** As Kubernetes reads a value: `$$` is a dollar sign, `$(NAME)` a reference. */
const withText = (name: string, value: string, text: string): string =>
  value.replaceAll(/\$\$|\$\([^()]*\)/g, found => (found === `$(${name})` ? text : found));
const refersTo = (name: string, value: string | undefined): boolean =>
  value !== undefined && withText(name, value, '') !== value;

/** Two names for one port are one port; what asks for it by the name that is gone asks for the number. */
function withMergedPorts(container: PodContainer): PodContainer {
  const { ports } = container;
  if (ports === undefined) return container;
  const merged = uniqueBy(['containerPort', 'protocol', 'hostPort', 'hostIP'], ports);
  if (merged.length === ports.length) return container;
  const numbers = new Map<unknown, number>();
  for (const { name, containerPort } of ports) {
    if (name !== undefined && !merged.some(port => port.name === name)) numbers.set(name, containerPort);
  }
  return withPortNumbers({ ...container, ports: merged }, numbers) as PodContainer;
}

/** Probes and lifecycle hooks, the parts of a container that name one of its ports. */
const NAMING_PORTS = ['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'];

function withPortNumbers(container: Fields, numbers: Map<unknown, number>): Fields {
  const withNumber = (value: unknown): unknown => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, child]) => [
        key,
        key === 'port' ? (numbers.get(child) ?? child) : withNumber(child),
      ]),
    );
  };
  const changed = NAMING_PORTS.filter(field => container[field] !== undefined);
  return { ...container, ...Object.fromEntries(changed.map(field => [field, withNumber(container[field])])) };
}

/** The kubelet writes a line for each: all names count, in their order. */
function mergedAliases(aliases: Fields[]): Fields[] {
  const namesOf = (ip: unknown) =>
    aliases.filter(alias => alias.ip === ip).flatMap(({ hostnames }) => (Array.isArray(hostnames) ? hostnames : []));
  return uniqueBy(['ip'], aliases).map(alias => ({ ...alias, hostnames: [...new Set(namesOf(alias.ip))] }));
}

import { at } from './resources.ts';
import type { JsonObject } from './schema.ts';
import { isObject } from './schema.ts';

export type EnvOutcome = { kind: 'env'; env: Record<string, string> } | { kind: 'missing'; message: string };

/** The container's environment: literals, ConfigMap and Secret keys, envFrom, and the pod's own name and namespace. */
export function containerEnv(
  container: JsonObject,
  pod: JsonObject,
  read: (kind: 'ConfigMap' | 'Secret', name: string) => JsonObject | undefined,
): EnvOutcome {
  const env: Record<string, string> = {};
  const data = (kind: 'ConfigMap' | 'Secret', name: string): Record<string, string> | undefined => {
    const object = read(kind, name);
    if (object === undefined) return undefined;
    const texts = (kind === 'ConfigMap' ? object.data : object.stringData) ?? {};
    const decoded: Record<string, string> = {};
    for (const [key, value] of Object.entries(texts as JsonObject)) decoded[key] = String(value);
    if (kind === 'Secret') {
      for (const [key, value] of Object.entries((object.data ?? {}) as JsonObject)) {
        decoded[key] = Buffer.from(String(value), 'base64').toString('utf8');
      }
    }
    return decoded;
  };
  for (const source of listOf(container.envFrom)) {
    for (const [kind, field] of [
      ['ConfigMap', 'configMapRef'],
      ['Secret', 'secretRef'],
    ] as const) {
      const ref = source[field];
      if (!isObject(ref)) continue;
      const values = data(kind, String(ref.name));
      if (values === undefined && ref.optional !== true) return missing(kind, String(ref.name));
      for (const [key, value] of Object.entries(values ?? {})) env[`${String(source.prefix ?? '')}${key}`] = value;
    }
  }
  for (const variable of listOf(container.env)) {
    const name = String(variable.name);
    const from = variable.valueFrom;
    if (!isObject(from)) {
      env[name] = String(variable.value ?? '');
      continue;
    }
    for (const [kind, field] of [
      ['ConfigMap', 'configMapKeyRef'],
      ['Secret', 'secretKeyRef'],
    ] as const) {
      const ref = from[field];
      if (!isObject(ref)) continue;
      const value = data(kind, String(ref.name))?.[String(ref.key)];
      if (value !== undefined) env[name] = value;
      else if (ref.optional !== true) return missing(kind, String(ref.name), String(ref.key));
    }
    const fieldPath = at(from, 'fieldRef', 'fieldPath');
    if (fieldPath !== undefined) env[name] = String(at(pod, ...fieldSteps(String(fieldPath))) ?? '');
  }
  return { kind: 'env', env };
}

/** `metadata.labels['app']` -> metadata, labels, app */
const fieldSteps = (path: string): string[] =>
  [...path.matchAll(/\['([^']+)'\]|([^.[\]]+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

const listOf = (value: unknown): JsonObject[] => (Array.isArray(value) ? (value as JsonObject[]) : []);

const missing = (kind: string, name: string, key?: string): EnvOutcome => ({
  kind: 'missing',
  message:
    key === undefined
      ? `${kind.toLowerCase()} "${name}" not found`
      : `couldn't find key ${key} in ${kind} ${name}, or there is no such ${kind}`,
});

import * as z from 'zod';

/** A tree of FieldsV1: `f:<field>`, `k:<keys of a list's item>`, `v:<value of a set>`, and `.` for what holds them. */
type Fields = { [key: string]: Fields };
const fieldsSchema: z.ZodType<Fields> = z.lazy(() => z.record(z.string(), fieldsSchema));

const managedSchema = z.looseObject({
  metadata: z.looseObject({
    managedFields: z
      .array(z.looseObject({ manager: z.string().default(''), fieldsV1: fieldsSchema.default({}) }))
      .default([]),
  }),
});

/** Of `kubectl rollout restart`: the pods are made anew and are the same ones. */
const RESTARTED = '.spec.template.metadata.annotations["kubectl.kubernetes.io/restartedAt"]';
/** Sentences are for people: the first ones are enough to find the rest. */
const SHOWN_MAX = 5;

/**
 * What other field managers have put under the pod template of a Deployment that `ours` applies, in one sentence; undefined:
 * nothing. Server-side apply leaves it there, revision after revision: only what both set is a conflict.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export function addedByOthers(deployment: unknown, ours: string): string | undefined {
  const { managedFields } = managedSchema.parse(deployment).metadata;
  const templateOf = ({ fieldsV1 }: { fieldsV1: Fields }) => fieldsV1['f:spec']?.['f:template'] ?? {};
  const own = managedFields.filter(({ manager }) => manager === ours).map(templateOf);
  const added = managedFields
    .filter(({ manager }) => manager !== ours)
    .flatMap(entry =>
      onlyIn(templateOf(entry), own, '.spec.template')
        .filter(path => path !== RESTARTED)
        .map(path => `${path} is of the field manager "${entry.manager}"`),
    );
  if (added.length === 0) return undefined;
  const shown = added.slice(0, SHOWN_MAX).join('; ');
  return added.length > SHOWN_MAX ? `${shown}; and ${added.length - SHOWN_MAX} more` : shown;
}

/** Paths that none of `own` has: of a list's item the item, else the leaf. */
function onlyIn(theirs: Fields, own: Fields[], path: string): string[] {
  return Object.entries(theirs)
    .filter(([key]) => key !== '.')
    .flatMap(([key, below]) => {
      const here = `${path}${step(key)}`;
      const ownBelow = own.flatMap(fields => fields[key] ?? []);
      const isField = key.startsWith('f:');
      if (ownBelow.length === 0 && (!isField || Object.keys(below).every(child => child === '.'))) return [here];
      return onlyIn(below, ownBelow, here);
    });
}

/** `f:env` -> `.env`, `k:{"name":"app"}` -> `[name="app"]`, as the API server writes it in a conflict. */
function step(key: string): string {
  const [kind, text] = [key.slice(0, 2), key.slice(2)];
  if (kind === 'f:') return /^\w+$/.test(text) ? `.${text}` : `["${text}"]`;
  if (kind !== 'k:') return `[${text}]`;
  const keys = Object.entries(JSON.parse(text) as Record<string, unknown>);
  return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
}

import type { NormalizedSchema } from '@smithy/core/schema';

/**
 * Reads the form of the awsQuery protocol (`Actions.member.1.Type=forward`) into the input that `schema` describes.
 * The SDK has only the writer of this format. Spec: smithy.io, "AWS query protocol".
 */
export function readQueryForm(schema: NormalizedSchema, form: URLSearchParams): object {
  const root = new Branch();
  for (const [key, value] of form) {
    let branch = root;
    for (const part of key.split('.')) branch = branch.child(part);
    branch.value = value;
  }
  return schema.isUnitSchema() ? {} : readStruct(schema, root);
}

class Branch {
  value: string | undefined;
  readonly children = new Map<string, Branch>();

  child(name: string): Branch {
    const found = this.children.get(name) ?? new Branch();
    this.children.set(name, found);
    return found;
  }

  /** Children `1`, `2`, ... in the order of their numbers. */
  numbered(): Branch[] {
    return [...this.children]
      .filter(([name]) => /^\d+$/.test(name))
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, branch]) => branch);
  }
}

function readStruct(schema: NormalizedSchema, branch: Branch): object {
  const output: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const found = branch.children.get(xmlName(member) ?? name);
    if (found !== undefined) output[name] = readValue(member, found);
  }
  return output;
}

function readValue(schema: NormalizedSchema, branch: Branch): unknown {
  if (schema.isListSchema()) return readList(schema, branch);
  if (schema.isMapSchema()) return readMap(schema, branch);
  if (schema.isStructSchema()) return readStruct(schema, branch);
  const text = branch.value ?? '';
  if (schema.isBooleanSchema()) return text === 'true';
  if (schema.isNumericSchema()) return Number(text);
  if (schema.isTimestampSchema()) return new Date(text);
  if (schema.isBlobSchema()) return Buffer.from(text, 'base64');
  return text;
}

function readList(schema: NormalizedSchema, branch: Branch): unknown[] {
  const item = schema.getValueSchema();
  const items = isFlat(schema) ? branch : branch.children.get(xmlName(item) ?? 'member');
  // `Actions=` is how an empty list is written
  return (items?.numbered() ?? []).map(found => readValue(item, found));
}

function readMap(schema: NormalizedSchema, branch: Branch): Record<string, unknown> {
  const entries = (isFlat(schema) ? branch : branch.children.get('entry'))?.numbered() ?? [];
  const keyName = xmlName(schema.getKeySchema()) ?? 'key';
  const valueName = xmlName(schema.getValueSchema()) ?? 'value';
  return Object.fromEntries(
    entries.map(entry => [
      entry.children.get(keyName)?.value ?? '',
      readValue(schema.getValueSchema(), entry.child(valueName)),
    ]),
  );
}

const xmlName = (schema: NormalizedSchema): string | undefined =>
  schema.getMergedTraits().xmlName as string | undefined;

const isFlat = (schema: NormalizedSchema): boolean => Boolean(schema.getMergedTraits().xmlFlattened);

type TypeName = 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';

/** As much of JSON Schema as the schemas of a plan and of a workload use. */
export interface JsonSchema {
  readonly type?: TypeName | readonly TypeName[];
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
}

/**
 * The TypeScript type that a schema describes, with its descriptions as doc comments: who writes a plan in code reads in the
 * editor what docs/plan-reference.md says, and needs nothing of how the schema is checked.
 * @throws Error the schema says something that is not known here
 */
export function typeText(schema: JsonSchema, indent = ''): string {
  const { type, anyOf, oneOf } = schema;
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) return choices.map(choice => typeText(choice, indent)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(value => JSON.stringify(value)).join(' | ');
  if (typeof type === 'object') return type.map(one => typeText({ ...schema, type: one }, indent)).join(' | ');
  switch (type) {
    case 'object':
      return objectText(schema, indent);
    case 'array':
      return `Array<${schema.items === undefined ? 'unknown' : typeText(schema.items, indent)}>`;
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
    case 'boolean':
      return type;
    default:
      throw new Error(`no TypeScript type is known for ${JSON.stringify(schema)}`);
  }
}

/** @param comment its doc comment, whole  @param without keys of the schema that the type lacks */
export function interfaceText(name: string, comment: string, schema: JsonSchema, without: readonly string[]): string {
  const properties = Object.fromEntries(
    Object.entries(schema.properties ?? {}).filter(([key]) => !without.includes(key)),
  );
  return `${comment}export interface ${name} ${objectText({ ...schema, properties }, '')}\n`;
}

function objectText({ properties, required = [], additionalProperties }: JsonSchema, indent: string): string {
  if (properties === undefined || Object.keys(properties).length === 0) {
    if (typeof additionalProperties !== 'object') return 'Record<string, never>';
    return `Record<string, ${typeText(additionalProperties, indent)}>`;
  }
  const inner = `${indent}    `;
  const lines = Object.entries(properties).map(([key, schema]) => {
    const optional = !required.includes(key);
    const type = typeText(schema, inner);
    return `${commentText(schema, inner)}${inner}${key}${optional ? '?' : ''}: ${type}${optional ? ' | undefined' : ''};\n`;
  });
  return `{\n${lines.join('')}${indent}}`;
}

function commentText({ description, default: byDefault, examples = [] }: JsonSchema, indent: string): string {
  const lines = [
    ...(description === undefined ? [] : [description]),
    ...(byDefault === undefined ? [] : [`@default ${JSON.stringify(byDefault)}`]),
    ...examples.slice(0, 1).map(example => `@example ${JSON.stringify(example)}`),
  ].map(line => line.replaceAll('*/', '*\\/'));
  if (lines.length === 0) return '';
  return `${indent}/**\n${lines.map(line => `${indent} * ${line}\n`).join('')}${indent} */\n`;
}

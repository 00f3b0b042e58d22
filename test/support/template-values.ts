/** A resource of a template, as CloudFormation reads it. */
export interface TemplateResource {
  Type: string;
  Properties?: Record<string, unknown>;
  DependsOn?: string | string[];
  DeletionPolicy?: string;
}

export interface Values {
  /** What `Ref` is of a parameter, a pseudo parameter or a resource. */
  ref(name: string): string | undefined;
  /** What `Fn::GetAtt` is. */
  attribute(logicalId: string, name: string): string | undefined;
}

export const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-west-1',
  'AWS::AccountId': '123456789012',
  'AWS::URLSuffix': 'amazonaws.com',
};

/**
 * The value without intrinsic functions. @param where for the message
 * @throws Error names the reference, or the function, that is not known
 */
export function resolved(value: unknown, values: Values, where: string): unknown {
  if (Array.isArray(value)) return value.map((item, index) => resolved(item, values, `${where}[${index}]`));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [[name, argument] = ['', undefined]] = entries;
  if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'))) {
    const found = resolvedFunction(name, argument, values, where);
    if (found !== undefined) return found;
    throw new Error(`${where}: nobody gave a value to ${JSON.stringify(value)}`);
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, resolved(item, values, `${where}.${key}`)]));
}

function resolvedFunction(name: string, argument: unknown, values: Values, where: string): unknown {
  switch (name) {
    case 'Ref':
      return values.ref(String(argument));
    case 'Fn::GetAtt': {
      const [logicalId = '', attribute = ''] =
        typeof argument === 'string' ? argument.split('.') : (argument as string[]);
      return values.attribute(logicalId, attribute);
    }
    case 'Fn::Join': {
      const [between, parts] = argument as [string, unknown[]];
      return parts.map((part, index) => resolved(part, values, `${where}[${index}]`)).join(between);
    }
    default:
      return undefined;
  }
}

/** What a value refers to, by `Ref` and `Fn::GetAtt`. */
export function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    if (key === 'Ref') return [String(item)];
    if (key === 'Fn::GetAtt') return [String(Array.isArray(item) ? item[0] : String(item).split('.')[0])];
    return referencesIn(item);
  });
}

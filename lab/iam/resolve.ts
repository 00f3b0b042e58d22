import type { PolicyStatement } from './evaluate.ts';

interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
}

/** A template as CDK synthesised it. */
export interface OfStack {
  template: { toJSON(): Record<string, unknown> };
  /** By logical id. */
  ofType(type: string): Record<string, Resource>;
}

/*
 * A template's policies as CloudFormation would write them: its functions worked out for one account and region, so that an
 * evaluator can read them. What is not known here is an error.
 */

export const HERE = { partition: 'aws', region: 'eu-west-1', account: '123456789012' } as const;

const PSEUDO: Record<string, string> = {
  'AWS::Partition': HERE.partition,
  'AWS::Region': HERE.region,
  'AWS::AccountId': HERE.account,
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackId': 'arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1',
};

export const arnOf = (service: string, rest: string): string =>
  `arn:${HERE.partition}:${service}:${service === 'iam' ? '' : HERE.region}:${HERE.account}:${rest}`;

/** By type: what `Ref` and `Arn` of it are. A name that nobody gave is one that CloudFormation makes: its logical id here. */
const NAMED: Record<
  string,
  { service: string; rest: (name: string) => string; nameKey?: string; ref: 'name' | 'arn' }
> = {
  'AWS::DynamoDB::Table': { service: 'dynamodb', rest: name => `table/${name}`, nameKey: 'TableName', ref: 'name' },
  'AWS::Lambda::Function': {
    service: 'lambda',
    rest: name => `function:${name}`,
    nameKey: 'FunctionName',
    ref: 'name',
  },
  // Lambda counts them: the first one of its function
  'AWS::Lambda::Version': {
    service: 'lambda',
    rest: name => `function:${name}:1`,
    nameKey: 'FunctionName',
    ref: 'arn',
  },
  'AWS::SNS::Topic': { service: 'sns', rest: name => name, nameKey: 'TopicName', ref: 'arn' },
  'AWS::SQS::Queue': { service: 'sqs', rest: name => name, nameKey: 'QueueName', ref: 'name' },
  'AWS::KMS::Key': { service: 'kms', rest: name => `key/${name}`, ref: 'name' },
  'AWS::IAM::Role': { service: 'iam', rest: name => `role/${name}`, nameKey: 'RoleName', ref: 'name' },
  'AWS::Logs::LogGroup': { service: 'logs', rest: name => `log-group:${name}:*`, nameKey: 'LogGroupName', ref: 'name' },
  'AWS::Events::Rule': { service: 'events', rest: name => `rule/${name}`, nameKey: 'Name', ref: 'name' },
  'AWS::StepFunctions::StateMachine': {
    service: 'states',
    rest: name => `stateMachine:${name}`,
    nameKey: 'StateMachineName',
    ref: 'arn',
  },
};

export function resolverOf({ template }: OfStack) {
  const resources = template.toJSON().Resources as Record<string, Resource>;

  function named(logicalId: string, as: 'ref' | 'Arn'): string {
    const resource = resources[logicalId];
    const known = NAMED[resource?.Type ?? ''];
    if (resource === undefined || known === undefined)
      throw new Error(`${logicalId} (${resource?.Type}): nobody here knows its name`);
    const name = known.nameKey === undefined ? logicalId : text(resource.Properties[known.nameKey] ?? logicalId);
    return as === 'Arn' || known.ref === 'arn' ? arnOf(known.service, known.rest(name)) : name;
  }

  function text(value: unknown): string {
    if (typeof value === 'string') return value;
    const [[key, argument] = ['', undefined]] = Object.entries(value as object);
    if (key === 'Ref') return PSEUDO[String(argument)] ?? named(String(argument), 'ref');
    if (key === 'Fn::Join') {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map(text).join(separator);
    }
    if (key === 'Fn::GetAtt') {
      const [logicalId, attribute] = argument as [string, string];
      if (attribute !== 'Arn') throw new Error(`${logicalId}.${attribute} is not worked out here`);
      return named(logicalId, 'Arn');
    }
    throw new Error(`${JSON.stringify(value)} is not worked out here`);
  }

  /** Everything of a JSON value that CloudFormation would work out. */
  function resolve<T>(value: unknown): T {
    if (Array.isArray(value)) return value.map(one => resolve(one)) as T;
    if (typeof value !== 'object' || value === null) return value as T;
    const keys = Object.keys(value);
    const [only = ''] = keys;
    if (keys.length === 1 && (only === 'Ref' || only.startsWith('Fn::'))) return text(value) as T;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolve(one)])) as T;
  }

  return { resolve, arn: (logicalId: string) => named(logicalId, 'Arn') };
}

interface Document {
  Statement: PolicyStatement[];
}

/** Every policy that a role has, inline and attached, by the role's name. Managed ones of AWS are none of ours. */
export function rolesOf(from: OfStack): Map<string, PolicyStatement[]> {
  const { resolve } = resolverOf(from);
  const roles = new Map<string, PolicyStatement[]>();
  for (const [logicalId, { Properties }] of Object.entries(from.ofType('AWS::IAM::Role'))) {
    const inline = resolve<{ PolicyDocument: Document }[]>(Properties.Policies ?? []);
    const name = resolve<string>(Properties.RoleName ?? logicalId);
    roles.set(
      name,
      inline.flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
    );
  }
  for (const { Properties } of Object.values(from.ofType('AWS::IAM::Policy'))) {
    const { Statement } = resolve<Document>(Properties.PolicyDocument);
    for (const role of resolve<string[]>(Properties.Roles)) {
      roles.set(role, [...(roles.get(role) ?? []), ...Statement]);
    }
  }
  return roles;
}

/** What IAM counts of a role: all its inline policies as JSON without white space. */
export const charactersOf = (statements: readonly PolicyStatement[]): number =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements }).replaceAll(/\s/g, '').length;

import { AwsError } from '../aws/aws-error.ts';

/** The lab's one account and region: what its SDK clients sign for. */
const region = 'eu-west-1';
const account = '123456789012';

export const labRegion = region;
export const labAccount = account;

export const stateMachineArnOf = (name: string): string => `arn:aws:states:${region}:${account}:stateMachine:${name}`;

export const executionArnOf = (machine: string, name: string): string =>
  `arn:aws:states:${region}:${account}:execution:${machine}:${name}`;

export const functionArnOf = (name: string): string => `arn:aws:lambda:${region}:${account}:function:${name}`;

/**
 * `Look` and the like as the machines' definitions name them: `${LookFunction}` is the ARN of the function `look`, and
 * `${Partition}` the part of AWS in which service integrations are.
 * @param version of all of them, as a deployment publishes it; absent: whatever is newest
 */
export function functionSubstitutions(functionNames: Iterable<string>, version?: number): Record<string, string> {
  const pascal = (name: string) => name.replace(/(^|-)([a-z0-9])/g, (_, __, first: string) => first.toUpperCase());
  const arnOf = (name: string) => `${functionArnOf(name)}${version === undefined ? '' : `:${version}`}`;
  const functions = [...functionNames].map((name): [string, string] => [`${pascal(name)}Function`, arnOf(name)]);
  return { ...Object.fromEntries(functions), Partition: 'aws' };
}

/** The name in a function ARN, a partial ARN or a name, each with or without a version or alias. */
export function functionNameOf(reference: string): string {
  const match = /^(?:arn:[^:]+:lambda:[^:]*:\d*:function:|\d+:function:|function:)?([\w-]+)(?::[\w$-]+)?$/.exec(
    reference,
  );
  if (match?.[1] === undefined) throw new AwsError('InvalidArn', `'${reference}' is not the name of a function`);
  return match[1];
}

/** The published version that a reference names, as in `...:function:look:7`; undefined where it names none. */
export const functionVersionOf = (reference: string): string | undefined =>
  /:function:[\w-]+:(\d+)$/.exec(reference)?.[1];

/** @throws AwsError InvalidArn */
export function requireArn(arn: string, kind: 'stateMachine' | 'execution'): void {
  const fields = kind === 'stateMachine' ? '[^:]+' : '[^:]+:[^:]+';
  if (!new RegExp(`^arn:aws[\\w-]*:states:[\\w-]+:\\d{12}:${kind}:${fields}$`).test(arn)) {
    throw new AwsError('InvalidArn', `Invalid Arn: '${arn}'`);
  }
}

/*
 * What IAM answers, by its documented rules ("Policy evaluation logic", "IAM JSON policy elements"): an explicit deny wins,
 * then an allow, and what nobody allows is denied. moto looks at neither resources nor conditions. What is not implemented
 * here is an error, never an allow.
 */

export interface PolicyStatement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, string | string[] | boolean>>;
  Principal?: '*' | Record<string, string | string[]>;
}

export interface Request {
  action: string;
  /** ARN; `*` for an action that knows no resources. */
  resource: string;
  /** What is known of the request, by its condition key. An absent key is one that IAM does not have in this request. */
  context?: Readonly<Record<string, string | readonly string[]>>;
  /** Who asks, where a resource's own policy is asked. */
  principal?: { service: string } | { role: string };
}

export type Decision = 'allowed' | 'explicitly denied' | 'not allowed';

const KNOWN_ELEMENTS = new Set(['Sid', 'Effect', 'Action', 'Resource', 'Condition', 'Principal']);

/** @throws Error a statement has an element, or a condition an operator, that is not implemented here */
export function decisionOf(statements: readonly PolicyStatement[], request: Request): Decision {
  const matching = statements.filter(statement => matches(statement, request));
  if (matching.some(({ Effect }) => Effect === 'Deny')) return 'explicitly denied';
  return matching.some(({ Effect }) => Effect === 'Allow') ? 'allowed' : 'not allowed';
}

/** Whether a statement speaks of this request, whatever it says of it. */
export function matches(statement: PolicyStatement, request: Request): boolean {
  const unknown = Object.keys(statement).find(key => !KNOWN_ELEMENTS.has(key));
  if (unknown !== undefined) throw new Error(`the element ${unknown} of a statement is not implemented`);
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') throw new Error(`Effect is ${statement.Effect}`);
  // every condition is looked at, so that one that is not known is found whatever else does not match
  const holds = conditionHolds(statement.Condition ?? {}, request.context ?? {});
  return (
    holds &&
    principalMatches(statement.Principal, request.principal) &&
    listOf(statement.Action).some(pattern => glob(pattern.toLowerCase(), request.action.toLowerCase())) &&
    listOf(statement.Resource ?? '*').some(pattern => arnMatches(pattern, request.resource))
  );
}

const listOf = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** A statement of a role's policy names nobody: it is about that role. */
function principalMatches(stated: PolicyStatement['Principal'], asking: Request['principal']): boolean {
  if (stated === undefined) return true;
  if (stated === '*') return true;
  if (asking === undefined) throw new Error('a statement names a principal, and the request says not who asks');
  return Object.entries(stated).some(([type, names]) => {
    if (type === 'Service') return 'service' in asking && listOf(names).includes(asking.service);
    if (type !== 'AWS') throw new Error(`principals of type ${type} are not implemented`);
    return listOf(names).some(
      name => name === '*' || ('role' in asking && (name === asking.role || isItsAccount(name, asking.role))),
    );
  });
}

/** `arn:aws:iam::123456789012:root` is every principal of the account that its own policies allow it. */
export const isItsAccount = (name: string, role: string): boolean =>
  name.endsWith(':root') && role.startsWith(name.slice(0, -'root'.length));

/**
 * `*` is any text and `?` any one character, in each part of an ARN for itself; in the last part they go over colons too.
 * docs: "IAM JSON policy elements: Resource"
 */
export function arnMatches(pattern: string, arn: string): boolean {
  if (pattern === '*' || pattern === arn) return true;
  const [wanted, found] = [partsOf(pattern), partsOf(arn)];
  if (wanted.length !== found.length) return false;
  return wanted.every((part, index) => glob(part, found[index] ?? ''));
}

/** arn, partition, service, region, account, and all the rest. */
function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}

export function glob(pattern: string, text: string): boolean {
  if (pattern.includes('$' + '{')) throw new Error(`policy variables are not implemented: ${pattern}`);
  const source = [...pattern].map(one =>
    one === '*' ? '.*' : one === '?' ? '.' : one.replace(/[\\^$.*+?()[\]{}|]/, '\\$&'),
  );
  return new RegExp(`^${source.join('')}$`, 's').test(text);
}

type Compare = (stated: string, found: string) => boolean;

const COMPARE: Record<string, Compare> = {
  StringEquals: (stated, found) => stated === found,
  StringEqualsIgnoreCase: (stated, found) => stated.toLowerCase() === found.toLowerCase(),
  StringLike: glob,
  ArnEquals: arnMatches,
  ArnLike: arnMatches,
  Bool: (stated, found) => stated === found,
};
/** True where none of the stated values fits; also where the key is absent. */
const NEGATED: Record<string, Compare> = {
  StringNotEquals: (stated, found) => stated === found,
  StringNotLike: glob,
  ArnNotLike: arnMatches,
  ArnNotEquals: arnMatches,
};

/** All operators and all of their keys have to hold; of several values one. */
function conditionHolds(
  condition: NonNullable<PolicyStatement['Condition']>,
  context: NonNullable<Request['context']>,
): boolean {
  return Object.entries(condition)
    .flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, stated]) => one(operator, stated, valuesOf(context, key))),
    )
    .every(held => held);
}

/** Keys are compared without case, values with. Undefined: the request has no such key. */
function valuesOf(context: NonNullable<Request['context']>, key: string): readonly string[] | undefined {
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
  return found === undefined ? undefined : listOf(found);
}

function one(operator: string, given: string | string[] | boolean, values: readonly string[] | undefined): boolean {
  const stated = listOf(given).map(String);
  if (operator === 'Null') return stated.some(text => text === String(values === undefined));
  const [, set, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const [positive, negative] = [own(COMPARE, name), own(NEGATED, name)];
  const compare = positive ?? negative;
  if (compare === undefined) throw new Error(`the operator ${operator} is not implemented`);
  const fits = (found: string) => stated.some(text => compare(text, found)) === (positive !== undefined);
  if (set === 'ForAllValues') return (values ?? []).every(fits); // also where there is none
  if (values === undefined) return ifExists !== undefined || (negative !== undefined && set === undefined);
  if (set === 'ForAnyValue') return values.some(fits);
  const [found, ...more] = values;
  if (found === undefined || more.length > 0)
    throw new Error(`${operator} of a key with ${values.length} values needs ForAllValues or ForAnyValue`);
  return fits(found);
}

const own = (from: Record<string, Compare>, name: string): Compare | undefined =>
  Object.hasOwn(from, name) ? from[name] : undefined;

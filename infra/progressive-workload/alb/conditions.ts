import { isIP } from 'node:net';
import { Token } from 'aws-cdk-lib';
import type { RuleConditions } from './rule-props.ts';

/** ELB's quota "condition values per rule", which nobody can have raised. */
const MOST_VALUES = 5;

/** A condition as the ELBv2 API has it. */
type Condition = { Field: string } & Record<string, unknown>;

/**
 * The conditions of a rule, as the ELBv2 API has them.
 * @param what for the sentence: `conditions`
 * @param header of a preview: asked for besides   @param sources of a preview: likewise
 * @throws Error there are none, too many values, or some that ELB would refuse
 */
export function conditionsOf(
  given: RuleConditions,
  {
    what,
    header,
    sources = [],
  }: { what: string; header?: { name: string; value: string }; sources?: readonly string[] },
): Condition[] {
  check(given, what);
  checkSources(sources, 'previewSourceIps');
  const own = ownConditions(given);
  if (own.length === 0)
    throw new Error(`${what}: at least one of hostHeaders, pathPatterns, headers, methods, queryStrings and sourceIps`);
  const all = [
    ...(header === undefined ? [] : [headerCondition(header.name, [header.value])]),
    ...(sources.length === 0 ? [] : [{ Field: 'source-ip', SourceIpConfig: { Values: sources } }]),
    ...own,
  ];
  const values = valuesOf(given) + (header === undefined ? 0 : 1) + sources.length;
  if (values <= MOST_VALUES) return all;
  const besides = header === undefined ? '' : ', with those of the preview';
  throw new Error(
    `${what}: ${values} values${besides}; an Application Load Balancer takes ${MOST_VALUES} in all the conditions of a rule`,
  );
}

function ownConditions(given: RuleConditions): Condition[] {
  const { hostHeaders = [], pathPatterns = [], headers = [], methods = [], queryStrings = [], sourceIps = [] } = given;
  const where = (Values: readonly unknown[], Field: string, config: string): Condition[] =>
    Values.length === 0 ? [] : [{ Field, [config]: { Values } }];
  return [
    ...where(hostHeaders, 'host-header', 'HostHeaderConfig'),
    ...where(pathPatterns, 'path-pattern', 'PathPatternConfig'),
    ...headers.map(({ name, values }) => headerCondition(name, values)),
    ...where(methods, 'http-request-method', 'HttpRequestMethodConfig'),
    ...where(
      queryStrings.map(({ key, value }) => ({ ...(key !== undefined && { Key: key }), Value: value })),
      'query-string',
      'QueryStringConfig',
    ),
    ...where(sourceIps, 'source-ip', 'SourceIpConfig'),
  ];
}

const headerCondition = (HttpHeaderName: string, Values: readonly string[]): Condition => ({
  Field: 'http-header',
  HttpHeaderConfig: { HttpHeaderName, Values },
});

const valuesOf = ({ headers = [], ...lists }: RuleConditions): number =>
  headers.reduce((sum, { values }) => sum + values.length, 0) +
  Object.values(lists).reduce((sum, list) => sum + list.length, 0);

function check({ headers = [], methods = [], sourceIps = [] }: RuleConditions, what: string): void {
  for (const { name, values } of headers) {
    if (values.length === 0) throw new Error(`${what}.headers: no value of ${name}`);
    if (name.toLowerCase() === 'host') throw new Error(`${what}.headers: 'Host' is a condition of hostHeaders`);
  }
  const lower = methods.find(method => !/^[A-Z_-]{1,40}$/.test(method));
  if (lower !== undefined)
    throw new Error(`${what}.methods: '${lower}'; expected a method in capital letters, such as GET`);
  checkSources(sourceIps, `${what}.sourceIps`);
}

function checkSources(sources: readonly string[], what: string): void {
  for (const cidr of sources) {
    if (Token.isUnresolved(cidr)) continue;
    const [address = '', bits = ''] = cidr.split('/');
    const most = isIP(address) === 6 ? 128 : 32;
    if (isIP(address) !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most) continue;
    throw new Error(`${what}: '${cidr}'; expected a block of addresses in CIDR notation, such as 192.0.2.0/24`);
  }
}

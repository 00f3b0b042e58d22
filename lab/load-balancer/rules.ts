import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';
import { assertNever } from '../../domain/assert-never.ts';
import type { ForwardAction, Rule, RuleCondition } from './model.ts';

/** What a rule's conditions look at. */
export interface RequestHead {
  /** As the client sent it, port included. */
  host: string;
  /** Path with query. */
  url: string;
  headers: IncomingHttpHeaders;
  method: string;
  /** Address of the connection's other end. */
  source: string;
}

export interface CompiledRule {
  rule: Rule;
  matches(head: RequestHead): boolean;
}

/** `*` stands for any characters, also none; `?` for exactly one. Everything else is literal. */
function wildcard(pattern: string, { ignoreCase }: { ignoreCase: boolean }): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, ignoreCase ? 'is' : 's');
}

/**
 * A rule whose patterns are ready. Conditions are joined by and, the values of one by or; host names and header values
 * are compared without regard to case, paths with it and without the query, as the ALB's documentation has it.
 */
export function compileRule(rule: Rule): CompiledRule {
  const conditions = rule.conditions.map(compileCondition);
  return { rule, matches: head => conditions.every(matches => matches(head)) };
}

function compileCondition(condition: RuleCondition): (head: RequestHead) => boolean {
  switch (condition.field) {
    case 'host-header': {
      const patterns = condition.values.map(value => wildcard(value, { ignoreCase: true }));
      return head => {
        const name = head.host.replace(/:\d+$/, '');
        return patterns.some(pattern => pattern.test(name));
      };
    }
    case 'path-pattern': {
      const patterns = condition.values.map(value => wildcard(value, { ignoreCase: false }));
      return head => {
        const path = head.url.split('?', 1)[0] ?? '';
        return patterns.some(pattern => pattern.test(path));
      };
    }
    case 'http-header': {
      const patterns = condition.values.map(value => wildcard(value, { ignoreCase: true }));
      const name = condition.name.toLowerCase();
      return head => {
        const value = head.headers[name];
        if (value === undefined) return false;
        const text = Array.isArray(value) ? value.join(', ') : value;
        return patterns.some(pattern => pattern.test(text));
      };
    }
    case 'http-request-method':
      return head => condition.values.includes(head.method);
    case 'query-string': {
      const pairs = condition.values.map(({ key, value }) => ({
        key: key === undefined ? undefined : wildcard(key, { ignoreCase: true }),
        value: wildcard(value, { ignoreCase: true }),
      }));
      return head => {
        const query = [...new URLSearchParams(head.url.split('?').slice(1).join('?'))];
        return pairs.some(pair =>
          query.some(([key, value]) => pair.key?.test(key) !== false && pair.value.test(value)),
        );
      };
    }
    case 'source-ip': {
      const sources = new BlockList();
      for (const cidr of condition.values) {
        const [address = '', bits] = cidr.split('/');
        sources.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
      }
      return ({ source }) => sources.check(source, isIPv6(source) ? 'ipv6' : 'ipv4');
    }
    default:
      return assertNever(condition);
  }
}

/** Smallest priority first, the default rule last. */
export const byPriority = (a: Rule, b: Rule): number =>
  (a.priority === 'default' ? Number.POSITIVE_INFINITY : a.priority) -
    (b.priority === 'default' ? Number.POSITIVE_INFINITY : b.priority) || 0;

/**
 * The target group that gets a request without a cookie, by weight.
 * @param random 0 (included) to 1 (not included)
 * @returns undefined when all weights are 0
 */
export function groupByWeight(action: ForwardAction, random: number): string | undefined {
  const total = action.targetGroups.reduce((sum, group) => sum + group.weight, 0);
  let rest = random * total;
  for (const group of action.targetGroups) {
    if (rest < group.weight) return group.arn;
    rest -= group.weight;
  }
  return undefined;
}

import { describe, expect, it } from 'vitest';
import {
  overlap,
  patternsMeet,
  type RuleConditionFacts,
  unguardedProblem,
} from '../../../../domain/routers/alb/overlap.ts';

const host = (...Values: string[]): RuleConditionFacts => ({ Field: 'host-header', HostHeaderConfig: { Values } });
const path = (...Values: string[]): RuleConditionFacts => ({ Field: 'path-pattern', PathPatternConfig: { Values } });
const method = (...Values: string[]): RuleConditionFacts => ({
  Field: 'http-request-method',
  HttpRequestMethodConfig: { Values },
});
const source = (...Values: string[]): RuleConditionFacts => ({ Field: 'source-ip', SourceIpConfig: { Values } });
const header = (HttpHeaderName: string, ...Values: string[]): RuleConditionFacts => ({
  Field: 'http-header',
  HttpHeaderConfig: { HttpHeaderName, Values },
});
const query = (): RuleConditionFacts => ({ Field: 'query-string' });

describe('two patterns', () => {
  it.each([
    ['/api/*', '/api/orders', true],
    ['/api/*', '/web/*', false],
    ['*.example.com', 'shop.*', true],
    ['/a?c', '/abc', true],
    ['/a?c', '/abbc', false],
    ['/a?', '/?b', true],
    ['*a', '*b', false],
    ['a*', '*b', true],
    ['**', '', true],
    ['', '?', false],
    ['', '', true],
    ['/x*y*z', '/x1y2z', true],
    ['/x*y*z', '/x1z', false],
  ])('%s and %s have a text in common: %s', (a, b, expected) => {
    expect(patternsMeet(a, b)).toBe(expected);
    expect(patternsMeet(b, a)).toBe(expected);
  });
});

describe('conditions of two rules', () => {
  it.each<[string, RuleConditionFacts[], RuleConditionFacts[], boolean]>([
    ['hosts in any case', [host('Shop.example.com')], [host('shop.EXAMPLE.com')], true],
    ['other hosts', [host('a.example.com', 'b.example.com')], [host('c.example.com')], false],
    ['paths in this case alone', [path('/Shop')], [path('/shop')], false],
    ['a host and a path', [host('a.example.com')], [path('/x')], true],
    ['one host, other paths', [host('a'), path('/x')], [host('a'), path('/y')], false],
    ['other methods', [method('GET')], [method('POST', 'PUT')], false],
    ['a method of both', [method('GET', 'PUT')], [method('PUT')], true],
    ['a block in a block', [source('10.0.0.0/8')], [source('10.1.0.0/16')], true],
    ['blocks apart', [source('10.0.0.0/9')], [source('10.128.0.0/9')], false],
    ['everybody', [source('0.0.0.0/0')], [source('192.0.2.1/32')], true],
    ['two families', [source('10.0.0.0/8')], [source('2001:db8::/32')], false],
    ['blocks of version 6', [source('2001:db8::/32')], [source('2001:db8:1::/48')], true],
    ['blocks of version 6 apart', [source('2001:db8:1::/48')], [source('2001:db8:2::/48')], false],
    ['a block that cannot be read', [source('office')], [source('10.0.0.0/8')], true],
    ['values of one header', [header('X-Tenant', 'a')], [header('x-tenant', 'b')], false],
    ['two headers', [header('x-a', '1')], [header('x-b', '2')], true],
    ['queries, of which a request has several', [query()], [query()], true],
    ['a regular expression, which is not read', [{ Field: 'host-header' }], [host('a')], true],
    ['the old way to write values', [{ Field: 'path-pattern', Values: ['/x'] }], [path('/y')], false],
    ['none at all', [], [host('a')], true],
  ])('share a request: %s', (_, a, b, expected) => {
    expect(overlap(a, b)).toBe(expected);
    expect(overlap(b, a)).toBe(expected);
  });
});

describe('what a rule that asks nobody would open', () => {
  const guard = { arn: 'arn:guard', priority: 50, authenticates: true, conditions: [host('a')] };
  const own = { priority: 20, authenticates: false, conditions: [host('a')] };

  it('is named with where it stands, the first of several', () => {
    const last = { ...guard, arn: 'arn:default', priority: Number.POSITIVE_INFINITY, conditions: [] };
    expect(unguardedProblem(own, [last, guard])).toContain('arn:guard (priority 50)');
    expect(unguardedProblem(own, [last])).toContain('arn:default (the default rule)');
  });

  it.each([
    ['asks itself', { ...own, authenticates: true }, guard],
    ['stands behind', { ...own, priority: 60 }, guard],
    ['shares nothing', { ...own, conditions: [host('b')] }, guard],
    ['takes from one that does not ask', own, { ...guard, authenticates: false }],
  ])('is nothing where it %s', (_, rule, other) => {
    expect(unguardedProblem(rule, [other])).toBeUndefined();
  });
});

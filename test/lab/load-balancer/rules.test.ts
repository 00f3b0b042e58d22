import { describe, expect, it } from 'vitest';
import type { RuleCondition } from '../../../lab/load-balancer/model.ts';
import { byPriority, compileRule, groupByWeight, type RequestHead } from '../../../lab/load-balancer/rules.ts';
import { groupArn, rule, weights } from './specs.ts';

const meets = (condition: RuleCondition, head: Partial<RequestHead>) =>
  compileRule(rule(weights(1, 0), { conditions: [condition] })).matches({
    host: 'shop.example.com',
    url: '/',
    headers: {},
    method: 'GET',
    source: '127.0.0.1',
    ...head,
  });

describe('a rule', () => {
  it.each([
    ['*.example.com', 'Shop.EXAMPLE.com:8080', true],
    ['*.example.com', 'example.com', false],
    ['sho?.example.com', 'shop.example.com', true],
    ['sho?.example.com', 'sho.example.com', false],
    ['shop.example.com', 'shopXexample.com', false],
  ])('for host %s takes %s: %s', (pattern, host, expected) => {
    expect(meets({ field: 'host-header', values: ['other.example.com', pattern] }, { host })).toBe(expected);
  });

  it.each([
    ['/api/*', '/api/orders?page=2', true],
    ['/api/orders', '/api/orders?page=2', true],
    ['/api/*', '/API/orders', false],
    ['/api/*', '/web?next=/api/', false],
    ['/img/?.png', '/img/1.png', true],
    ['/a+b', '/aab', false],
  ])('for path %s takes %s: %s', (pattern, url, expected) => {
    expect(meets({ field: 'path-pattern', values: [pattern] }, { url })).toBe(expected);
  });

  it('for a header takes its values without regard to case, and no request without it', () => {
    const condition: RuleCondition = { field: 'http-header', name: 'X-Sluice-Preview', values: ['canary', 'next-*'] };
    expect(meets(condition, { headers: { 'x-sluice-preview': 'Canary' } })).toBe(true);
    expect(meets(condition, { headers: { 'x-sluice-preview': 'next-1' } })).toBe(true);
    expect(meets(condition, { headers: { 'x-sluice-preview': 'stable' } })).toBe(false);
    expect(meets(condition, {})).toBe(false);
  });

  it.each([
    [['GET', 'POST'], 'POST', true],
    [['POST'], 'GET', false],
    [['get'], 'GET', false],
  ])('for methods %s takes %s: %s', (values, method, expected) => {
    expect(meets({ field: 'http-request-method', values }, { method })).toBe(expected);
  });

  it.each([
    [{ key: 'version', value: 'v?' }, '/?version=v1', true],
    [{ key: 'Version', value: 'V1' }, '/a?x=1&version=v1', true],
    [{ key: 'version', value: 'v1' }, '/?other=v1', false],
    [{ value: 'beta' }, '/?any=beta', true],
    [{ value: 'beta' }, '/beta', false],
    [{ key: 'a?', value: '*' }, '/', false],
  ])('for the query %o takes %s: %s', (pair, url, expected) => {
    expect(meets({ field: 'query-string', values: [pair] }, { url })).toBe(expected);
  });

  it.each([
    [['10.0.0.0/8', '192.0.2.7/32'], '10.1.2.3', true],
    [['10.0.0.0/8', '192.0.2.7/32'], '192.0.2.8', false],
    [['2001:db8::/32'], '2001:db8::1', true],
    [['10.0.0.0/8'], '2001:db8::1', false],
  ])('for sources %s takes %s: %s', (values, source, expected) => {
    expect(meets({ field: 'source-ip', values }, { source })).toBe(expected);
  });

  it('needs all of its conditions', () => {
    const both = compileRule(
      rule(weights(1, 0), {
        conditions: [
          { field: 'path-pattern', values: ['/api/*'] },
          { field: 'http-header', name: 'x-tenant', values: ['a'] },
        ],
      }),
    );
    const head = { host: '', url: '/api/1', headers: {}, method: 'GET', source: '' };
    expect(both.matches(head)).toBe(false);
    expect(both.matches({ ...head, headers: { 'x-tenant': 'a' } })).toBe(true);
  });

  it('comes after those of smaller priority, the default one last', () => {
    const [preview, plain, last] = [3, 20, 'default' as const].map(priority => rule(weights(1, 0), { priority }));
    if (preview === undefined || plain === undefined || last === undefined) throw new Error('three rules');
    for (const given of [
      [last, plain, preview],
      [preview, last, plain],
      [plain, preview, last],
    ])
      expect(given.toSorted(byPriority).map(({ priority }) => priority)).toEqual([3, 20, 'default']);
  });
});

describe('weights', () => {
  it.each([
    [0, 'blue'],
    [0.7499, 'blue'],
    [0.75, 'green'],
    [0.9999, 'green'],
  ])('of 75 and 25 send the request that draws %s to %s', (random, name) => {
    expect(groupByWeight(weights(75, 25), random)).toBe(groupArn(name));
  });

  it('of 0 never get a request', () => {
    expect(groupByWeight(weights(0, 999), 0)).toBe(groupArn('green'));
    expect(groupByWeight(weights(999, 0), 0.999999)).toBe(groupArn('blue'));
  });

  it('that are all 0 choose no group', () => {
    expect(groupByWeight(weights(0, 0), 0.5)).toBeUndefined();
  });
});

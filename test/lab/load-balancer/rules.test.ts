import { describe, expect, it } from 'vitest';
import type { RuleCondition } from '../../../lab/load-balancer/model.ts';
import { byPriority, compileRule, groupByWeight } from '../../../lab/load-balancer/rules.ts';
import { groupArn, rule, weights } from './specs.ts';

const meets = (condition: RuleCondition, head: { host?: string; url?: string; headers?: Record<string, string> }) =>
  compileRule(rule(weights(1, 0), { conditions: [condition] })).matches({
    host: 'shop.example.com',
    url: '/',
    headers: {},
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

  it('needs all of its conditions', () => {
    const both = compileRule(
      rule(weights(1, 0), {
        conditions: [
          { field: 'path-pattern', values: ['/api/*'] },
          { field: 'http-header', name: 'x-tenant', values: ['a'] },
        ],
      }),
    );
    expect(both.matches({ host: '', url: '/api/1', headers: {} })).toBe(false);
    expect(both.matches({ host: '', url: '/api/1', headers: { 'x-tenant': 'a' } })).toBe(true);
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

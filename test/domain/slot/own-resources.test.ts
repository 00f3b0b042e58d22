import { describe, expect, it } from 'vitest';
import { sharedWith } from '../../../domain/slot/own-resources.ts';
import type { Workload } from '../../../domain/workload.ts';

const workload = (name: string, more: Partial<Workload> = {}): Workload => ({
  name,
  cluster: { name: 'prod', namespace: 'shop' },
  deployment: name,
  container: 'app',
  repositories: [{ name, tags: 'v*' }],
  router: {
    kind: 'alb',
    rules: [`arn:rule/${name}`],
    targetGroups: { blue: `arn:tg/${name}-blue`, green: `arn:tg/${name}-green` },
    previewRule: `arn:rule/${name}-preview`,
  },
  backgroundWork: 'none',
  connections: 'cut',
  maxDrainSeconds: 900,
  ...more,
});
const routed = (more: object) => ({ router: { ...workload('api').router, ...more } });
const checkout = workload('checkout', { service: 'shop-front' });

describe('two workloads that', () => {
  it.each<[string, Partial<Workload>, string]>([
    ['have one rule', routed({ rules: ['arn:rule/api', 'arn:rule/checkout'] }), 'rule arn:rule/checkout'],
    ['have one preview rule', routed({ previewRule: 'arn:rule/checkout-preview' }), 'rule arn:rule/checkout-preview'],
    [
      'take a rule for the dial and for a preview',
      routed({ rules: ['arn:rule/checkout-preview'] }),
      'rule arn:rule/checkout-preview',
    ],
    [
      'take a rule for a preview and for the dial',
      routed({ previewRule: 'arn:rule/checkout' }),
      'rule arn:rule/checkout',
    ],
    [
      'have one target group',
      routed({ targetGroups: { blue: 'arn:tg/api', green: 'arn:tg/checkout-green' } }),
      'target group arn:tg/checkout-green',
    ],
    [
      'have one target group for different slots',
      routed({ targetGroups: { blue: 'arn:tg/checkout-green', green: 'arn:tg/api' } }),
      'target group arn:tg/checkout-green',
    ],
    ['have one Deployment', { deployment: 'checkout' }, 'Deployment prod/shop/checkout'],
    ['take a slot of the other for a template', { deployment: 'checkout-blue' }, 'Deployment prod/shop/checkout-blue'],
    ['have one Service', { service: 'shop-front' }, 'Service prod/shop/shop-front'],
    ['take the Service of a slot for the team’s', { service: 'checkout-green' }, 'Service prod/shop/checkout-green'],
  ])('%s cannot both be', (_, more, resource) => {
    const api = workload('api', more);
    expect(sharedWith(api, [workload('till'), checkout])).toEqual({ resource, other: 'checkout' });
    expect(sharedWith(checkout, [workload('till'), api])).toEqual({ resource, other: 'api' });
  });

  it.each<[string, Partial<Workload>]>([
    ['have one repository', { repositories: [{ name: 'checkout', tags: 'v*' }] }],
    ['have one alarm', { alarms: ['slo'] }],
    ['have one Prometheus', { sources: { prometheus: { url: 'https://p.example', sigv4: false } } }],
    [
      'have a Deployment of one name in two namespaces',
      { deployment: 'checkout', cluster: { name: 'prod', namespace: 'other' } },
    ],
    [
      'have a Deployment of one name in two clusters',
      { deployment: 'checkout', cluster: { name: 'dev', namespace: 'shop' } },
    ],
    ['have nothing in common', {}],
  ])('%s are ordinary', (_, more) => {
    expect(sharedWith(workload('api', more), [{ ...checkout, alarms: ['slo'] }])).toBeUndefined();
  });

  it('are one and the same share everything', () => {
    expect(sharedWith(checkout, [checkout])).toBeUndefined();
  });
});

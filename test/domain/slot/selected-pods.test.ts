import { describe, expect, it } from 'vitest';
import { type NamespaceSelectors, namespaceSelectorsSchema } from '../../../domain/slot/namespace-selectors.ts';
import { type PodsOf, selectionProblems } from '../../../domain/slot/selected-pods.ts';
import { slotLabels } from '../../../domain/slot/slot-labels.ts';

const workload = { name: 'shop', deployment: 'shop-web' };
const template = { app: 'shop', tier: 'web' };
const slots = {
  blue: { tier: 'web', ...slotLabels(workload, 'blue') },
  green: { tier: 'web', ...slotLabels(workload, 'green') },
};
const problems = (found: object, pods: Partial<PodsOf> = {}): string[] => {
  const none: NamespaceSelectors = { services: [], deployments: [], networkPolicies: [], disruptionBudgets: [] };
  const selectors = namespaceSelectorsSchema.parse({ ...none, ...found });
  return selectionProblems({ workload, canary: 'green', slots, template, ...pods }, selectors);
};
const service = (name: string, selector: object) => ({ services: [{ name, selector }] });
const own = { ...workload, service: 'shop' };

describe('a Service', () => {
  it.each<[string, object, Partial<PodsOf>]>([
    ['of a slot', service('shop-green', slotLabels(workload, 'green')), {}],
    ['of other pods', service('cart', { app: 'cart' }), {}],
    ['of the template’s own pods that the workload names', service('shop', { app: 'shop' }), { workload: own }],
    ['that the workload names, at the live slot', service('shop', slotLabels(workload, 'blue')), { workload: own }],
    [
      'that may select both slots',
      service('metrics', { tier: 'web' }),
      { workload: { ...workload, otherServices: ['metrics'] } },
    ],
    [
      'of the template’s own pods about which nobody is to ask',
      service('old', { app: 'shop' }),
      { workload: { ...workload, otherServices: ['old'] } },
    ],
  ])('is as it should be: %s', (_, found, pods) => {
    expect(problems(found, pods)).toEqual([]);
  });

  it.each<[string, string, object, Partial<PodsOf>]>([
    [
      'that selects the canary',
      'Service metrics (tier=web) selects pods of blue, and what comes by it is no part of the traffic weights: where it brings no requests of users name it in otherServices',
      service('metrics', { tier: 'web' }),
      {},
    ],
    [
      'by a label that the workload keeps',
      'Service web (tier=web) selects pods of blue, and what comes by it is no part of the traffic weights: take tier out of keepLabels, or where it brings no requests of users name it in otherServices',
      service('web', { tier: 'web' }),
      { workload: { ...workload, keepLabels: ['tier'] } },
    ],
    [
      'that selects the live slot alone and is not the one that follows it',
      'Service pinned (sluice.dev/workload=shop, sluice.dev/slot=blue) selects pods of blue, and what comes by it is no part of the traffic weights: where it brings no requests of users name it in otherServices',
      service('pinned', slotLabels(workload, 'blue')),
      {},
    ],
    [
      'that the workload names and that is at the canary',
      'Service shop (sluice.dev/workload=shop, sluice.dev/slot=green) selects pods of green, and what comes by it is no part of the traffic weights: let it select the live slot alone',
      service('shop', slotLabels(workload, 'green')),
      { workload: own },
    ],
    [
      'of the template’s own pods that nobody names: its callers would find none',
      'Service shop (app=shop) selects pods of the Deployment shop-web and of no slot, so its callers would find none: name it in the workload as service, and it follows the live slot; where it may reach both, let it select sluice.dev/workload=shop and name it in otherServices',
      service('shop', { app: 'shop' }),
      {},
    ],
  ])('is found with its selector and a way out: %s', (_, problem, found, pods) => {
    expect(problems(found, pods)).toEqual([problem]);
  });
});

it('a Deployment is found whose autoscaler would count pods of a slot; a slot’s own is none', () => {
  const deployments = [
    { name: 'shop-web', selector: { matchExpressions: [{ key: 'tier', operator: 'Exists' }] } },
    { name: 'shop-green', selector: { matchLabels: slotLabels(workload, 'green') } },
    { name: 'cart', selector: { matchLabels: { app: 'cart' } } },
  ];
  expect(problems({ deployments })).toEqual([
    'Deployment shop-web (tier) selects pods of blue, and its autoscaler would count them: leave one of these labels out of keepLabels and labels',
  ]);
});

describe('a NetworkPolicy', () => {
  const ingress = [{ from: [{ podSelector: { matchLabels: { app: 'edge' } } }] }];
  const policy = (name: string, podSelector: object, more: object = { ingress }) => ({
    name,
    spec: { podSelector, ...more },
  });
  const shop = { matchLabels: { app: 'shop' } };
  const slot = { matchLabels: { 'sluice.dev/workload': 'shop' } };
  const lets = (...from: object[]) => policy('db', { matchLabels: { app: 'db' } }, { ingress: [{ from }] });

  it.each<[string, object[]]>([
    ['for all pods', [policy('all', {})]],
    ['for other pods', [policy('cart', { matchLabels: { app: 'cart' } })]],
    ['of which pods of slots have one with the same rules', [policy('a', shop), policy('b', slot)]],
    ['that lets both through', [lets({ podSelector: shop }, { podSelector: slot })]],
    ['that lets everybody through', [policy('db', { matchLabels: { app: 'db' } }, { ingress: [{}] })]],
    ['that lets pods of another namespace through', [lets({ podSelector: shop, namespaceSelector: {} })]],
    ['that lets addresses through', [lets({ ipBlock: { cidr: '10.0.0.0/8' } }, { podSelector: shop })]],
  ])('misses nobody: %s', (_, networkPolicies) => {
    expect(problems({ networkPolicies })).toEqual([]);
  });

  it.each<[string, string, object[]]>([
    [
      'is for the template’s pods alone',
      'NetworkPolicy a (app=shop) is for pods of shop-web and misses those of green: keep its label (keepLabels), or add a policy with the same rules for sluice.dev/workload=shop',
      [policy('a', shop)],
    ],
    [
      'has other rules for pods of slots',
      'NetworkPolicy a (app=shop) is for pods of shop-web and misses those of green: keep its label (keepLabels), or add a policy with the same rules for sluice.dev/workload=shop',
      [policy('a', shop), policy('b', slot, { policyTypes: ['Ingress'] })],
    ],
    [
      'lets the template’s pods into another workload alone',
      'NetworkPolicy db lets through pods of shop-web (app=shop) and not those of green: keep its label (keepLabels), or add a peer sluice.dev/workload=shop',
      [lets({ podSelector: { matchLabels: { app: 'cart' } } }, { podSelector: shop })],
    ],
    [
      'lets others out to the template’s pods alone',
      'NetworkPolicy edge lets through pods of shop-web (app=shop) and not those of green: keep its label (keepLabels), or add a peer sluice.dev/workload=shop',
      [policy('edge', { matchLabels: { app: 'edge' } }, { egress: [{ to: [{ podSelector: shop }] }] })],
    ],
  ])('is found that %s', (_, problem, networkPolicies) => {
    expect(problems({ networkPolicies })).toEqual([problem]);
  });
});

describe('a PodDisruptionBudget', () => {
  const budget = (name: string, selector: object) => ({ name, selector });
  const shop = budget('shop', { matchLabels: { app: 'shop' } });

  it('that misses pods of slots is found', () => {
    expect(problems({ disruptionBudgets: [shop] })).toEqual([
      'PodDisruptionBudget shop (app=shop) is for pods of shop-web and misses those of green: keep its label (keepLabels), or add a budget for sluice.dev/workload=shop',
    ]);
  });

  it('of theirs is enough', () => {
    const ofSlots = budget('slots', { matchLabels: { 'sluice.dev/workload': 'shop' } });
    expect(problems({ disruptionBudgets: [shop, ofSlots] })).toEqual([]);
    expect(problems({ disruptionBudgets: [budget('all', {})] })).toEqual([]);
  });
});

it('an undo restores pods as they were: only who selects them is asked', () => {
  const disruptionBudgets = [{ name: 'shop', selector: { matchLabels: { app: 'shop' } } }];
  const { template: _, ...undo } = { workload, canary: 'green' as const, slots, template };
  const none = { services: [], deployments: [], networkPolicies: [] };
  expect(selectionProblems(undo, { ...none, disruptionBudgets })).toEqual([]);
  const services = [{ name: 'web', selector: { tier: 'web' } }];
  expect(selectionProblems(undo, { ...none, services, disruptionBudgets: [] })).toHaveLength(1);
});

import { describe, expect, it } from 'vitest';
import type { LabelSelector } from '../../../domain/slot/label-selector.ts';
import { withReachableSelectors } from '../../../domain/slot/pod-selectors.ts';
import { podTemplateSchema } from '../../../domain/slot/pod-template.ts';

const INSTANCE = 'app.kubernetes.io/instance';
const own = { 'sluice.dev/workload': 'checkout' };
const selected = {
  original: { [INSTANCE]: 'shop', app: 'checkout' },
  slot: { app: 'checkout', ...own, 'sluice.dev/slot': 'green' },
  workload: 'checkout',
  namespace: 'shop',
};
const write = (spec: object) =>
  withReachableSelectors(podTemplateSchema.parse({ spec: { containers: [], ...spec } }), selected).spec;
const spreadBy = (labelSelector: LabelSelector | undefined) => {
  const written = write({ topologySpreadConstraints: [{ topologyKey: 'zone', labelSelector }] });
  return (written.topologySpreadConstraints as { labelSelector?: object }[])[0]?.labelSelector;
};
const expression = (operator: string, values?: string[], key = INSTANCE) => ({
  key,
  operator,
  ...(values !== undefined && { values }),
});
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

describe('a selector that means the template’s own pods means the workload', () => {
  it.each<[string, LabelSelector, object]>([
    ['by a label', { matchLabels: { [INSTANCE]: 'shop' } }, { matchLabels: own }],
    [
      'by two, of which pods of slots have one',
      { matchLabels: { [INSTANCE]: 'shop', app: 'checkout' } },
      { matchLabels: { app: 'checkout', ...own } },
    ],
    ['by an expression', { matchExpressions: [expression('In', ['shop'])] }, { matchLabels: own }],
    ['by one of several values', { matchExpressions: [expression('In', ['cart', 'shop'])] }, { matchLabels: own }],
    ['by a label’s being there', { matchExpressions: [expression('Exists')] }, { matchLabels: own }],
    [
      'by an expression beside one that pods of slots meet',
      { matchExpressions: [expression('Exists'), expression('In', ['checkout'], 'app')] },
      { matchExpressions: [expression('In', ['checkout'], 'app')], matchLabels: own },
    ],
  ])('%s', (_, selector, expected) => {
    expect(spreadBy(selector)).toEqual(expected);
  });

  it.each<[string, LabelSelector]>([
    ['by a value', { matchExpressions: [expression('NotIn', ['shop'])] }],
    ['by a label’s being absent', { matchExpressions: [expression('DoesNotExist')] }],
  ])('where it leaves them out it leaves out the workload: %s', (_, selector) => {
    const { matchExpressions = [] } = selector;
    expect(spreadBy(selector)).toEqual({
      matchExpressions: [...matchExpressions, { key: 'sluice.dev/workload', operator: 'NotIn', values: ['checkout'] }],
    });
  });
});

describe('a selector stays', () => {
  it.each<[string, LabelSelector | undefined]>([
    ['that is none', undefined],
    ['of all pods', {}],
    ['by a label that pods of slots keep', { matchLabels: { app: 'checkout' } }],
    ['of another workload', { matchLabels: { [INSTANCE]: 'another' } }],
    ['of another part of the same instance', { matchLabels: { [INSTANCE]: 'shop', app: 'redis' } }],
    ['that leaves out another workload', { matchExpressions: [expression('NotIn', ['another'])] }],
    ['by a label that neither has', { matchExpressions: [expression('Exists', undefined, 'tier')] }],
  ])('%s', (_, selector) => {
    expect(spreadBy(selector)).toEqual(selector);
  });

  it('of nodes, which have labels of their own', () => {
    const nodeAffinity = { [REQUIRED]: { nodeSelectorTerms: [{ matchExpressions: [expression('In', ['shop'])] }] } };
    expect(write({ affinity: { nodeAffinity } }).affinity).toEqual({ nodeAffinity });
  });

  it('of pods of other namespaces', () => {
    const term = { labelSelector: { matchLabels: { [INSTANCE]: 'shop' } }, namespaces: ['elsewhere'] };
    const affinity = { podAffinity: { [REQUIRED]: [term] } };
    expect(write({ affinity }).affinity).toEqual(affinity);
  });
});

describe('an affinity', () => {
  const term = (labelSelector: LabelSelector, more: object = {}) => ({ topologyKey: 'zone', labelSelector, ...more });
  const dropped = term({ matchLabels: { [INSTANCE]: 'shop' } });
  const reached = term({ matchLabels: own });

  it('is to the workload, required or preferred, in its own namespace, named or not', () => {
    const affinity = (one: object) => ({
      podAffinity: { [REQUIRED]: [one], [PREFERRED]: [{ weight: 1, podAffinityTerm: one }] },
      podAntiAffinity: { [REQUIRED]: [one], [PREFERRED]: [{ weight: 1, podAffinityTerm: one }] },
    });
    expect(write({ affinity: affinity(dropped) }).affinity).toEqual(affinity(reached));
    const named = { namespaces: ['shop'] };
    const every = { namespaceSelector: {} };
    for (const more of [named, every]) {
      expect(write({ affinity: affinity({ ...dropped, ...more }) }).affinity).toEqual(
        affinity({ ...reached, ...more }),
      );
    }
  });

  it('that keeps away from others too keeps away from both: a term for each', () => {
    const several = term({ matchExpressions: [expression('In', ['cart', 'shop'])] });
    const any = term({ matchExpressions: [expression('Exists')] });
    const affinity = {
      podAntiAffinity: { [REQUIRED]: [several], [PREFERRED]: [{ weight: 7, podAffinityTerm: any }] },
      podAffinity: { [REQUIRED]: [several] },
    };
    expect(write({ affinity }).affinity).toEqual({
      podAntiAffinity: {
        [REQUIRED]: [several, reached],
        [PREFERRED]: [
          { weight: 7, podAffinityTerm: any },
          { weight: 7, podAffinityTerm: reached },
        ],
      },
      podAffinity: { [REQUIRED]: [reached] },
    });
  });
});

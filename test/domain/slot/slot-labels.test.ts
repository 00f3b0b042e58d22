import { describe, expect, it } from 'vitest';
import type { LabelSelector } from '../../../domain/slot/label-selector.ts';
import { podTemplateSchema } from '../../../domain/slot/pod-template.ts';
import { keptLabels, mayDeclare, mayKeep, podLabels } from '../../../domain/slot/slot-labels.ts';

const labels = {
  app: 'checkout',
  tier: 'web',
  'app.kubernetes.io/name': 'checkout',
  'app.kubernetes.io/instance': 'shop',
  'helm.sh/chart': 'checkout-1.0',
  'sidecar.istio.io/inject': 'true',
};
const pods = podTemplateSchema.parse({ metadata: { labels }, spec: { containers: [] } });
const keysOf = (workload: { keepLabels?: string[] }, selector?: LabelSelector) =>
  Object.keys(keptLabels(workload, pods, selector));

describe('pods of slots keep of the template’s labels', () => {
  it.each<[string, LabelSelector | undefined, string[]]>([
    [
      'the team’s own, and not those by which its Deployment selects',
      { matchLabels: { app: 'checkout', 'app.kubernetes.io/instance': 'shop' } },
      ['tier', 'app.kubernetes.io/name', 'sidecar.istio.io/inject'],
    ],
    [
      'likewise where it selects by an expression',
      { matchExpressions: [{ key: 'tier', operator: 'Exists' }] },
      ['app', 'app.kubernetes.io/name', 'sidecar.istio.io/inject'],
    ],
    [
      'all of the team’s own where that is not known',
      undefined,
      ['app', 'tier', 'app.kubernetes.io/name', 'sidecar.istio.io/inject'],
    ],
  ])('%s', (_, selector, expected) => {
    expect(keysOf({}, selector)).toEqual(expected);
  });

  it('those that the workload lists and no others, also one by which the Deployment selects', () => {
    const selector = { matchLabels: { app: 'checkout' } };
    expect(keysOf({ keepLabels: ['app.kubernetes.io/instance', 'app', 'absent'] }, selector)).toEqual([
      'app',
      'app.kubernetes.io/instance',
    ]);
    expect(keysOf({ keepLabels: [] }, selector)).toEqual([]);
  });
});

it('what the workload declares stands above what the template has, and Sluice’s own above all', () => {
  const workload = { name: 'checkout', keepLabels: ['tier'], labels: { tier: 'api', team: 'a' } };
  expect(podLabels(workload, 'blue', { pods })).toEqual({
    tier: 'api',
    team: 'a',
    'sluice.dev/workload': 'checkout',
    'sluice.dev/slot': 'blue',
  });
});

it.each([
  ['app.kubernetes.io/instance', true, false],
  ['app.kubernetes.io/managed-by', true, true],
  ['app.kubernetes.io/name', true, true],
  ['helm.sh/chart', true, false],
  ['tier', true, true],
  ['sluice.dev/slot', false, false],
  ['pod-template-hash', false, false],
  ['kustomize.toolkit.fluxcd.io/name', false, false],
])('a workload may have pods keep %s: %s, and declare it: %s', (key, keep, declare) => {
  expect([mayKeep(key), mayDeclare(key)]).toEqual([keep, declare]);
});

import { describe, expect, it } from 'vitest';
import { pathText } from '../../../../domain/file/issue.ts';
import { caveats } from '../../../../domain/plan/caveats.ts';
import { checkPlan } from '../../../../domain/plan/check-plan.ts';
import { checkWorkload } from '../../../../domain/workload-file.ts';

const file = {
  apiVersion: 'sluice/v1',
  kind: 'Workload',
  name: 'checkout',
  cluster: { name: 'prod', namespace: 'shop' },
  deployment: 'checkout',
  container: 'app',
  repositories: [{ name: 'checkout', tags: 'v*' }],
  router: { kind: 'selector', service: 'checkout-live' },
  sources: { prometheus: { url: 'https://prometheus.example.com' } },
};
const PLAN = {
  apiVersion: 'sluice/v1',
  kind: 'Plan',
  workload: 'checkout',
  strategy: 'blueGreen',
  deadline: '1h',
  metrics: [
    {
      name: 'depth',
      source: { kind: 'prometheus', query: 'up' },
      judge: { kind: 'threshold', successCondition: 'result[0] < 1' },
    },
  ],
  steps: [{ setWeight: 100 }],
};
const cloudwatch = (source: object, judge: object = { kind: 'threshold', successCondition: 'result[0] < 1' }) => ({
  metrics: [{ name: 'errors', source: { kind: 'cloudwatch', ...source }, judge }],
});
const workload = () => {
  const checked = checkWorkload(file);
  return checked.kind === 'workload' ? checked.workload : expect.unreachable(JSON.stringify(checked.issues));
};
const issuesOf = (result: ReturnType<typeof checkWorkload> | ReturnType<typeof checkPlan>) =>
  result.kind === 'issues' ? result.issues.map(issue => `${pathText(issue.path)}: ${issue.found}`) : [];

describe('a workload with a selector', () => {
  it('keeps its Service, and nothing else', () => {
    expect(workload().router).toStrictEqual({ kind: 'selector', service: 'checkout-live' });
  });

  it.each([
    ['that names a rule of an ALB', { router: { ...file.router, rules: ['arn:rule'] } }, /^router.rules: /],
    ['without a Service', { router: { kind: 'selector' } }, /^router.service: /],
    ['at a slot’s own Service', { router: { kind: 'selector', service: 'checkout-green' } }, /^router.service: /],
    ['at the Service that follows the live slot', { service: 'checkout-live' }, /^router.service: /],
    ['at one that nobody asks about', { otherServices: ['checkout-live'] }, /^router.service: /],
  ])('%s is refused with its place', (_, more, place) => {
    expect(issuesOf(checkWorkload({ ...file, ...more }))).toEqual([expect.stringMatching(place)]);
  });
});

describe('a plan for it', () => {
  it('has one turn to 100', () => {
    expect(issuesOf(checkPlan(PLAN, workload()))).toEqual([]);
  });

  const refused: [string, object, RegExp[]][] = [
    [
      'in steps',
      { strategy: 'canary', steps: [{ setWeight: 5 }, { bake: '5m' }, { setWeight: 100 }] },
      [/^strategy: 'canary', and the router 'selector' sends all/, /^steps\[0\].setWeight: 5, and the router/],
    ],
    ['with control', { control: 5, soak: '30m' }, [/^control: 5, and the router 'selector'/]],
    [
      'with a preview',
      { preview: { header: { name: 'x', value: 'y' } } },
      [/^preview: a preview, which the router 'selector' cannot do/],
    ],
    [
      'judged by what an ALB counts',
      cloudwatch({ bad: 'failedRequests' }),
      [/^metrics\[0\].source.bad: 'bad' of cloudwatch, and nobody counts the requests of the router 'selector' there/],
    ],
    [
      'judged by a metric of a target group',
      cloudwatch({ metric: { namespace: 'A', name: 'B', dimensions: { TargetGroup: '${targetGroup}' } } }),
      [/^metrics\[0\].source.metric.dimensions.TargetGroup: '\$\{targetGroup\}', which the router/],
    ],
    [
      'that wants to go back without the cluster',
      { goBackThrough: 'loadBalancer' },
      [/^goBackThrough: 'loadBalancer', and the router 'selector' goes back through the cluster/],
    ],
    ['as a shadow', { strategy: 'shadow' }, [/^strategy: /, /^strategy: 'shadow', which needs copies of requests/]],
  ];
  it.each(refused)('%s is refused, with its line', (_, more, expected) => {
    const found = issuesOf(checkPlan({ ...PLAN, ...more }, workload()));
    expect(found).toEqual(expected.map(pattern => expect.stringMatching(pattern)));
  });

  it('is told that the promise of a way back without the cluster is absent, and what keeps a connection', () => {
    const checked = checkPlan(PLAN, workload());
    const said = checked.kind === 'plan' ? caveats(checked.plan, workload()).join('\n') : '';
    expect(said).toMatch(
      /The router 'selector' goes back through the cluster: while the Kubernetes API does not answer/,
    );
    expect(said).toMatch(/Only new connections move/);
    expect(said).not.toMatch(/target groups/);
  });
});

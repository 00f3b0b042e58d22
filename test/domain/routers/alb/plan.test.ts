import { describe, expect, it } from 'vitest';
import { pathText } from '../../../../domain/file/issue.ts';
import { caveats } from '../../../../domain/plan/caveats.ts';
import { checkPlan } from '../../../../domain/plan/check-plan.ts';
import { routingProblem } from '../../../../domain/routers/alb/routing-problem.ts';
import { routerOf } from '../../../../domain/routers/plan-registry.ts';
import type { WorkloadOf } from '../../../../domain/workload.ts';
import { checkWorkload } from '../../../../domain/workload-file.ts';
import { PLAN_FILE, WORKLOAD_FILE } from '../../../every-key/release-probe.ts';

const GROUP = 'sg-0123456789abcdef0';
const check = (router: object) => checkWorkload({ ...WORKLOAD_FILE, router: { ...WORKLOAD_FILE.router, ...router } });
const workload = (router: object): WorkloadOf<'alb'> => {
  const checked = check(router);
  if (checked.kind !== 'workload') throw new Error(JSON.stringify(checked.issues));
  return checked.workload as WorkloadOf<'alb'>;
};
const said = (router: object): string => {
  const checked = checkPlan(PLAN_FILE);
  if (checked.kind !== 'plan') throw new Error('the example is no plan');
  return caveats(checked.plan, workload(router)).join('\n');
};
const bindingOf = (router: object) => {
  const { router: routing } = workload(router);
  const metadata = { name: 'checkout-blue', namespace: 'shop' };
  const [binding] = routerOf(routing).slotObjects(routing, { slot: 'blue', metadata, port: 8080 });
  return binding;
};

describe('a binding', () => {
  it('lets nobody in where the workload names no security group of the load balancer', () => {
    expect(bindingOf({})?.object.spec).not.toHaveProperty('networking');
  });

  it.each([
    ['the port of the requests', {}, [8080]],
    ['and the one where pods are checked', { healthCheckPort: 9090 }, [8080, 9090]],
    ['once where they are the same', { healthCheckPort: 8080 }, [8080]],
  ])('lets its security group in to %s', (_, more, ports) => {
    expect(bindingOf({ loadBalancerSecurityGroup: GROUP, ...more })?.object.spec).toMatchObject({
      networking: {
        ingress: [
          {
            from: [{ securityGroup: { groupID: GROUP } }],
            ports: ports.map(port => ({ protocol: 'TCP', port })),
          },
        ],
      },
    });
  });

  it('is the same in EKS Auto Mode, under its own API', () => {
    expect(bindingOf({})?.otherVersions.map(({ apiVersion }) => apiVersion)).toEqual(['eks.amazonaws.com/v1']);
  });
});

describe('what it does not promise', () => {
  it('names the rule that is missing where somebody else has to let the load balancer in', () => {
    expect(said({ healthCheckPort: 9090 })).toMatch(
      /names no loadBalancerSecurityGroup: .+ allows TCP from the load balancer's security group on .+ and on port 9090/,
    );
    expect(said({ loadBalancerSecurityGroup: GROUP })).not.toMatch(/loadBalancerSecurityGroup/);
  });

  it('says of gRPC what fails inside a 200, and of nothing else', () => {
    expect(said({ protocolVersion: 'GRPC' })).toMatch(/gRPC: a call that fails has the HTTP status 200.+Prometheus/);
    expect(said({ protocolVersion: 'HTTP2' })).not.toMatch(/gRPC: a call/);
  });
});

it.each<[string, object, string]>([
  ['a protocol version that there is not', { protocolVersion: 'HTTP3' }, 'router.protocolVersion'],
  ['a security group that is none', { loadBalancerSecurityGroup: 'web' }, 'router.loadBalancerSecurityGroup'],
  ['a port that is none', { healthCheckPort: 0 }, 'router.healthCheckPort'],
])('%s is refused with its place', (_, router, place) => {
  const checked = check(router);
  expect(checked.kind === 'issues' && checked.issues.map(({ path }) => pathText(path))).toEqual([place]);
});

describe('at registration', () => {
  const routing = workload({ protocolVersion: 'GRPC' }).router;
  const { blue, green } = routing.targetGroups;
  const [rule = ''] = routing.rules;
  const group = (protocolVersion: string) => ({
    targetType: 'ip',
    protocol: 'HTTP',
    protocolVersion,
    loadBalancers: ['arn:lb'],
  });
  const owned = (more: Record<string, string> = {}) => ({ 'sluice:owner': 'sluice/checkout', ...more });
  const problem = (of: { speaks?: string; blue?: Record<string, string>; rule?: Record<string, string> }) =>
    routingProblem(
      routing,
      {
        rules: [{ arn: rule, listener: 'arn:listener', loadBalancer: 'arn:lb' }],
        groups: { blue: group(of.speaks ?? 'GRPC'), green: group(of.speaks ?? 'GRPC') },
        tags: { [blue]: owned(of.blue), [green]: owned(), [rule]: owned(of.rule) },
      },
      { controlPlane: 'sluice', workload: 'checkout', cluster: 'prod' },
    );

  it('groups that speak something else than the workload says are refused', () => {
    expect(problem({})).toBeUndefined();
    expect(problem({ speaks: 'HTTP1' })).toMatch(/speaks HTTP1 to its pods, and the workload says GRPC/);
  });

  it('a group that EKS Auto Mode of this cluster may fill is ours, and one of another cluster is refused', () => {
    expect(problem({ blue: { 'eks:eks-cluster-name': 'prod' } })).toBeUndefined();
    expect(problem({ blue: { 'eks:eks-cluster-name': 'test' } })).toMatch(
      /is for pods of cluster test \(tag eks:eks-cluster-name\), and the workload is in prod/,
    );
  });

  it('a rule that EKS Auto Mode made is still its own', () => {
    expect(problem({ rule: { 'eks:eks-cluster-name': 'prod' } })).toMatch(/belongs to a load balancer controller/);
  });
});

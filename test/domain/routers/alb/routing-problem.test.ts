import { describe, expect, it } from 'vitest';
import type { RoutingFacts } from '../../../../domain/routers/alb/routing-facts.ts';
import { routingProblem } from '../../../../domain/routers/alb/routing-problem.ts';

const targetGroups = { blue: 'arn:tg/blue', green: 'arn:tg/green' };
const group = {
  targetType: 'ip',
  protocol: 'HTTP',
  protocolVersion: 'HTTP1',
  vpcId: 'vpc-1',
  loadBalancers: ['arn:lb'],
};
const own = { 'sluice:owner': 'sluice/checkout' };
const right: RoutingFacts = {
  rules: [{ arn: 'arn:rule', listener: 'arn:listener', loadBalancer: 'arn:lb' }],
  groups: { blue: group, green: group },
  tags: { 'arn:rule': own, 'arn:listener': {}, 'arn:lb': {}, 'arn:tg/blue': own, 'arn:tg/green': own },
};
const owner = { controlPlane: 'sluice', workload: 'checkout' };
const problemOf = (more: Partial<RoutingFacts>) => routingProblem({ targetGroups }, { ...right, ...more }, owner);
const tagged = (arn: string, tags: Record<string, string>) => problemOf({ tags: { ...right.tags, [arn]: tags } });

describe('a dial can stand', () => {
  it('on rules and groups that infrastructure as code made, with its owner in their tags', () => {
    expect(problemOf({})).toBeUndefined();
    for (const arn of ['arn:rule', 'arn:tg/blue', 'arn:tg/green']) {
      expect(
        tagged(arn, { 'sluice:owner': 'sluice/checkout', team: 'shop', 'kubernetes.io/role/elb': '1' }),
      ).toBeUndefined();
    }
  });

  it('on groups that no rule names yet, and on those of gRPC', () => {
    const idle = { ...group, loadBalancers: [] };
    expect(problemOf({ groups: { blue: group, green: idle } })).toBeUndefined();
    const grpc = { ...group, protocolVersion: 'GRPC' };
    expect(problemOf({ groups: { blue: grpc, green: grpc } })).toBeUndefined();
  });
});

describe('where a controller in a cluster owns', () => {
  const places = ['arn:rule', 'arn:listener', 'arn:lb', 'arn:tg/blue', 'arn:tg/green'];
  const tags: [string, string][] = [
    ['elbv2.k8s.aws/cluster', 'prod'],
    ['ingress.k8s.aws/stack', 'shop/checkout'],
    ['ingress.k8s.aws/resource', 'shop/checkout-checkout:8080'],
    ['service.k8s.aws/stack', 'shop/checkout'],
    ['gateway.k8s.aws/stack', 'shop/edge'],
    ['gateway.k8s.aws.alb/stack', 'shop/edge'],
    ['ingress.eks.amazonaws.com/stack', 'shop/checkout'],
    ['service.eks.amazonaws.com/resource', 'LoadBalancer'],
    ['eks:eks-cluster-name', 'prod'],
  ];

  it.each(places.flatMap(place => tags.map(([key, value]): [string, string, string] => [place, key, value])))(
    '%s (tag %s: %s) it is refused, with the tag, its owner, and the road that is open',
    (place, key, value) => {
      const problem = tagged(place, { [key]: value });
      expect(problem).toContain(`${place} belongs to a load balancer controller in a cluster (tag ${key}: ${value})`);
      expect(problem).toMatch(
        /CDK, CloudFormation or Terraform owns \(docs\/deploy\.md\); a router for Ingress is not available yet$/,
      );
    },
  );
});

describe('what nobody says whose it is', () => {
  it.each([
    ['rule arn:rule', 'arn:rule'],
    ['target group arn:tg/blue', 'arn:tg/blue'],
    ['target group arn:tg/green', 'arn:tg/green'],
  ])('%s is refused, with the tag and the command: IAM would let nobody change it', (what, arn) => {
    expect(tagged(arn, { team: 'shop' })).toBe(
      `${what} has no tag sluice:owner, without which IAM lets nothing of Sluice change it. Whoever owns it writes sluice:owner = sluice/checkout on it: \`npx sluice tag\` writes it (docs/deploy.md, "Whose a resource is")`,
    );
  });
});

describe('what is somebody else’s', () => {
  it.each([
    ['rule arn:rule', 'arn:rule', 'sluice/api'],
    ['target group arn:tg/green', 'arn:tg/green', 'staging/checkout'],
  ])('%s is refused, and both are named', (what, arn, other) => {
    expect(tagged(arn, { 'sluice:owner': other })).toBe(
      `${what} belongs to ${other} (tag sluice:owner), and this is sluice/checkout`,
    );
  });
});

describe('target groups', () => {
  const withGroup = (more: object, slots: ('blue' | 'green')[] = ['green']) =>
    problemOf({
      groups: {
        blue: slots.includes('blue') ? { ...group, ...more } : group,
        green: slots.includes('green') ? { ...group, ...more } : group,
      },
    });

  it.each(['instance', 'lambda', 'alb', 'unknown'])('of type %s cannot take the addresses of pods', targetType => {
    expect(withGroup({ targetType })).toContain(`target group arn:tg/green has targets of type ${targetType}`);
    expect(withGroup({ targetType }, ['blue'])).toContain('target group arn:tg/blue');
  });

  it.each(['TCP', 'UDP', 'TLS', 'GENEVE', undefined])(
    'with the protocol %s are not those of an Application Load Balancer',
    protocol => {
      expect(withGroup({ protocol }, ['blue', 'green'])).toContain(`has the protocol ${protocol ?? 'none'}`);
    },
  );

  it.each([
    ['protocol', 'HTTPS', 'HTTP and HTTPS'],
    ['protocolVersion', 'GRPC', 'HTTP1 and GRPC'],
    ['vpcId', 'vpc-2', 'vpc-1 and vpc-2'],
  ])('that differ in %s cannot serve the same pods', (key, value, both) => {
    expect(withGroup({ [key]: value })).toBe(
      `the target groups of blue and green differ in ${key} (${both}): the same pods could not serve in both`,
    );
  });

  it('on another load balancer than the rules are refused, and so are rules on two', () => {
    expect(withGroup({ loadBalancers: ['arn:lb/other'] })).toBe(
      'target group arn:tg/green is on load balancer arn:lb/other, and the rules are on arn:lb',
    );
    const rules = [...right.rules, { arn: 'arn:rule/2', listener: 'arn:listener/2', loadBalancer: 'arn:lb/2' }];
    expect(problemOf({ rules, tags: { ...right.tags, 'arn:rule/2': own } })).toContain(
      'its rules are on 2 load balancers (arn:lb, arn:lb/2)',
    );
  });
});

import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { beforeAll, describe, expect, it } from 'vitest';
import { SluiceControlPlane } from '../../infra/control-plane.ts';
import { ControlPlaneStack } from '../../infra/control-plane-stack.ts';
import { builtCode } from '../../infra/functions/code.ts';
import type { AlbRouterProps } from '../../infra/progressive-workload/alb/props.ts';
import { ProgressiveWorkload } from '../../infra/progressive-workload/progressive-workload.ts';
import type { ProgressiveWorkloadProps } from '../../infra/progressive-workload/props.ts';
import { type Resource, SYNTH_TIMEOUT_MS, type Synthesised, synthExample, synthesised } from './synthesised.ts';

let example: Synthesised;
beforeAll(() => {
  example = synthExample();
}, SYNTH_TIMEOUT_MS);

const listenerArn =
  'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2';
const right: ProgressiveWorkloadProps = {
  workload: {
    name: 'checkout',
    cluster: { name: 'prod', namespace: 'shop' },
    deployment: 'checkout',
    container: 'app',
    repositories: [{ name: 'checkout', tags: 'v*' }],
  },
  plan: {
    strategy: 'canary',
    deadline: '2h',
    hold: { atMost: '30m', then: 'rollBack' },
    metrics: [
      {
        name: 'errors',
        source: { kind: 'cloudwatch', bad: 'failedRequests' },
        judge: { kind: 'threshold', successCondition: 'result[0] < 0.05', failureLimit: 0, inconclusiveLimit: 2 },
      },
    ],
    steps: [{ setWeight: 10 }, { bake: '10m' }, { setWeight: 100 }],
    soak: '15m',
  },
  router: {
    kind: 'alb',
    listenerArn,
    vpcId: 'vpc-0123456789abcdef0',
    priority: 10,
    conditions: { hostHeaders: ['shop.example.com'] },
    port: 8080,
    healthCheck: { path: '/healthz' },
  },
};
const clusters = [{ name: 'prod' }];
const network = { kind: 'public' } as const;
const noCode = () => lambda.Code.fromInline('// not under test');
const synth = (more: Partial<ProgressiveWorkloadProps> = {}) => {
  const stack = new Stack(new App(), 'Shop');
  new ProgressiveWorkload(stack, 'Checkout', { ...right, ...more });
  return synthesised(stack);
};

const alb: AlbRouterProps = { ...(right.router as AlbRouterProps) };
const withAlb = (more: Partial<AlbRouterProps>, of: Partial<ProgressiveWorkloadProps> = {}) =>
  synth({ ...of, router: { ...alb, ...more } });
const preview = { plan: { ...right.plan, preview: { header: { name: 'x-preview', value: '1' } } } };
const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-login-AbCdEf';

describe('the target groups', () => {
  const groups = (): Resource[] => Object.values(example.ofType('AWS::ElasticLoadBalancingV2::TargetGroup'));

  it('are two, of addresses, with a health check', () => {
    expect(groups()).toHaveLength(2);
    for (const { Properties } of groups()) {
      expect(Properties).toMatchObject({ TargetType: 'ip', HealthCheckPath: '/healthz' });
    }
  });

  it('say in their tags whose they are: control plane, workload and stack', () => {
    for (const { Properties } of groups()) {
      expect(Properties.Tags).toEqual(
        expect.arrayContaining([
          { Key: 'sluice:owner', Value: 'sluice/checkout' },
          { Key: 'sluice:stack', Value: { Ref: 'AWS::StackId' } },
        ]),
      );
    }
  });

  it('keep their port whatever port the pods have: another one would be another group', () => {
    const portsOf = (port: number) =>
      Object.values(withAlb({ port }).ofType('AWS::ElasticLoadBalancingV2::TargetGroup')).map(
        one => one.Properties.Port,
      );
    expect(portsOf(8080)).toEqual(portsOf(9090));
  });

  it('say in which cluster their pods are, by which EKS Auto Mode knows them', () => {
    for (const { Properties } of Object.values(synth().ofType('AWS::ElasticLoadBalancingV2::TargetGroup'))) {
      expect(Properties.Tags).toContainEqual({ Key: 'eks:eks-cluster-name', Value: 'prod' });
    }
  });

  it.each<[string, Partial<AlbRouterProps>, object]>([
    [
      'gRPC with its own health codes',
      { protocolVersion: 'GRPC', healthCheck: { path: '/shop.Health/Check', healthyCodes: '0' } },
      { ProtocolVersion: 'GRPC', Matcher: { GrpcCode: '0' }, HealthCheckPath: '/shop.Health/Check' },
    ],
    [
      'HTTPS to the pods, checked likewise',
      { protocol: 'HTTPS' },
      { Protocol: 'HTTPS', Port: 443, HealthCheckProtocol: 'HTTPS' },
    ],
    [
      'checks at another port and protocol, with codes',
      { protocol: 'HTTPS', healthCheck: { path: '/ready', port: 8081, protocol: 'HTTP', healthyCodes: '200-299' } },
      { HealthCheckPort: '8081', HealthCheckProtocol: 'HTTP', Matcher: { HttpCode: '200-299' } },
    ],
  ])('have %s', (_, more, expected) => {
    const groups = Object.values(withAlb(more).ofType('AWS::ElasticLoadBalancingV2::TargetGroup'));
    expect(groups).toHaveLength(2);
    for (const { Properties } of groups) expect(Properties).toMatchObject(expected);
  });

  it.each<[string, Partial<AlbRouterProps>, Record<string, string>]>([
    ['a delay alone, unless more is said', {}, { 'deregistration_delay.timeout_seconds': '30' }],
    [
      'a slow start, and a longer delay',
      { slowStart: Duration.minutes(1), deregistrationDelay: Duration.minutes(2) },
      { 'deregistration_delay.timeout_seconds': '120', 'slow_start.duration_seconds': '60' },
    ],
    [
      'an algorithm, and zones',
      { algorithm: 'leastOutstandingRequests', crossZone: false },
      {
        'deregistration_delay.timeout_seconds': '30',
        'load_balancing.algorithm.type': 'least_outstanding_requests',
        'load_balancing.cross_zone.enabled': 'false',
      },
    ],
    [
      'a cookie of the load balancer',
      { stickiness: Duration.hours(1), podStickiness: { duration: Duration.minutes(5) } },
      {
        'deregistration_delay.timeout_seconds': '30',
        'stickiness.enabled': 'true',
        'stickiness.type': 'lb_cookie',
        'stickiness.lb_cookie.duration_seconds': '300',
      },
    ],
    [
      "the program's own cookie",
      { stickiness: Duration.hours(1), podStickiness: { duration: Duration.minutes(5), cookieName: 'JSESSIONID' } },
      {
        'deregistration_delay.timeout_seconds': '30',
        'stickiness.enabled': 'true',
        'stickiness.type': 'app_cookie',
        'stickiness.app_cookie.duration_seconds': '300',
        'stickiness.app_cookie.cookie_name': 'JSESSIONID',
      },
    ],
  ])('have %s', (_, more, expected) => {
    for (const { Properties } of Object.values(withAlb(more).ofType('AWS::ElasticLoadBalancingV2::TargetGroup'))) {
      const attributes = Properties.TargetGroupAttributes as { Key: string; Value: string }[];
      expect(Object.fromEntries(attributes.map(({ Key, Value }) => [Key, Value]))).toEqual(expected);
    }
  });

  it('outlive the stack as the rule does, but not a first deployment that failed', () => {
    for (const { DeletionPolicy } of groups()) expect(DeletionPolicy).toBe('RetainExceptOnCreate');
  });
});

describe('the rules', () => {
  it('are the custom resource, never a listener rule of CloudFormation, which would put weights back', () => {
    expect(example.ofType('AWS::ElasticLoadBalancingV2::ListenerRule')).toEqual({});
    const rules = Object.values(example.ofType('Custom::SluiceListenerRule')).map(({ Properties }) => Properties);
    expect(rules.map(({ Carries, Priority }) => [Carries, Priority])).toEqual([
      ['dial', 100],
      ['preview', 99],
    ]);
    expect(JSON.stringify(rules[1]?.Conditions)).toContain('x-sluice-preview');
  });

  it('say nothing of weights', () => {
    for (const { Properties } of Object.values(example.ofType('Custom::SluiceListenerRule'))) {
      expect(Object.keys(Properties).join()).not.toMatch(/weight|action/i);
    }
  });
});

/** What the custom resources of the rules are given. */
const rulesOf = (stack: Synthesised) =>
  Object.values(stack.ofType('Custom::SluiceListenerRule')).map(({ Properties }) => ({
    ...Properties,
    ...(typeof Properties.Conditions === 'string' && { Conditions: JSON.parse(Properties.Conditions) }),
    ...(typeof Properties.Authenticate === 'string' && { Authenticate: JSON.parse(Properties.Authenticate) }),
  })) as Record<string, unknown>[];

describe('the conditions of a rule', () => {
  it('are on everything that a load balancer looks at', () => {
    const [rule] = rulesOf(
      withAlb({
        conditions: {
          headers: [{ name: 'X-Tenant', values: ['a'] }],
          methods: ['GET'],
          queryStrings: [{ key: 'v', value: '2' }, { value: 'beta' }],
          sourceIps: ['10.0.0.0/8'],
        },
      }),
    );
    expect(rule?.Conditions).toEqual([
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Tenant', Values: ['a'] } },
      { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET'] } },
      { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'v', Value: '2' }, { Value: 'beta' }] } },
      { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } },
    ]);
  });

  it('of a preview ask for the header and, where that is said, for who may see it', () => {
    const [dial, shown] = rulesOf(withAlb({ previewPriority: 9, previewSourceIps: ['192.0.2.0/24'] }, preview));
    expect(JSON.stringify(dial?.Conditions)).not.toContain('192.0.2.0/24');
    expect(shown?.Conditions).toEqual([
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x-preview', Values: ['1'] } },
      { Field: 'source-ip', SourceIpConfig: { Values: ['192.0.2.0/24'] } },
      { Field: 'host-header', HostHeaderConfig: { Values: ['shop.example.com'] } },
    ]);
  });

  it('have 5 values in all, those of a preview too', () => {
    const five = { hostHeaders: ['a', 'b', 'c'], pathPatterns: ['/d', '/e'] };
    expect(() => withAlb({ conditions: five })).not.toThrow();
    expect(() => withAlb({ conditions: { ...five, methods: ['GET'] } })).toThrow(/^conditions: 6 values; .+ takes 5/);
    expect(() => withAlb({ conditions: five, previewPriority: 9 }, preview)).toThrow(
      /^conditions: 6 values, with those of the preview/,
    );
  });
});

describe('a log-in', () => {
  const oidc = {
    kind: 'oidc',
    issuer: 'https://idp.example.com',
    authorizationEndpoint: 'https://idp.example.com/authorize',
    tokenEndpoint: 'https://idp.example.com/token',
    userInfoEndpoint: 'https://idp.example.com/userinfo',
    clientId: 'shop',
    clientSecret: { secretArn, jsonKey: 'clientSecret' },
    sessionTimeout: Duration.hours(8),
  } as const;

  it('by OIDC is of both rules, with where its secret is and not what it is', () => {
    const rules = rulesOf(withAlb({ authenticate: oidc, previewPriority: 9 }, preview));
    expect(rules).toHaveLength(2);
    for (const { Authenticate } of rules) {
      expect(Authenticate).toEqual({
        type: 'authenticate-oidc',
        config: {
          Issuer: 'https://idp.example.com',
          AuthorizationEndpoint: 'https://idp.example.com/authorize',
          TokenEndpoint: 'https://idp.example.com/token',
          UserInfoEndpoint: 'https://idp.example.com/userinfo',
          ClientId: 'shop',
          SessionTimeout: 28_800,
        },
        clientSecret: { arn: secretArn, jsonKey: 'clientSecret' },
      });
    }
  });

  it('by Cognito, none, and nothing said are three things', () => {
    const userPoolArn = 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_shop';
    const cognito = { kind: 'cognito', userPoolArn, userPoolClientId: 'shop', userPoolDomain: 'shop' } as const;
    const [asked] = rulesOf(withAlb({ authenticate: { ...cognito, onUnauthenticatedRequest: 'deny' } }));
    expect(asked?.Authenticate).toEqual({
      type: 'authenticate-cognito',
      config: {
        UserPoolArn: userPoolArn,
        UserPoolClientId: 'shop',
        UserPoolDomain: 'shop',
        OnUnauthenticatedRequest: 'deny',
      },
    });
    expect(rulesOf(withAlb({ authenticate: 'none' }))[0]?.Authenticate).toEqual({ type: 'none' });
    expect(rulesOf(synth())[0]).not.toHaveProperty('Authenticate');
  });
});

describe('a rule that is there already', () => {
  const ruleArn = `${listenerArn.replace(':listener/', ':listener-rule/')}/9683b2d02a6cabee`;
  const { priority: _, conditions: __, ...rest } = alb;

  it('is adopted by its ARN, with nothing of what its keeper says of it', () => {
    const [rule, ...more] = rulesOf(synth({ router: { ...rest, adopt: { ruleArn } } }));
    expect(more).toEqual([]);
    expect(rule).toMatchObject({ AdoptRuleArn: ruleArn, Carries: 'dial' });
    expect(Object.keys(rule ?? {})).not.toEqual(expect.arrayContaining(['Priority']));
    expect(rule).not.toHaveProperty('Conditions');
  });

  it.each<[string, Partial<AlbRouterProps>, Partial<ProgressiveWorkloadProps>, RegExp]>([
    ['a priority', { priority: 5 }, {}, /^priority with adopt/],
    ['a log-in', { authenticate: 'none' }, {}, /^authenticate with adopt/],
    ['a preview and no rule for it', { previewPriority: 4 }, preview, /^previewPriority with adopt/],
  ])('is refused with %s', (_, more, of, message) => {
    expect(() => synth({ ...of, router: { ...rest, adopt: { ruleArn }, ...more } })).toThrow(message);
  });
});

describe('another router', () => {
  const selector = {
    router: { kind: 'selector' as const, service: 'checkout-live' },
    plan: {
      strategy: 'blueGreen' as const,
      metrics: [
        {
          name: 'errors',
          source: { kind: 'prometheus' as const, query: 'errors{slot="${slot}"}' },
          judge: { kind: 'threshold' as const, successCondition: 'result[0] < 5' },
        },
      ],
      steps: [{ setWeight: 100 }],
      soak: '15m',
    },
    workload: { ...right.workload, sources: { prometheus: { url: 'https://prometheus.example.com' } } },
  };

  it('makes nothing of a load balancer, and is registered as its file has it', () => {
    const stack = synth(selector);
    expect(stack.ofType('AWS::ElasticLoadBalancingV2::TargetGroup')).toEqual({});
    expect(stack.ofType('Custom::SluiceListenerRule')).toEqual({});
    const [item] = Object.values(stack.ofType('Custom::SluiceWorkload'));
    expect(JSON.parse(String(item?.Properties.Workload)).router).toEqual(selector.router);
  });

  it('is refused where there is none of its kind, or where a plan asks for more', () => {
    expect(() => synth({ router: { kind: 'ingress' } as never })).toThrow(
      /router.kind: 'ingress'; expected alb or selector/,
    );
    expect(() => synth({ router: selector.router })).toThrow(
      /plan.strategy: found 'canary', and the router 'selector'/,
    );
  });
});

it('the security group of the load balancer and the port of its checks are in the workload, also where they are known later', () => {
  const stack = new Stack(new App(), 'Shop');
  const group = new CfnParameter(stack, 'Group').valueAsString;
  const healthCheck = { path: '/healthz', port: 8081 };
  new ProgressiveWorkload(stack, 'Checkout', {
    ...right,
    router: { ...alb, healthCheck, loadBalancerSecurityGroup: group, protocolVersion: 'GRPC' },
  });
  const [item] = Object.values(synthesised(stack).ofType('Custom::SluiceWorkload'));
  const text = JSON.stringify(item?.Properties.Workload);
  expect(text).toContain('"Ref":"Group"');
  expect(text).toMatch(/healthCheckPort\\+":8081/);
  expect(text).toMatch(/protocolVersion\\+":\\+"GRPC/);
});

describe('a mistake is found at synthesis', () => {
  it.each<[string, Partial<ProgressiveWorkloadProps>, RegExp]>([
    ['a weight that falls', { plan: { ...right.plan, steps: [{ setWeight: 50 }, { setWeight: 10 }] } }, /^plan\.steps/],
    ['a plan that asks for an unknown key', { plan: { ...right.plan, soaks: '5m' } as never }, /soaks/],
    [
      'a namespace that is none',
      { workload: { ...right.workload, cluster: { name: 'prod', namespace: 'Shop!' } } },
      /namespace/,
    ],
    [
      'a preview without a priority for its rule',
      { plan: { ...right.plan, preview: { header: { name: 'x-preview', value: '1' } } } },
      /plan\.preview/,
    ],
    [
      'a preview behind the rule that takes its requests',
      { ...preview, router: { ...alb, previewPriority: 11 } },
      /previewPriority 11 must be smaller/,
    ],
    ['a priority of 0', { router: { ...alb, priority: 0 } }, /from 1 to 50000, not 0/],
    [
      'a slow start that is too short',
      { router: { ...alb, slowStart: Duration.seconds(10) } },
      /^slowStart: 10 s; expected 30 s to 900 s/,
    ],
    [
      'a slow start that the algorithm does not know',
      { router: { ...alb, slowStart: Duration.minutes(1), algorithm: 'weightedRandom' } },
      /^slowStart with algorithm weightedRandom/,
    ],
    [
      'a cookie of pods alone',
      { router: { ...alb, podStickiness: { duration: Duration.minutes(1) } } },
      /^podStickiness needs stickiness/,
    ],
    [
      'a cookie of pods without zones',
      {
        router: {
          ...alb,
          crossZone: false,
          stickiness: Duration.hours(1),
          podStickiness: { duration: Duration.minutes(1) },
        },
      },
      /^podStickiness with crossZone: false/,
    ],
    [
      'a delay of two hours',
      { router: { ...alb, deregistrationDelay: Duration.hours(2) } },
      /^deregistrationDelay: 7200 s; expected 0 s to 3600 s/,
    ],
    [
      'checks that take longer than the time between them',
      { router: { ...alb, healthCheck: { path: '/', interval: Duration.seconds(5), timeout: Duration.seconds(5) } } },
      /^healthCheck.timeout must be shorter/,
    ],
    [
      'a code of HTTP for gRPC',
      { router: { ...alb, protocolVersion: 'GRPC', healthCheck: { path: '/', healthyCodes: '200' } } },
      /^healthCheck.healthyCodes: '200'; expected codes from 0 to 99/,
    ],
    [
      'a code that is none',
      { router: { ...alb, healthCheck: { path: '/', healthyCodes: 'ok' } } },
      /^healthCheck.healthyCodes: 'ok'; expected codes from 200 to 499/,
    ],
    [
      'one check that is enough',
      { router: { ...alb, healthCheck: { path: '/', healthyThreshold: 1 } } },
      /^healthCheck.healthyThreshold: 1/,
    ],
    [
      'a source that is no block',
      { router: { ...alb, conditions: { sourceIps: ['office'] } } },
      /^conditions.sourceIps: 'office'/,
    ],
    [
      'a preview for nobody that can be read',
      { ...preview, router: { ...alb, previewPriority: 9, previewSourceIps: ['10.0.0.1'] } },
      /^previewSourceIps: '10.0.0.1'/,
    ],
    [
      'a method in small letters',
      { router: { ...alb, conditions: { methods: ['get'] } } },
      /^conditions.methods: 'get'/,
    ],
    [
      'a header without a value',
      { router: { ...alb, conditions: { headers: [{ name: 'x', values: [] }] } } },
      /^conditions.headers: no value of x/,
    ],
    [
      'a security group that is none',
      { router: { ...alb, loadBalancerSecurityGroup: 'web' } },
      /^workload.router.loadBalancerSecurityGroup: found 'web'/,
    ],
    ['no condition', { router: { ...alb, conditions: {} } }, /at least one of/],
  ])('%s', (_, more, message) => {
    expect(() => synth(more)).toThrow(message);
  });

  it('and nothing is found in what is right', () => {
    expect(() => synth()).not.toThrow();
  });
});

describe('with the control plane in the same app', () => {
  const inOneStack = () => {
    const stack = new Stack(new App(), 'Shop');
    const controlPlane = new SluiceControlPlane(stack, 'Sluice', { name: 'shop', clusters, network, code: noCode });
    new ProgressiveWorkload(stack, 'Checkout', { ...right, controlPlane });
    return synthesised(stack);
  };

  it(
    'is one of that control plane, and what CloudFormation calls is there before',
    () => {
      const shop = inOneStack();
      const [item] = Object.values(shop.ofType('Custom::SluiceWorkload'));
      const [rule] = Object.values(shop.ofType('Custom::SluiceListenerRule'));
      expect(JSON.stringify(item?.Properties.ServiceToken)).toContain('function:shop-registered-workload');
      const handlers = Object.entries(shop.ofType('AWS::Lambda::Function')).flatMap(([id, { Properties }]) =>
        /-(registered-workload|listener-rule)$/.test(String(Properties.FunctionName)) ? [id] : [],
      );
      expect(handlers).toHaveLength(2);
      for (const resource of [item, rule]) expect(resource?.DependsOn).toEqual(expect.arrayContaining(handlers));
    },
    SYNTH_TIMEOUT_MS,
  );

  it('is deployed after it, where that is another stack', () => {
    const app = new App();
    const { controlPlane } = new ControlPlaneStack(app, 'Sluice', {
      reaches: () => ({ clusters, network }),
      code: noCode,
    });
    const stack = new Stack(app, 'Shop');
    new ProgressiveWorkload(stack, 'Checkout', { ...right, controlPlane });
    // and by name alone: nothing that one stack exports keeps the other from being changed
    expect(JSON.stringify(synthesised(stack).template.toJSON())).not.toContain('Fn::ImportValue');
    expect(stack.dependencies.map(({ stackName }) => stackName)).toEqual(['Sluice']);
  });

  it('is refused without the code of its functions', () => {
    const nowhere = () => builtCode('no-such-function');
    expect(nowhere).toThrow(/`npm run build` makes it/);
  });
});

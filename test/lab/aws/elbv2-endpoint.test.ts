import {
  type Action,
  CreateRuleCommand,
  DeleteRuleCommand,
  DeregisterTargetsCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  InvalidLoadBalancerActionException,
  ListenerNotFoundException,
  ModifyRuleCommand,
  OperationNotPermittedException,
  PriorityInUseException,
  RegisterTargetsCommand,
  RuleNotFoundException,
  TargetGroupNotFoundException,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { ruleArn, targetGroupArn } from '../../../lab/aws/elbv2-arns.ts';
import { type Elbv2EndpointOptions, openElbv2Endpoint } from '../../../lab/aws/elbv2-endpoint.ts';
import { labClientConfig, openWireServer } from '../../../lab/aws/wire-server.ts';
import {
  blueArn,
  forward,
  greenArn,
  mainRuleArn,
  openMemoryLoadBalancer,
  previewRuleArn,
  sticky,
} from './memory-load-balancer.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function open(options: Omit<Elbv2EndpointOptions, 'loadBalancer'> = {}) {
  const loadBalancer = openMemoryLoadBalancer();
  const server = await openWireServer({ endpoints: [openElbv2Endpoint({ loadBalancer, ...options })] });
  const client = new ElasticLoadBalancingV2Client({ ...labClientConfig(server.url), maxAttempts: 1 });
  closers.push(
    () => server.close(),
    () => client.destroy(),
  );
  const action = () => loadBalancer.rules().find(rule => rule.arn === mainRuleArn)?.action;
  const modify = (...Actions: Action[]) => client.send(new ModifyRuleCommand({ RuleArn: mainRuleArn, Actions }));
  return { loadBalancer, client, action, modify };
}

const weighted = (
  blue: number,
  green: number,
  stickiness?: { Enabled?: boolean; DurationSeconds?: number },
): Action => ({
  Type: 'forward',
  ForwardConfig: {
    TargetGroups: [
      { TargetGroupArn: blueArn, Weight: blue },
      { TargetGroupArn: greenArn, Weight: green },
    ],
    ...(stickiness !== undefined && { TargetGroupStickinessConfig: stickiness }),
  },
});

describe('DescribeRules', () => {
  it('shows the weights, the stickiness and the conditions of a rule', async () => {
    const { loadBalancer, client } = await open();
    const [rule] = loadBalancer.rules().filter(({ arn }) => arn === mainRuleArn);
    if (rule === undefined) throw new Error('no main rule');
    loadBalancer.putRule({ ...rule, action: sticky(forward([blueArn, 0], [greenArn, 999]), 60) });
    const { Rules } = await client.send(new DescribeRulesCommand({ RuleArns: [mainRuleArn] }));
    expect(Rules).toEqual([
      {
        RuleArn: mainRuleArn,
        Priority: '10',
        IsDefault: false,
        Conditions: [{ Field: 'path-pattern', Values: ['/*'], PathPatternConfig: { Values: ['/*'] } }],
        Actions: [
          {
            Type: 'forward',
            Order: 1,
            ForwardConfig: {
              TargetGroups: [
                { TargetGroupArn: blueArn, Weight: 0 },
                { TargetGroupArn: greenArn, Weight: 999 },
              ],
              TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
            },
          },
        ],
      },
    ]);
  });

  it('names the only group of a rule at the top as well', async () => {
    const { client } = await open();
    const { Rules } = await client.send(new DescribeRulesCommand({ RuleArns: [previewRuleArn] }));
    expect(Rules?.[0]?.Actions?.[0]?.TargetGroupArn).toBe(greenArn);
    expect(Rules?.[0]?.Conditions).toEqual([
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x-sluice-preview', Values: ['canary'] } },
    ]);
  });

  it('lists the rules of the listener, and refuses an unknown listener or rule', async () => {
    const { loadBalancer, client } = await open();
    const { Rules } = await client.send(new DescribeRulesCommand({ ListenerArn: loadBalancer.listenerArn }));
    expect(Rules?.map(rule => rule.Priority)).toEqual(['1', '5', '10', 'default']);
    await expect(client.send(new DescribeRulesCommand({ ListenerArn: 'arn:no' }))).rejects.toBeInstanceOf(
      ListenerNotFoundException,
    );
    await expect(client.send(new DescribeRulesCommand({ RuleArns: [mainRuleArn, 'arn:no'] }))).rejects.toBeInstanceOf(
      RuleNotFoundException,
    );
    await expect(client.send(new DescribeRulesCommand({}))).rejects.toMatchObject({ name: 'ValidationError' });
  });
});

describe('ModifyRule', () => {
  it('replaces the whole list of actions: stickiness that is not sent again is gone', async () => {
    const { modify, action } = await open();
    await modify(weighted(75, 25, { Enabled: true, DurationSeconds: 60 }));
    expect(action()).toEqual(sticky(forward([blueArn, 75], [greenArn, 25]), 60));
    await modify({ Type: 'forward', TargetGroupArn: blueArn });
    expect(action()).toEqual(forward([blueArn, 1]));
  });

  it('leaves alone what the call does not name', async () => {
    const { client, modify, loadBalancer } = await open();
    await modify(weighted(0, 999));
    await client.send(
      new ModifyRuleCommand({ RuleArn: mainRuleArn, Conditions: [{ Field: 'host-header', Values: ['a.example'] }] }),
    );
    const rule = loadBalancer.rules().find(({ arn }) => arn === mainRuleArn);
    expect(rule?.action).toEqual(forward([blueArn, 0], [greenArn, 999]));
    expect(rule?.conditions).toEqual([{ field: 'host-header', values: ['a.example'] }]);
    expect(rule?.priority).toBe(10);
  });

  it.each([
    ['a weight above 999', weighted(1000, 0)],
    ['a weight below 0', weighted(-1, 0)],
    ['a weight that is not whole', weighted(33.3, 66.7)],
    ['stickiness for longer than a week', weighted(1, 1, { Enabled: true, DurationSeconds: 604_801 })],
    ['stickiness for 0 s', weighted(1, 1, { Enabled: true, DurationSeconds: 0 })],
    ['stickiness without a duration', weighted(1, 1, { Enabled: true })],
    ['a forward to nothing', { Type: 'forward' } as Action],
  ])('refuses %s with a ValidationError, and changes nothing', async (_, bad) => {
    const { modify, action } = await open();
    await expect(modify(bad)).rejects.toMatchObject({ name: 'ValidationError' });
    expect(action()).toEqual(forward([blueArn, 100], [greenArn, 0]));
  });

  it('refuses no action and two actions', async () => {
    const { modify } = await open();
    await expect(modify()).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(modify(weighted(1, 1), weighted(1, 1))).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('refuses a sixth target group, a group named twice, and another action type', async () => {
    const { modify, loadBalancer } = await open();
    const groups = ['a', 'b', 'c', 'd', 'e', 'f'].map(targetGroupArn);
    for (const [i, arn] of groups.entries()) {
      const [first] = loadBalancer.targetGroups();
      if (first !== undefined) loadBalancer.putTargetGroup({ ...first, arn, name: `g${i}` });
    }
    const to = (arns: string[]): Action => ({
      Type: 'forward',
      ForwardConfig: { TargetGroups: arns.map(arn => ({ TargetGroupArn: arn, Weight: 1 })) },
    });
    await expect(modify(to(groups))).rejects.toBeInstanceOf(InvalidLoadBalancerActionException);
    await expect(modify(to([blueArn, blueArn]))).rejects.toBeInstanceOf(InvalidLoadBalancerActionException);
    await expect(modify({ Type: 'redirect' })).rejects.toBeInstanceOf(InvalidLoadBalancerActionException);
    await expect(modify({ ...weighted(1, 1), TargetGroupArn: blueArn })).rejects.toBeInstanceOf(
      InvalidLoadBalancerActionException,
    );
    await modify(to(groups.slice(0, 5)));
  });

  it('refuses an unknown rule, an unknown target group and the default rule', async () => {
    const { modify, client } = await open();
    const unknown = new ModifyRuleCommand({ RuleArn: ruleArn('lab', 'gone'), Actions: [weighted(1, 1)] });
    await expect(client.send(unknown)).rejects.toBeInstanceOf(RuleNotFoundException);
    await expect(modify({ Type: 'forward', TargetGroupArn: targetGroupArn('gone') })).rejects.toBeInstanceOf(
      TargetGroupNotFoundException,
    );
    const ofDefault = new ModifyRuleCommand({ RuleArn: ruleArn('lab', 'default'), Actions: [weighted(1, 1)] });
    await expect(client.send(ofDefault)).rejects.toBeInstanceOf(OperationNotPermittedException);
  });

  it('refuses to turn rule stickiness off where a target group is sticky, unless the group stands alone', async () => {
    const { modify } = await open({ attributes: { [greenArn]: { 'stickiness.enabled': 'true' } } });
    await expect(modify(weighted(1, 1))).rejects.toBeInstanceOf(InvalidLoadBalancerActionException);
    await modify(weighted(1, 1, { Enabled: true, DurationSeconds: 60 }));
    await modify({ Type: 'forward', TargetGroupArn: greenArn });
  });
});

describe('an action that authenticates', () => {
  const oidc = {
    Issuer: 'https://idp.example.com',
    AuthorizationEndpoint: 'https://idp.example.com/authorize',
    TokenEndpoint: 'https://idp.example.com/token',
    UserInfoEndpoint: 'https://idp.example.com/userinfo',
    ClientId: 'shop',
  };
  const logIn = (config: object): Action => ({
    Type: 'authenticate-oidc',
    Order: 1,
    AuthenticateOidcConfig: { ...oidc, ...config },
  });
  const last: Action = { ...weighted(1, 0), Order: 2 };

  it('stands before the forward, and its secret is never told again, but may be kept', async () => {
    const { modify, client, loadBalancer } = await open();
    await modify(logIn({ ClientSecret: 's3cret' }), last);
    const { Rules } = await client.send(new DescribeRulesCommand({ RuleArns: [mainRuleArn] }));
    expect(Rules?.[0]?.Actions?.map(({ Type, Order }) => [Order, Type])).toEqual([
      [1, 'authenticate-oidc'],
      [2, 'forward'],
    ]);
    expect(JSON.stringify(Rules)).not.toContain('s3cret');
    await modify(logIn({ UseExistingClientSecret: true }), last);
    expect(loadBalancer.rules().find(({ arn }) => arn === mainRuleArn)?.authenticate?.clientSecret).toBe('s3cret');
    await modify(weighted(1, 0));
    expect(loadBalancer.rules().find(({ arn }) => arn === mainRuleArn)?.authenticate).toBeUndefined();
  });

  it.each<[string, Action[], string]>([
    ['a secret that is not there', [logIn({ UseExistingClientSecret: true }), last], 'InvalidLoadBalancerAction'],
    ['no secret', [logIn({}), last], 'InvalidLoadBalancerAction'],
    [
      'a secret twice',
      [logIn({ ClientSecret: 'a', UseExistingClientSecret: true }), last],
      'InvalidLoadBalancerAction',
    ],
    ['no forward behind it', [logIn({ ClientSecret: 'a' })], 'InvalidLoadBalancerAction'],
    ['two of one order', [logIn({ ClientSecret: 'a' }), { ...last, Order: 1 }], 'ValidationError'],
    ['an endpoint that is missing', [logIn({ ClientSecret: 'a', TokenEndpoint: undefined }), last], 'ValidationError'],
    [
      'Cognito without its domain',
      [
        {
          Type: 'authenticate-cognito',
          Order: 1,
          AuthenticateCognitoConfig: { UserPoolArn: 'arn:pool', UserPoolClientId: 'c', UserPoolDomain: undefined },
        },
        last,
      ],
      'ValidationError',
    ],
  ])('is refused with %s', async (_, actions, name) => {
    const { modify, action } = await open();
    const before = action();
    const error = await modify(...actions).catch((thrown: Error) => thrown);
    expect((error as Error).name.replace(/Exception$/, '')).toBe(name);
    expect(action()).toEqual(before);
  });
});

describe('conditions', () => {
  const conditions = [
    { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET'] } },
    { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'v', Value: '2' }, { Value: 'beta' }] } },
    { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } },
  ];

  it('of every field come back as they were written', async () => {
    const { client } = await open();
    await client.send(new ModifyRuleCommand({ RuleArn: mainRuleArn, Conditions: conditions }));
    const { Rules } = await client.send(new DescribeRulesCommand({ RuleArns: [mainRuleArn] }));
    expect(Rules?.[0]?.Conditions).toEqual(conditions);
  });

  it('have 5 values in all', async () => {
    const { client } = await open();
    const more = [...conditions, { Field: 'host-header', HostHeaderConfig: { Values: ['a.example', 'b.example'] } }];
    const modified = client.send(new ModifyRuleCommand({ RuleArn: mainRuleArn, Conditions: more }));
    await expect(modified).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('of a source that is no block of addresses are refused', async () => {
    const { client } = await open();
    for (const cidr of ['10.0.0.1', '10.0.0.0/33', 'office']) {
      const Conditions = [{ Field: 'source-ip', SourceIpConfig: { Values: [cidr] } }];
      const modified = client.send(new ModifyRuleCommand({ RuleArn: mainRuleArn, Conditions }));
      await expect(modified).rejects.toMatchObject({ name: 'ValidationError' });
    }
  });
});

describe('rules come and go', () => {
  it('creates a rule, refuses its priority a second time, and deletes it', async () => {
    const { client, loadBalancer } = await open();
    const input = {
      ListenerArn: loadBalancer.listenerArn,
      Priority: 2,
      Conditions: [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x-a', Values: ['1'] } }],
      Actions: [weighted(1, 0)],
    };
    const { Rules } = await client.send(new CreateRuleCommand(input));
    const arn = Rules?.[0]?.RuleArn;
    expect(loadBalancer.rules().find(rule => rule.arn === arn)).toMatchObject({
      priority: 2,
      conditions: [{ field: 'http-header', name: 'x-a', values: ['1'] }],
      action: forward([blueArn, 1], [greenArn, 0]),
    });
    await expect(client.send(new CreateRuleCommand(input))).rejects.toBeInstanceOf(PriorityInUseException);
    await expect(client.send(new CreateRuleCommand({ ...input, Priority: 0 }))).rejects.toMatchObject({
      name: 'ValidationError',
    });
    await client.send(new DeleteRuleCommand({ RuleArn: arn }));
    await expect(client.send(new DeleteRuleCommand({ RuleArn: arn }))).rejects.toBeInstanceOf(RuleNotFoundException);
  });
});

describe('target groups and targets', () => {
  it('registers, shows and deregisters targets; one that is not registered is unused, and deregistering it no error', async () => {
    const { client } = await open();
    const target = { Id: '127.0.0.1', Port: 8080 };
    await client.send(new RegisterTargetsCommand({ TargetGroupArn: blueArn, Targets: [target] }));
    const all = await client.send(new DescribeTargetHealthCommand({ TargetGroupArn: blueArn }));
    expect(all.TargetHealthDescriptions).toEqual([
      { Target: target, HealthCheckPort: '8080', TargetHealth: { State: 'initial' } },
    ]);
    const asked = { TargetGroupArn: blueArn, Targets: [{ ...target, Port: 8081 }] };
    const one = await client.send(new DescribeTargetHealthCommand(asked));
    expect(one.TargetHealthDescriptions?.[0]?.TargetHealth).toEqual({
      State: 'unused',
      Reason: 'Target.NotRegistered',
    });
    await client.send(new DeregisterTargetsCommand(asked));
    await client.send(new DeregisterTargetsCommand({ TargetGroupArn: blueArn, Targets: [target] }));
    const leaving = await client.send(new DescribeTargetHealthCommand({ TargetGroupArn: blueArn }));
    expect(leaving.TargetHealthDescriptions?.map(({ TargetHealth }) => TargetHealth?.State)).toEqual(['draining']);
  });

  it('describes groups by name, by ARN, with the load balancer that uses them', async () => {
    const { client, loadBalancer } = await open();
    const named = await client.send(new DescribeTargetGroupsCommand({ Names: ['checkout-green'] }));
    expect(named.TargetGroups).toEqual([
      expect.objectContaining({ TargetGroupArn: greenArn, LoadBalancerArns: [loadBalancer.arn], TargetType: 'ip' }),
    ]);
    const unused = await client.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [targetGroupArn('other')] }));
    expect(unused.TargetGroups?.[0]?.LoadBalancerArns).toEqual([]);
    await expect(
      client.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [targetGroupArn('gone')] })),
    ).rejects.toBeInstanceOf(TargetGroupNotFoundException);
  });

  it('answers the attributes of a group, and which load balancer and listener there are', async () => {
    const { client, loadBalancer } = await open({ attributes: { [blueArn]: { 'stickiness.enabled': 'true' } } });
    const attributesOf = async (TargetGroupArn: string) => {
      const { Attributes } = await client.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn }));
      return Object.fromEntries((Attributes ?? []).map(({ Key, Value }) => [Key, Value]));
    };
    expect(await attributesOf(blueArn)).toMatchObject({
      'deregistration_delay.timeout_seconds': '30',
      'stickiness.enabled': 'true',
    });
    expect(await attributesOf(greenArn)).toMatchObject({ 'stickiness.enabled': 'false' });
    const { LoadBalancers } = await client.send(new DescribeLoadBalancersCommand({}));
    expect(LoadBalancers?.[0]?.LoadBalancerArn).toBe(loadBalancer.arn);
    const { Listeners } = await client.send(new DescribeListenersCommand({ LoadBalancerArn: loadBalancer.arn }));
    expect(Listeners?.[0]?.ListenerArn).toBe(loadBalancer.listenerArn);
  });
});

describe("ELB's request limits, switched on", () => {
  it('refuses the 21st modifying call of a moment, not the describing ones, and allows 3 more after a second', async () => {
    let nowWallMs = 0;
    const { modify, client } = await open({ limitedBy: () => nowWallMs });
    const outcomes = async (calls: number) => {
      const refusals: string[] = [];
      for (let i = 0; i < calls; i += 1) {
        await modify(weighted(1, 1)).catch((error: Error) => refusals.push(error.name));
      }
      return refusals;
    };
    expect(await outcomes(21)).toEqual(['Throttling']);
    await client.send(new DescribeRulesCommand({ RuleArns: [mainRuleArn] }));
    nowWallMs += 1000;
    expect(await outcomes(4)).toEqual(['Throttling']);
  });
});

import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { albRouter, openAlbRouter } from '../../../../adapters/router/alb/router.ts';
import { RouterRuleError, RouterUnreachableError } from '../../../../adapters/router/errors.ts';
import { openElbv2Endpoint } from '../../../../lab/aws/elbv2-endpoint.ts';
import type { TargetGroupAttributes } from '../../../../lab/aws/elbv2-targets.ts';
import { labClientConfig, openWireServer } from '../../../../lab/aws/wire-server.ts';
import type { Authentication } from '../../../../lab/load-balancer/model.ts';
import {
  apiRuleArn,
  blueArn,
  forward,
  greenArn,
  mainRuleArn,
  openMemoryLoadBalancer,
  sticky,
} from '../../../lab/aws/memory-load-balancer.ts';
import { keepsDialContract } from '../dial.contract.ts';
import { type AuthenticateType, checkout, keepsRulesContract, otherGroupArn } from './rules.contract.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function open(attributes: TargetGroupAttributes = {}) {
  const loadBalancer = openMemoryLoadBalancer();
  const server = await openWireServer({ endpoints: [openElbv2Endpoint({ loadBalancer, attributes })] });
  closers.push(() => server.close());
  const router = openAlbRouter({
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'lab',
    AWS_SECRET_ACCESS_KEY: 'lab',
    AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2: server.url,
  });
  const ruleOf = (arn: string) => {
    const rule = loadBalancer.rules().find(candidate => candidate.arn === arn);
    if (rule === undefined) throw new Error(`no rule ${arn}`);
    return rule;
  };
  return { loadBalancer, server, router, ruleOf };
}

const common = { Scope: 'openid', SessionTimeout: 604_800, OnUnauthenticatedRequest: 'authenticate' };
const data = { sessionCookie: 'AWSELBAuthSessionCookie', onUnauthenticated: 'authenticate' as const };

/** As the lab keeps them. */
const AUTHENTICATES: Record<AuthenticateType, Authentication> = {
  'authenticate-oidc': {
    type: 'authenticate-oidc',
    config: {
      ...common,
      Issuer: 'https://idp.example.com',
      AuthorizationEndpoint: 'https://idp.example.com/authorize',
      TokenEndpoint: 'https://idp.example.com/token',
      UserInfoEndpoint: 'https://idp.example.com/userinfo',
      ClientId: 'shop',
      SessionCookieName: data.sessionCookie,
      AuthenticationRequestExtraParams: { display: 'page' },
    },
    clientSecret: 'kept by ELB alone',
    ...data,
    logInUrl: 'https://idp.example.com/authorize',
  },
  'authenticate-cognito': {
    type: 'authenticate-cognito',
    config: {
      ...common,
      UserPoolArn: 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_shop',
      UserPoolClientId: 'shop',
      UserPoolDomain: 'shop',
      SessionCookieName: data.sessionCookie,
    },
    ...data,
    logInUrl: 'https://shop.auth.amazoncognito.com/oauth2/authorize',
  },
};

describe('the alb router, over the wire', () => {
  keepsRulesContract(async () => {
    const { loadBalancer, router, ruleOf } = await open();
    return {
      router,
      writeRule(arn, { groups, stickinessSeconds, authenticate }) {
        const { authenticate: _, ...rule } = ruleOf(arn);
        if (groups.length === 0) return loadBalancer.putRule({ ...rule, action: { fixedStatus: 503 } });
        const action = forward(...groups);
        loadBalancer.putRule({
          ...rule,
          ...(authenticate !== undefined && { authenticate: AUTHENTICATES[authenticate] }),
          action: stickinessSeconds === undefined ? action : sticky(action, stickinessSeconds),
        });
      },
      removeRule: arn => loadBalancer.removeRule(arn),
      readRule(arn) {
        const { action, authenticate } = ruleOf(arn);
        if ('fixedStatus' in action) throw new Error(`rule ${arn} forwards to nothing`);
        const { enabled, durationSeconds } = action.stickiness;
        // what identifies the client is as it was, its secret too
        if (authenticate !== undefined) expect(authenticate).toEqual(AUTHENTICATES[authenticate.type]);
        return {
          ...(authenticate !== undefined && { authenticate: authenticate.type }),
          groups: action.targetGroups.map(group => [group.arn, group.weight]),
          stickinessSeconds: enabled ? durationSeconds : 0,
        };
      },
    };
  });

  keepsDialContract(async () => {
    const { loadBalancer, router, ruleOf } = await open();
    const write = (action: ReturnType<typeof forward> | { fixedStatus: number }) => {
      for (const arn of checkout.router.rules) loadBalancer.putRule({ ...ruleOf(arn), action });
    };
    return {
      router,
      workload: checkout,
      turnByHand: async slot => write(forward([checkout.router.targetGroups[slot], 1])),
      spoil: async () => write({ fixedStatus: 503 }),
    };
  });

  it('sets one rule after the other, in the order of the workload', async () => {
    const { loadBalancer, router } = await open();
    const before = loadBalancer.changes().length;
    await router.setDial(checkout, { blue: 66.7, green: 33.3 });
    const action = forward([blueArn, 667], [greenArn, 333]);
    expect(loadBalancer.changes().slice(before)).toEqual([
      { ruleArn: apiRuleArn, action },
      { ruleArn: mainRuleArn, action },
    ]);
  });

  it('reads all rules in one call', async () => {
    const { server, router } = await open();
    await router.readDial(checkout);
    expect(server.calls('DescribeRules')).toBe(1);
  });

  it('refuses a rule without a forward action, and says what it found', async () => {
    const { loadBalancer, router, ruleOf } = await open();
    loadBalancer.putRule({ ...ruleOf(mainRuleArn), action: { fixedStatus: 503 } });
    await expect(router.readDial(checkout)).rejects.toThrow(
      `rule ${mainRuleArn} cannot have Sluice's traffic weights: its actions are [fixed-response], none of them a forward`,
    );
  });

  it('refuses a rule with three groups, and names them', async () => {
    const { loadBalancer, router, ruleOf } = await open();
    const action = forward([blueArn, 1], [greenArn, 1], [otherGroupArn, 1]);
    loadBalancer.putRule({ ...ruleOf(mainRuleArn), action });
    await expect(router.readDial(checkout)).rejects.toThrow(
      `it forwards to 3 target groups (${blueArn}, ${greenArn}, ${otherGroupArn})`,
    );
  });

  it('goes forward and back where a target group is itself sticky: rule stickiness stays on', async () => {
    const { loadBalancer, router, ruleOf } = await open({ [greenArn]: { 'stickiness.enabled': 'true' } });
    for (const arn of checkout.router.rules) {
      loadBalancer.putRule({ ...ruleOf(arn), action: sticky(forward([blueArn, 1], [greenArn, 0]), 60) });
    }
    const wayBack = await router.planWayBack(checkout, 'blue');
    await router.setDial(checkout, { blue: 50, green: 50 });
    await router.goBack(checkout, wayBack);
    expect(ruleOf(mainRuleArn).action).toEqual(sticky(forward([blueArn, 1]), 60));
  });

  it('a target group that is gone is a RouterRuleError, from ELB itself', async () => {
    const { loadBalancer, router } = await open();
    const groups = loadBalancer.targetGroups().filter(group => group.arn !== greenArn);
    loadBalancer.targetGroups = () => groups;
    const error = await router.setDial(checkout, { blue: 50, green: 50 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RouterRuleError);
    expect((error as Error).message).toContain(`ModifyRule of ${apiRuleArn}: TargetGroupNotFoundException`);
  });
});

describe("ELB's API in trouble", () => {
  it('throttled once: the SDK tries again and nobody notices', async () => {
    const { server, router } = await open();
    server.faults.throttle('ModifyRule', 1);
    await router.setDial(checkout, { blue: 75, green: 25 });
    expect(server.calls('ModifyRule')).toBe(3); // two rules, one of them twice
    expect(await router.readDial(checkout)).toEqual({ blue: 75, green: 25 });
  });

  it('throttled for ever: a RouterUnreachableError after three attempts', async () => {
    const { server, router } = await open();
    server.faults.throttle('DescribeRules', Number.POSITIVE_INFINITY);
    const error = await router.readDial(checkout).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RouterUnreachableError);
    expect((error as Error).message).toContain('Throttling: Rate exceeded');
    expect(server.calls('DescribeRules')).toBe(3);
  });

  it('an answer of ModifyRule that was lost is asked for again: setting twice is setting once', async () => {
    const { server, router } = await open();
    server.faults.loseAnswer('ModifyRule', 1);
    await router.setDial(checkout, { blue: 75, green: 25 });
    expect(await router.readDial(checkout)).toEqual({ blue: 75, green: 25 });
  });

  it('503 for ever: a RouterUnreachableError; the next call may succeed', async () => {
    const { server, router } = await open();
    server.faults.fail('ModifyRule', 3, 503);
    await expect(router.setDial(checkout, { blue: 75, green: 25 })).rejects.toThrow(RouterUnreachableError);
    await router.setDial(checkout, { blue: 75, green: 25 });
    expect(await router.readDial(checkout)).toEqual({ blue: 75, green: 25 });
  });

  it('no answer in time: a RouterUnreachableError', async () => {
    const { server } = await open();
    const client = new ElasticLoadBalancingV2Client({
      ...labClientConfig(server.url),
      maxAttempts: 1,
      requestHandler: { requestTimeout: 50, throwOnRequestTimeout: true },
    });
    closers.push(async () => client.destroy());
    server.faults.delay('DescribeRules', 60_000, 1);
    await expect(albRouter(client).readDial(checkout)).rejects.toThrow(RouterUnreachableError);
  });

  it('nobody listens: a RouterUnreachableError', async () => {
    const { server, router } = await open();
    await server.close();
    await expect(router.readDial(checkout)).rejects.toThrow(RouterUnreachableError);
  });

  it('on the way back the other rules are set although one is throttled for ever; then it may be tried again', async () => {
    const { server, router, ruleOf } = await open();
    const wayBack = await router.planWayBack(checkout, 'blue');
    await router.setDial(checkout, { blue: 0, green: 100 });
    server.faults.throttle('ModifyRule', 3);
    await expect(router.goBack(checkout, wayBack)).rejects.toThrow(RouterUnreachableError);
    expect(ruleOf(mainRuleArn).action).toEqual(forward([blueArn, 1]));
    await router.goBack(checkout, wayBack);
    expect(await router.readDial(checkout)).toEqual({ blue: 100, green: 0 });
  });
});

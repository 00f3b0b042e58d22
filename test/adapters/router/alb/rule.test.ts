import type { Action, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it } from 'vitest';
import { behindAuthenticationOf, parseActions, parseAlbRule } from '../../../../adapters/router/alb/rule.ts';
import { RouterRuleError } from '../../../../adapters/router/errors.ts';
import { blueArn, greenArn } from '../../../lab/aws/memory-load-balancer.ts';
import { checkout } from './rules.contract.ts';

const oidc = {
  Issuer: 'https://idp.example.com',
  AuthorizationEndpoint: 'https://idp.example.com/authorize',
  TokenEndpoint: 'https://idp.example.com/token',
  UserInfoEndpoint: 'https://idp.example.com/userinfo',
  ClientId: 'shop',
};

/** DescribeRules leaves the client's secret out. */
const loginRule: Rule = {
  RuleArn: 'arn:rule',
  Actions: [
    { Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig: oidc },
    { Type: 'forward', Order: 2, TargetGroupArn: blueArn },
  ],
};

describe('a rule that asks people to log in before it forwards', () => {
  it('keeps asking when the dial is set: the log-in is sent back with the secret that ELB has', () => {
    const rule = parseAlbRule(loginRule, checkout.router);
    const actions = rule.actionsFor([
      { slot: 'blue', weight: 75 },
      { slot: 'green', weight: 25 },
    ]);
    expect(actions).toEqual([
      { Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig: { ...oidc, UseExistingClientSecret: true } },
      {
        Type: 'forward',
        Order: 2,
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: blueArn, Weight: 75 },
            { TargetGroupArn: greenArn, Weight: 25 },
          ],
          TargetGroupStickinessConfig: { Enabled: false },
        },
      },
    ]);
  });

  it('keeps asking on the way back, which travels as JSON', () => {
    const actions = parseAlbRule(loginRule, checkout.router).actionsFor([{ slot: 'blue', weight: 1 }]);
    expect(parseActions('arn:rule', JSON.parse(JSON.stringify(actions)))).toEqual(actions);
  });
});

describe('a way back behind what authenticates now', () => {
  const planned: Action[] = [{ Type: 'forward', TargetGroupArn: greenArn }];

  it('keeps the order that ELB wants: the forward is last', () => {
    expect(behindAuthenticationOf(loginRule, planned)).toEqual([
      { Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig: { ...oidc, UseExistingClientSecret: true } },
      { Type: 'forward', Order: 2, TargetGroupArn: greenArn },
    ]);
  });

  it('is what was planned where nothing authenticates, and where the rule cannot be read', () => {
    expect(behindAuthenticationOf({ Actions: [{ Type: 'forward', TargetGroupArn: blueArn }] }, planned)).toEqual(
      planned,
    );
    expect(behindAuthenticationOf({ Actions: [{ Type: 7 as never }] }, planned)).toEqual(planned);
  });
});

it('a way back whose actions are none is a RouterRuleError', () => {
  expect(() => parseActions('arn:rule', [])).toThrow(RouterRuleError);
  expect(() => parseActions('arn:rule', [{ kind: 'forward' }])).toThrow(/way back of rule arn:rule/);
});

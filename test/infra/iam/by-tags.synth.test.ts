import { beforeAll, describe, expect, it } from 'vitest';
import { functionsThat } from '../../../infra/functions/catalogue.ts';
import { type Decision, decisionOf, type PolicyStatement, type Request } from '../../../lab/iam/evaluate.ts';
import { arnOf, rolesOf } from '../../../lab/iam/resolve.ts';
import { SYNTH_TIMEOUT_MS, synthControlPlane } from '../synthesised.ts';

/*
 * What each function may do with which rule, group, repository, workspace and topic, asked of the policies of the template by
 * IAM's documented rules: what carries this control plane's tag, and nothing else. That AWS has these condition keys on these
 * actions `npm run aws-smoke` asks of AWS.
 */

let roles: Map<string, PolicyStatement[]>;
beforeAll(() => {
  roles = rolesOf(synthControlPlane());
}, SYNTH_TIMEOUT_MS);

const may = (name: string, action: string, resource: string, context: Request['context'] = {}): Decision => {
  const statements = roles.get(`sluice-${name.split('/').at(-1)}-eu-west-1`);
  if (statements === undefined) throw new Error(`no role for ${name}: ${[...roles.keys()].join(', ')}`);
  return decisionOf(statements, { action, resource, context });
};

const rule = arnOf('elasticloadbalancing', 'listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee');
const listener = arnOf('elasticloadbalancing', 'listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2');
const group = arnOf('elasticloadbalancing', 'targetgroup/checkout-blue/73e2d6bc24d8a067');
const ownedBy = (owner: string) => ({ 'aws:ResourceTag/sluice:owner': owner });
const sharedWith = (name: string) => ({ 'aws:ResourceTag/sluice:control-plane': name });

/** Other owners: none, another control plane, and ones whose names begin or end alike. */
const OTHERS: [string, Record<string, string>][] = [
  ['without a tag', {}],
  ['of another control plane', ownedBy('staging/checkout')],
  ['of one whose name begins alike', ownedBy('sluice-staging/checkout')],
  ['of one whose name ends alike', ownedBy('my-sluice/checkout')],
  ['with an owner that is none', ownedBy('sluice')],
  ['with the tag in another key', { 'aws:ResourceTag/owner': 'sluice/checkout' }],
];

describe.each(functionsThat('turnDial'))('%s', name => {
  it('turns the dial of an own rule', () => {
    expect(may(name, 'elasticloadbalancing:ModifyRule', rule, ownedBy('sluice/checkout'))).toBe('allowed');
    expect(may(name, 'elasticloadbalancing:ModifyRule', rule, ownedBy('sluice/api'))).toBe('allowed');
  });

  it.each(OTHERS)('and not that of a rule %s', (_, context) => {
    expect(may(name, 'elasticloadbalancing:ModifyRule', rule, context)).toBe('not allowed');
  });

  it('and does nothing else with it, nor anything with a listener or a rule of a network load balancer', () => {
    const own = ownedBy('sluice/checkout');
    for (const action of ['DeleteRule', 'SetRulePriorities', 'AddTags', 'RemoveTags', 'CreateRule']) {
      expect(may(name, `elasticloadbalancing:${action}`, rule, own), action).toBe('not allowed');
    }
    expect(may(name, 'elasticloadbalancing:ModifyRule', listener, own)).toBe('not allowed');
    expect(may(name, 'elasticloadbalancing:ModifyRule', rule.replace('/app/', '/net/'), own)).toBe('not allowed');
    expect(may(name, 'elasticloadbalancing:ModifyRule', rule.replace('123456789012', '999999999999'), own)).toBe(
      'not allowed',
    );
  });
});

describe('the function that makes rules', () => {
  const maker = 'listener-rule';
  const keys = ['sluice:owner', 'sluice:stack', 'sluice:carries'];
  const making = (owner: string | undefined, tagKeys = keys) => ({
    ...(owner !== undefined && { 'aws:RequestTag/sluice:owner': owner }),
    'aws:TagKeys': tagKeys,
  });
  const inCreate = { 'elasticloadbalancing:CreateAction': 'CreateRule' };

  it('makes one on any listener, as one of this control plane alone', () => {
    expect(may(maker, 'elasticloadbalancing:CreateRule', listener, making('sluice/checkout'))).toBe('allowed');
    for (const owner of [undefined, 'staging/checkout', 'sluice-2/checkout', 'sluice']) {
      expect(may(maker, 'elasticloadbalancing:CreateRule', listener, making(owner)), owner).toBe('not allowed');
    }
  });

  it('tags it in that very call, and no rule that is there already', () => {
    expect(may(maker, 'elasticloadbalancing:AddTags', rule, { ...making('sluice/checkout'), ...inCreate })).toBe(
      'allowed',
    );
    expect(may(maker, 'elasticloadbalancing:AddTags', rule, making('sluice/checkout'))).toBe('not allowed');
    for (const context of [ownedBy('sluice/checkout'), ownedBy('staging/checkout'), {}]) {
      expect(may(maker, 'elasticloadbalancing:AddTags', rule, { ...making('sluice/checkout'), ...context })).toBe(
        'not allowed',
      );
    }
    const elsewhere = { ...making('sluice/checkout'), 'elasticloadbalancing:CreateAction': 'CreateTargetGroup' };
    expect(may(maker, 'elasticloadbalancing:AddTags', rule, elsewhere)).toBe('not allowed');
  });

  it('with its own three tags, as one of this control plane', () => {
    for (const context of [
      making('staging/checkout'),
      making(undefined),
      making('sluice/checkout', [...keys, 'team']),
    ]) {
      expect(may(maker, 'elasticloadbalancing:AddTags', rule, { ...context, ...inCreate })).toBe('not allowed');
    }
  });

  it.each(['ModifyRule', 'SetRulePriorities', 'DeleteRule'])('%s: of own rules', action => {
    expect(may(maker, `elasticloadbalancing:${action}`, rule, ownedBy('sluice/checkout'))).toBe('allowed');
    for (const [what, context] of OTHERS) {
      expect(may(maker, `elasticloadbalancing:${action}`, rule, context), what).toBe('not allowed');
    }
  });

  it('takes no tag away', () => {
    expect(may(maker, 'elasticloadbalancing:RemoveTags', rule, ownedBy('sluice/checkout'))).toBe('not allowed');
  });
});

it.each(functionsThat('cutConnections'))('%s ends the connections of own groups alone', name => {
  expect(may(name, 'elasticloadbalancing:DeregisterTargets', group, ownedBy('sluice/checkout'))).toBe('allowed');
  for (const [what, context] of OTHERS) {
    expect(may(name, 'elasticloadbalancing:DeregisterTargets', group, context), what).toBe('not allowed');
  }
  expect(may(name, 'elasticloadbalancing:RegisterTargets', group, ownedBy('sluice/checkout'))).toBe('not allowed');
});

const NOT_SHARED: [string, Record<string, string>][] = [
  ['without a tag', {}],
  ['shared with another control plane', sharedWith('staging')],
  ['shared with one whose name begins alike', sharedWith('sluice-2')],
  ['with the owner tag of rules', ownedBy('sluice/checkout')],
];

it.each(functionsThat('readImages'))(
  '%s reads what images there are anywhere here, and what is in them where it may',
  name => {
    const repository = arnOf('ecr', 'repository/checkout');
    for (const action of ['ecr:DescribeImages', 'ecr:DescribeRepositories'])
      expect(may(name, action, repository)).toBe('allowed');
    expect(may(name, 'ecr:BatchGetImage', repository, sharedWith('sluice'))).toBe('allowed');
    for (const [what, context] of NOT_SHARED)
      expect(may(name, 'ecr:BatchGetImage', repository, context), what).toBe('not allowed');
    for (const action of ['ecr:GetDownloadUrlForLayer', 'ecr:PutImage', 'ecr:BatchDeleteImage', 'ecr:TagResource']) {
      expect(may(name, action, repository, sharedWith('sluice')), action).toBe('not allowed');
    }
  },
);

describe('images of other accounts', () => {
  const theirs = (account: string) => `arn:aws:ecr:eu-central-1:${account}:repository/checkout`;
  const READS = ['ecr:DescribeImages', 'ecr:BatchGetImage'];

  it('are nobody’s to read where no account is named', () => {
    for (const action of READS) expect(may('start', action, theirs('222222222222'))).toBe('not allowed');
  });

  it('are read, and no more, in the accounts that are named', () => {
    const named = rolesOf(synthControlPlane({ registryAccounts: ['222222222222'] }));
    const statements = named.get('sluice-start-eu-west-1') ?? [];
    const mayThere = (action: string, account: string) =>
      decisionOf(statements, { action, resource: theirs(account), context: {} });
    for (const action of READS) {
      expect(mayThere(action, '222222222222')).toBe('allowed');
      expect(mayThere(action, '333333333333')).toBe('not allowed');
    }
    for (const action of ['ecr:PutImage', 'ecr:GetDownloadUrlForLayer', 'ecr:SetRepositoryPolicy'])
      expect(mayThere(action, '222222222222')).toBe('not allowed');
  });
});

it.each(functionsThat('readSecrets'))('%s reads the secrets that are shared with it, and changes none', name => {
  const secret = arnOf('secretsmanager', 'secret:sluice/ghcr-AbCdEf');
  expect(may(name, 'secretsmanager:GetSecretValue', secret, sharedWith('sluice'))).toBe('allowed');
  for (const [what, context] of NOT_SHARED)
    expect(may(name, 'secretsmanager:GetSecretValue', secret, context), what).toBe('not allowed');
  expect(may(name, 'secretsmanager:PutSecretValue', secret, sharedWith('sluice'))).toBe('not allowed');
});

it.each(functionsThat('turnDial'))(
  '%s asks for clients of the user pools that are shared with it, as ELB does in its name',
  name => {
    const pool = arnOf('cognito-idp', 'userpool/eu-west-1_shop');
    expect(may(name, 'cognito-idp:DescribeUserPoolClient', pool, sharedWith('sluice'))).toBe('allowed');
    for (const [what, context] of NOT_SHARED)
      expect(may(name, 'cognito-idp:DescribeUserPoolClient', pool, context), what).toBe('not allowed');
    expect(may(name, 'cognito-idp:AdminGetUser', pool, sharedWith('sluice'))).toBe('not allowed');
  },
);

it.each(functionsThat('readMetrics'))('%s queries the workspaces that are shared with it, in any region', name => {
  for (const region of ['eu-west-1', 'us-east-1']) {
    const workspace = arnOf('aps', 'workspace/ws-1').replace('eu-west-1', region);
    expect(may(name, 'aps:QueryMetrics', workspace, sharedWith('sluice'))).toBe('allowed');
    for (const [what, context] of NOT_SHARED)
      expect(may(name, 'aps:QueryMetrics', workspace, context), what).toBe('not allowed');
    expect(may(name, 'aps:RemoteWrite', workspace, sharedWith('sluice'))).toBe('not allowed');
  }
});

it.each(functionsThat('tell'))('%s publishes to the notices topic, and to topics that are shared with it', name => {
  expect(may(name, 'sns:Publish', arnOf('sns', 'sluice-notices'))).toBe('allowed');
  const topic = arnOf('sns', 'payments');
  expect(may(name, 'sns:Publish', topic, sharedWith('sluice'))).toBe('allowed');
  for (const [what, context] of NOT_SHARED) expect(may(name, 'sns:Publish', topic, context), what).toBe('not allowed');
  expect(may(name, 'sns:Publish', arnOf('sns', 'sluice-alarms'))).toBe('not allowed');
});

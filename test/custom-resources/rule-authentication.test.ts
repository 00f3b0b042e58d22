import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeHandler } from '../../functions/custom-resources/listener-rule.ts';
import type { Rule, RuleCondition } from '../../lab/load-balancer/model.ts';
import { blueArn, forward, greenArn } from '../lab/aws/memory-load-balancer.ts';
import { groupTags, openCloudFormationLab } from './cloud-formation-lab.ts';

let lab: Awaited<ReturnType<typeof openCloudFormationLab>>;
beforeEach(async () => {
  lab = await openCloudFormationLab();
  lab.deps.secrets.values.set(SECRET, { clientSecret: 's3cret' });
});
afterEach(() => lab.close());

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-login-AbCdEf';
const oidc = (more: object = {}) => ({
  type: 'authenticate-oidc',
  config: {
    Issuer: 'https://idp.example.com',
    AuthorizationEndpoint: 'https://idp.example.com/authorize',
    TokenEndpoint: 'https://idp.example.com/token',
    UserInfoEndpoint: 'https://idp.example.com/userinfo',
    ClientId: 'shop',
    ...more,
  },
  clientSecret: { arn: SECRET, jsonKey: 'clientSecret' },
});
const COGNITO = {
  type: 'authenticate-cognito',
  config: {
    UserPoolArn: 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_shop',
    UserPoolClientId: 'shop',
    UserPoolDomain: 'shop',
  },
};
const host = (value: string) => JSON.stringify([{ Field: 'host-header', HostHeaderConfig: { Values: [value] } }]);
const properties = (authenticate?: object, more: object = {}) => ({
  Workload: 'checkout',
  ListenerArn: lab.loadBalancer.listenerArn,
  Priority: '20',
  Conditions: host('shop.example.com'),
  Blue: blueArn,
  Green: greenArn,
  Carries: 'dial',
  ...(authenticate !== undefined && { Authenticate: JSON.stringify(authenticate) }),
  ...more,
});
const call = (type: string, props: object, physicalId?: string) =>
  makeHandler(lab.deps)(lab.request(type, props, physicalId));
const made = async (...args: Parameters<typeof properties>) => {
  const { Status, Reason, PhysicalResourceId } = await call('Create', properties(...args));
  expect({ Status, Reason }).toEqual({ Status: 'SUCCESS', Reason: undefined });
  return PhysicalResourceId;
};
const ruleOf = (arn: string): Rule => {
  const rule = lab.loadBalancer.rules().find(candidate => candidate.arn === arn);
  if (rule === undefined) throw new Error(`no rule ${arn}`);
  return rule;
};
const turnTo = (arn: string, blue: number, green: number) =>
  lab.loadBalancer.putRule({ ...ruleOf(arn), action: forward([blueArn, blue], [greenArn, green]) });
const authentication = {
  type: 'authenticate-oidc' as const,
  config: oidc().config,
  clientSecret: 'theirs',
  sessionCookie: 'AWSELBAuthSessionCookie',
  onUnauthenticated: 'authenticate' as const,
  logInUrl: 'https://idp.example.com/authorize',
};
/** Somebody else's rule that asks. */
const putGuard = (conditions: RuleCondition[], priority: Rule['priority'] = 50) =>
  lab.loadBalancer.putRule({
    arn: `${lab.loadBalancer.listenerArn.replace(':listener/', ':listener-rule/')}/guard`,
    listenerArn: lab.loadBalancer.listenerArn,
    priority,
    conditions,
    authenticate: authentication,
    action: { fixedStatus: 404 },
  });

describe('a rule with a log-in', () => {
  it.each([
    ['OIDC', oidc(), 's3cret'],
    ['Cognito', COGNITO, undefined],
  ])('of %s asks from its first instant on, before the forward', async (_, authenticate, secret) => {
    const arn = await made(authenticate);
    expect(ruleOf(arn)).toMatchObject({
      authenticate: { type: authenticate.type, config: authenticate.config },
      action: forward([blueArn, 100], [greenArn, 0]),
    });
    expect(ruleOf(arn).authenticate?.clientSecret).toBe(secret);
  });

  it('is not made where its secret cannot be read, and no log or answer has the secret', async () => {
    const wrong = { ...oidc(), clientSecret: { arn: SECRET, jsonKey: 'other' } };
    const { Status, Reason } = await call('Create', properties(wrong));
    expect(Status).toBe('FAILED');
    expect(Reason).toContain('no text at the key other');
    await made(oidc());
    expect(JSON.stringify([lab.lines, lab.answers])).not.toContain('s3cret');
  });

  it('changes with its stack, and the weights stay as they are', async () => {
    const arn = await made(oidc());
    turnTo(arn, 0, 100);
    expect((await call('Update', properties(oidc({ ClientId: 'shop-2' })), arn)).Status).toBe('SUCCESS');
    expect(ruleOf(arn).authenticate?.config).toMatchObject({ ClientId: 'shop-2' });
    expect(ruleOf(arn).action).toEqual(forward([blueArn, 0], [greenArn, 100]));
  });

  it('sends no action where nothing of it changes: a release may be turning the dial', async () => {
    const arn = await made(oidc());
    await lab.beginRelease();
    turnTo(arn, 75, 25);
    const before = lab.wire.calls('ModifyRule');
    expect((await call('Update', properties(oidc(), { Priority: '30' }), arn)).Status).toBe('SUCCESS');
    expect(lab.wire.calls('ModifyRule')).toBe(before + 1); // its conditions
    expect(ruleOf(arn)).toMatchObject({ priority: 30, action: forward([blueArn, 75], [greenArn, 25]) });
  });

  it('does not change during a release', async () => {
    const arn = await made(oidc());
    await lab.beginRelease();
    const { Status, Reason } = await call('Update', properties(oidc({ ClientId: 'shop-2' })), arn);
    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(/checkout-1 is in progress/);
    expect(ruleOf(arn).authenticate?.config).toMatchObject({ ClientId: 'shop' });
  });

  it('is not opened by a stack that says nothing of a log-in, and is by one that says that nobody is asked', async () => {
    const arn = await made();
    lab.loadBalancer.putRule({ ...ruleOf(arn), authenticate: authentication }); // by hand
    expect((await call('Update', properties(undefined, { Priority: '30' }), arn)).Status).toBe('SUCCESS');
    expect(ruleOf(arn).authenticate).toEqual(authentication);
    expect((await call('Update', properties({ type: 'none' }), arn)).Status).toBe('SUCCESS');
    expect(ruleOf(arn).authenticate).toBeUndefined();
    expect(ruleOf(arn).action).toEqual(forward([blueArn, 100], [greenArn, 0]));
  });

  it('says so where somebody turned the dial in the very moment', async () => {
    const arn = await made(oidc());
    const { setAuthentication } = lab.deps.rules;
    lab.deps.rules.setAuthentication = async (...args) => {
      await setAuthentication(...args);
      turnTo(arn, 50, 50);
    };
    const { Status, Reason } = await call('Update', properties(COGNITO), arn);
    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(/weights of rule .+ were changed while its log-in was/);
  });
});

describe('before a rule that asks people to log in', () => {
  it.each<[string, RuleCondition[], Rule['priority']]>([
    ['the same host', [{ field: 'host-header', values: ['*.example.com'] }], 50],
    ['a path of every host', [{ field: 'path-pattern', values: ['/admin/*'] }], 50],
    ['everything, by default', [], 'default'],
  ])('for %s, one that does not ask is not made, and says what helps', async (_, conditions, priority) => {
    putGuard(conditions, priority);
    const { Status, Reason } = await call('Create', properties());
    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(/asks nobody to log in would take requests of .+guard .+give it an authenticate of its own/);
    expect(lab.wire.calls('CreateRule')).toBe(0);
  });

  it('one stands that asks, that shares no request with it, or that is behind it', async () => {
    putGuard([{ field: 'host-header', values: ['*.example.com'] }]);
    await made(oidc());
    await made(undefined, { Priority: '21', Conditions: host('shop.example.org') });
    await made(undefined, { Priority: '60' });
  });

  it('none is put later, by its priority, by its conditions or by giving up its log-in', async () => {
    putGuard([{ field: 'host-header', values: ['*.example.com'] }]);
    const behind = await made(undefined, { Priority: '60' });
    const elsewhere = await made(undefined, { Priority: '21', Conditions: host('shop.example.org') });
    const asking = await made(oidc());
    const updates = [
      call('Update', properties(undefined, { Priority: '40' }), behind),
      call('Update', properties(undefined, { Priority: '21' }), elsewhere),
      call('Update', properties({ type: 'none' }), asking),
    ];
    for (const update of updates) expect((await update).Reason).toMatch(/asks nobody to log in would take requests/);
    expect(ruleOf(behind).priority).toBe(60);
    expect(ruleOf(asking).authenticate).toBeDefined();
  });
});

describe('a rule that is there already', () => {
  const theirs = (more: Partial<Rule> = {}): string => {
    const arn = `${lab.loadBalancer.listenerArn.replace(':listener/', ':listener-rule/')}/theirs`;
    lab.loadBalancer.putRule({
      arn,
      listenerArn: lab.loadBalancer.listenerArn,
      priority: 7,
      conditions: [{ field: 'path-pattern', values: ['/shop/*'] }],
      action: forward([greenArn, 1]),
      ...more,
    });
    lab.tags[arn] = { 'sluice:owner': 'sluice/checkout', 'sluice:carries': 'dial' };
    return arn;
  };
  const adopting = (AdoptRuleArn: string) => {
    const { Priority: _, Conditions: __, ...rest } = properties();
    return { ...rest, AdoptRuleArn };
  };

  it('is adopted by its ARN and stays as whoever keeps it has it, also when the workload goes', async () => {
    const arn = theirs();
    const before = ruleOf(arn);
    const { Status, PhysicalResourceId, Data } = await call('Create', adopting(arn));
    expect({ Status, PhysicalResourceId, Data }).toEqual({
      Status: 'SUCCESS',
      PhysicalResourceId: arn,
      Data: { RuleArn: arn },
    });
    expect((await call('Update', adopting(arn), arn)).Status).toBe('SUCCESS');
    expect((await call('Delete', adopting(arn), arn)).Status).toBe('SUCCESS');
    expect(ruleOf(arn)).toEqual(before);
  });

  it.each<[string, () => string, RegExp]>([
    ['that is not there', () => `${theirs()}-gone`, /is not there/],
    [
      'that forwards to other groups',
      () =>
        theirs({
          action: {
            targetGroups: [{ arn: blueArn.replace('checkout-blue', 'other'), weight: 1 }],
            stickiness: { enabled: false, durationSeconds: 1 },
          },
        }),
      /whoever keeps the rule lets it forward to one of these first/,
    ],
    ['that forwards nowhere', () => theirs({ action: { fixedStatus: 503 } }), /forwards to no target group/],
    [
      'that has no tag',
      () => {
        const arn = theirs();
        delete lab.tags[arn];
        return arn;
      },
      /has no tag sluice:owner/,
    ],
    [
      "that is another workload's",
      () => {
        const arn = theirs();
        lab.tags[arn] = groupTags('blue', 'payments');
        return arn;
      },
      /belongs to sluice\/payments/,
    ],
    [
      'of another listener',
      () => {
        const arn = theirs();
        const other = `${arn.replace(/\/[^/]+\/[^/]+$/, '/another')}/theirs`;
        lab.loadBalancer.putRule({ ...ruleOf(arn), arn: other });
        return other;
      },
      /is not on /,
    ],
  ])('%s is refused', async (_, open, reason) => {
    const { Status, Reason } = await call('Create', adopting(open()));
    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(reason);
  });

  it('does not become another one', async () => {
    const arn = theirs();
    await call('Create', adopting(arn));
    const { Status, Reason } = await call('Update', adopting(`${arn}2`), arn);
    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(/cannot become .+2: make a second workload/);
  });
});

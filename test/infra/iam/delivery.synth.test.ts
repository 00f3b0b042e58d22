import { beforeAll, describe, expect, it } from 'vitest';
import { decisionOf, isItsAccount, type PolicyStatement, type Request } from '../../../lab/iam/evaluate.ts';
import { arnOf, HERE, resolverOf, rolesOf } from '../../../lab/iam/resolve.ts';
import { type Resource, SYNTH_TIMEOUT_MS, type Synthesised, synthControlPlane } from '../synthesised.ts';

/*
 * Whether what is sent arrives: from every alarm, function and rule to the topic, queue or function that it names, through the
 * policies of both sides and of the key. A topic that has a policy of its own has lost the default one, and an encrypted one
 * asks its key besides: either was enough for an alarm that tells nobody.
 */

let controlPlane: Synthesised;
let roles: Map<string, PolicyStatement[]>;
let resolve: ReturnType<typeof resolverOf>;
beforeAll(() => {
  controlPlane = synthControlPlane();
  roles = rolesOf(controlPlane);
  resolve = resolverOf(controlPlane);
}, SYNTH_TIMEOUT_MS);

const ofType = (type: string): [string, Resource][] => Object.entries(controlPlane.ofType(type));
const TLS = { 'aws:SecureTransport': 'true' };

/** The statements of a resource's own policy. */
function policyOf(type: string, key: 'Topics' | 'Queues', id: string): PolicyStatement[] {
  return ofType(type)
    .filter(([, { Properties }]) => JSON.stringify(Properties[key]).includes(`{"Ref":"${id}"}`))
    .flatMap(
      ([, { Properties }]) => resolve.resolve<{ Statement: PolicyStatement[] }>(Properties.PolicyDocument).Statement,
    );
}

/** A resource's own policy answers for a service; for a role of the account its own policies do as well, unless one denies. */
function answer(resourcePolicy: PolicyStatement[], request: Request): string {
  if (request.principal === undefined || 'service' in request.principal) return decisionOf(resourcePolicy, request);
  const { role } = request.principal;
  const own = decisionOf(roles.get(role.split('/').at(-1) ?? '') ?? [], request);
  const there = decisionOf(resourcePolicy, request);
  if (own === 'explicitly denied' || there === 'explicitly denied') return 'explicitly denied';
  return own === 'allowed' || there === 'allowed' ? 'allowed' : 'not allowed';
}

/** A key answers for nobody by itself: its policy hands it to the account, and then the role's own policies are asked. */
function keyAnswer(keyPolicy: PolicyStatement[], request: Request): string {
  if (request.principal === undefined || 'service' in request.principal) return decisionOf(keyPolicy, request);
  const { role } = request.principal;
  const handsOver = keyPolicy.some(
    ({ Principal }) =>
      JSON.stringify(Principal).includes(':root') && isItsAccount(`arn:aws:iam::${HERE.account}:root`, role),
  );
  return handsOver && decisionOf(keyPolicy, request) === 'allowed'
    ? decisionOf(roles.get(role.split('/').at(-1) ?? '') ?? [], request)
    : 'not allowed';
}

/** What SNS does with a message: the topic is asked, and its key where it has one of the account's. */
function publishes(
  topicArn: string,
  principal: NonNullable<Request['principal']>,
  context: Record<string, string>,
): string[] {
  const [id = '', topic] = ofType('AWS::SNS::Topic').find(([one]) => resolve.arn(one) === topicArn) ?? [];
  if (topic === undefined) throw new Error(`${topicArn} is no topic of the template`);
  const asked = { resource: topicArn, principal, context: { ...TLS, ...context } };
  const key = topic.Properties.KmsMasterKeyId as { 'Fn::GetAtt': [string] } | undefined;
  const answers = [answer(policyOf('AWS::SNS::TopicPolicy', 'Topics', id), { ...asked, action: 'sns:Publish' })];
  if (key === undefined) return answers;
  const [keyId] = key['Fn::GetAtt'];
  const { Statement } = resolve.resolve<{ Statement: PolicyStatement[] }>(
    controlPlane.ofType('AWS::KMS::Key')[keyId]?.Properties.KeyPolicy,
  );
  for (const action of ['kms:GenerateDataKey', 'kms:Decrypt']) {
    answers.push(keyAnswer(Statement, { ...asked, action, resource: resolve.arn(keyId) }));
  }
  return answers;
}

describe('an alarm', () => {
  const actionsOf = ({ Properties }: Resource): string[] =>
    ['AlarmActions', 'OKActions', 'InsufficientDataActions'].flatMap(key =>
      resolve.resolve<string[]>(Properties[key] ?? []),
    );
  const cloudWatch = { service: 'cloudwatch.amazonaws.com' };

  it('reaches the topic of each of its actions, through the topic’s policy and its key’s', () => {
    const alarms = ofType('AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(5);
    for (const [id, alarm] of alarms) {
      const context = {
        'aws:SourceAccount': HERE.account,
        'aws:SourceArn': arnOf('cloudwatch', `alarm:${String(alarm.Properties.AlarmName)}`),
      };
      expect(actionsOf(alarm).length, id).toBeGreaterThan(0);
      for (const topicArn of actionsOf(alarm)) {
        expect(publishes(topicArn, cloudWatch, context), `${id} to ${topicArn}`).toEqual([
          'allowed',
          'allowed',
          'allowed',
        ]);
      }
    }
  });

  it('of another account does not, nor another service, nor anything without TLS', () => {
    const topicArn = arnOf('sns', 'sluice-alarms');
    const of = (principal: NonNullable<Request['principal']>, context: Record<string, string>) =>
      publishes(topicArn, principal, context)[0];
    expect(of(cloudWatch, { 'aws:SourceAccount': '999999999999' })).toBe('not allowed');
    expect(of(cloudWatch, {})).toBe('not allowed');
    expect(of({ service: 'events.amazonaws.com' }, { 'aws:SourceAccount': HERE.account })).toBe('not allowed');
    expect(of(cloudWatch, { 'aws:SourceAccount': HERE.account, 'aws:SecureTransport': 'false' })).toBe(
      'explicitly denied',
    );
  });
});

it('every function that is given a topic reaches it, with its role’s policies, the topic’s and the key’s', () => {
  const telling = ofType('AWS::Lambda::Function').filter(([, { Properties }]) =>
    JSON.stringify(Properties.Environment).includes('SLUICE_TOPIC_ARN'),
  );
  expect(telling.length).toBeGreaterThan(5);
  for (const [id, { Properties }] of telling) {
    const { Variables } = resolve.resolve<{ Variables: Record<string, string> }>(Properties.Environment);
    const role = resolve.resolve<string>(Properties.Role);
    expect(publishes(Variables.SLUICE_TOPIC_ARN ?? '', { role }, {}), id).toEqual(['allowed', 'allowed', 'allowed']);
  }
  const silent = ofType('AWS::Lambda::Function').find(
    ([, { Properties }]) => Properties.FunctionName === 'sluice-next-step',
  );
  const role = resolve.resolve<string>(silent?.[1].Properties.Role);
  expect(publishes(arnOf('sns', 'sluice-notices'), { role }, {})).toEqual([
    'not allowed',
    'not allowed',
    'not allowed',
  ]);
});

it('every rule of EventBridge reaches its function, and its dead letters their queue', () => {
  const rules = ofType('AWS::Events::Rule');
  expect(rules.length).toBeGreaterThan(3);
  for (const [id, { Properties }] of rules) {
    const principal = { service: 'events.amazonaws.com' };
    const context = { ...TLS, 'aws:SourceArn': resolve.arn(id), 'aws:SourceAccount': HERE.account };
    for (const { Arn, DeadLetterConfig } of Properties.Targets as {
      Arn: unknown;
      DeadLetterConfig?: { Arn: { 'Fn::GetAtt': [string] } };
    }[]) {
      const invokable = ofType('AWS::Lambda::Permission').some(
        ([, { Properties: permission }]) =>
          JSON.stringify(permission.FunctionName) === JSON.stringify(Arn) &&
          permission.Principal === principal.service &&
          resolve.resolve<string>(permission.SourceArn) === context['aws:SourceArn'],
      );
      expect(invokable, id).toBe(true);
      if (DeadLetterConfig === undefined) continue;
      const [queue] = DeadLetterConfig.Arn['Fn::GetAtt'];
      const asked = { action: 'sqs:SendMessage', resource: resolve.arn(queue), principal, context };
      expect(answer(policyOf('AWS::SQS::QueuePolicy', 'Queues', queue), asked), id).toBe('allowed');
    }
  }
});

it('every function with a dead-letter queue may send to it', () => {
  const sending = ofType('AWS::Lambda::Function').filter(
    ([, { Properties }]) => Properties.DeadLetterConfig !== undefined,
  );
  expect(sending.length).toBeGreaterThan(3);
  for (const [id, { Properties }] of sending) {
    const { TargetArn } = Properties.DeadLetterConfig as { TargetArn: { 'Fn::GetAtt': [string] } };
    const [queue] = TargetArn['Fn::GetAtt'];
    const asked = {
      action: 'sqs:SendMessage',
      resource: resolve.arn(queue),
      principal: { role: resolve.resolve<string>(Properties.Role) },
      context: TLS,
    };
    expect(answer(policyOf('AWS::SQS::QueuePolicy', 'Queues', queue), asked), id).toBe('allowed');
  }
});

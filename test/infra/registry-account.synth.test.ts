import { App, Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { RegistryAccount, type RegistryAccountProps } from '../../infra/registry-account.ts';
import { synthControlPlane, synthesised } from './synthesised.ts';

const controlPlane = { account: '123456789012', region: 'eu-west-1' };
function synth(props: Partial<RegistryAccountProps> = {}, env = { account: '222222222222', region: 'eu-central-1' }) {
  const stack = new Stack(new App(), 'Registry', { env });
  new RegistryAccount(stack, 'Sluice', { controlPlane, repositories: ['shop/checkout'], ...props });
  return synthesised(stack);
}

describe('the construct of a registry account', () => {
  it('forwards pushes with a tag, of its own repositories alone, to the bus of the control plane', () => {
    const [rule] = Object.values(synth().ofType('AWS::Events::Rule'));
    expect(rule?.Properties.EventPattern).toEqual({
      account: ['222222222222'],
      source: ['aws.ecr'],
      'detail-type': ['ECR Image Action'],
      detail: {
        'action-type': ['PUSH'],
        result: ['SUCCESS'],
        'repository-name': ['shop/checkout'],
        'image-tag': [{ exists: true }],
      },
    });
    expect(JSON.stringify(rule?.Properties.Targets)).toContain('events:eu-west-1:123456789012:event-bus/default');
  });

  it('lets the rule put events on that bus, and nothing else', () => {
    const policies = Object.values(synth().ofType('AWS::IAM::Policy'));
    const statements = policies.flatMap(
      ({ Properties }) =>
        (Properties.PolicyDocument as { Statement: { Action: string; Resource: unknown }[] }).Statement,
    );
    expect(statements.map(({ Action }) => Action)).toEqual(['events:PutEvents']);
    expect(JSON.stringify(statements[0]?.Resource)).toContain('123456789012:event-bus/default');
  });

  it('forwards from another region of the same account as well', () => {
    const env = { account: controlPlane.account, region: 'us-east-1' };
    expect(Object.values(synth({}, env).ofType('AWS::Events::Rule'))).toHaveLength(1);
  });

  it('is refused where the control plane hears of pushes by itself, and without repositories', () => {
    expect(() => synth({}, controlPlane)).toThrow(/the control plane is in this account and region/);
    expect(() => synth({ repositories: [] })).toThrow('repositories: found none; expected at least one');
  });
});

describe('the bus of the control plane', () => {
  it('takes pushes of the accounts that are named, and no other event of theirs', () => {
    const { ofType } = synthControlPlane({ registryAccounts: ['222222222222'] });
    const policies = Object.values(ofType('AWS::Events::EventBusPolicy'));
    expect(policies).toHaveLength(1);
    expect(policies[0]?.Properties).toMatchObject({
      StatementId: 'sluice-pushes-of-222222222222',
      Statement: {
        Effect: 'Allow',
        Action: 'events:PutEvents',
        Condition: { StringEquals: { 'events:source': 'aws.ecr', 'events:detail-type': 'ECR Image Action' } },
      },
    });
    expect(JSON.stringify(policies[0]?.Properties.Statement)).toContain(':iam::222222222222:root');
  });

  it('takes none where no account is named', () => {
    expect(Object.values(synthControlPlane().ofType('AWS::Events::EventBusPolicy'))).toEqual([]);
  });

  it('refuses what is no account', () => {
    expect(() => synthControlPlane({ registryAccounts: ['shop'] })).toThrow(
      'registryAccounts: found shop; expected 12 digits',
    );
  });
});

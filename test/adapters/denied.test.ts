import type { ECRClient } from '@aws-sdk/client-ecr';
import type { SNSClient } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { ecrRegistry } from '../../adapters/images/ecr-registry.ts';
import { snsNotifier } from '../../adapters/notifier/sns-notifier.ts';
import { asElbErrors } from '../../adapters/router/alb/errors.ts';
import { RouterUnreachableError } from '../../adapters/router/errors.ts';

/*
 * What AWS refuses for want of a tag is told with the tag and with who can write it: "not authorized to perform ..." alone
 * sends people to look for a policy that a workload's stack no longer has.
 */

const refusing = (name: string) => ({
  send: async () => {
    throw Object.assign(new Error('User: arn:aws:sts::123456789012:assumed-role/sluice is not authorized'), { name });
  },
});
const elb = (what: string, name: string) => asElbErrors(what, RouterUnreachableError, refusing(name).send);

describe('a refusal for want of a tag names it', () => {
  it('of a rule that is to be changed, not of what is only read', async () => {
    const rule = 'ModifyRule of arn:rule';
    await expect(elb(rule, 'AccessDenied')).rejects.toThrow(
      /AccessDenied: .+; IAM allows it where the tag sluice:owner .+`npx sluice tag`/,
    );
    await expect(elb(rule, 'AccessDeniedException')).rejects.toThrow(/tag sluice:owner/);
    await expect(elb(rule, 'Throttling')).rejects.not.toThrow(/tag/);
    await expect(elb('DescribeRules of arn:rule', 'AccessDenied')).rejects.not.toThrow(/tag/);
  });

  it('of a repository whose images have parts', async () => {
    const registry = ecrRegistry(() => refusing('AccessDeniedException') as unknown as ECRClient);
    const digest = `sha256:${'a'.repeat(64)}`;
    await expect(registry.readParts({ name: 'shop/checkout' }, [digest])).rejects.toThrow(
      /IAM allows it where repository shop\/checkout has the tag sluice:control-plane .+`npx sluice tag`/,
    );
    await expect(registry.resolve({ name: 'shop/checkout' }, 'v1')).rejects.not.toThrow(/tag sluice/);
  });

  it('of a topic that a plan names', async () => {
    const notice = { topicArn: 'arn:aws:sns:eu-west-1:123456789012:payments', subject: 'x', message: 'x' };
    const notify = (name: string) => snsNotifier(refusing(name) as unknown as SNSClient).notify(notice);
    for (const name of ['AuthorizationError', 'AuthorizationErrorException']) {
      await expect(notify(name)).rejects.toThrow(/where topic .+:payments has the tag sluice:control-plane/);
    }
    await expect(notify('InvalidParameter')).rejects.not.toThrow(/tag sluice/);
  });
});

import { CreateRepositoryCommand, ECRClient, ListTagsForResourceCommand } from '@aws-sdk/client-ecr';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openElbv2Endpoint } from '../../lab/aws/elbv2-endpoint.ts';
import type { ResourceTags } from '../../lab/aws/elbv2-tags.ts';
import { labClientConfig, openWireServer } from '../../lab/aws/wire-server.ts';
import { blueArn, mainRuleArn, openMemoryLoadBalancer } from '../lab/aws/memory-load-balancer.ts';
import { startMoto } from '../support/moto-server.ts';
import { sluice } from './sluice.ts';

/*
 * `sluice tag`: what was there before is given to a control plane by whoever owns it, with their own credentials. Rules and
 * groups of the lab's load balancer; repositories and topics of moto.
 */

let tags: ResourceTags;
let close: () => Promise<void>;
beforeEach(async () => {
  tags = {};
  const server = await openWireServer({
    endpoints: [openElbv2Endpoint({ loadBalancer: openMemoryLoadBalancer(), tags })],
  });
  close = server.close;
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'lab');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'lab');
  vi.stubEnv('AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2', server.url);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await close();
});

describe('a rule and a target group', () => {
  it('get their owner, and it says what that allows', async () => {
    const { code, out, err } = await sluice('tag', mainRuleArn, blueArn, '--workload', 'checkout', '--carries', 'dial');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(tags).toEqual({
      [mainRuleArn]: { 'sluice:owner': 'sluice/checkout', 'sluice:carries': 'dial' },
      [blueArn]: { 'sluice:owner': 'sluice/checkout' },
    });
    expect(out).toMatch(
      /rule .+ has sluice:owner = sluice\/checkout, sluice:carries = dial: functions of control plane sluice may change its weights/,
    );
    expect(out).toMatch(
      /target group .+ has sluice:owner = sluice\/checkout: functions of control plane sluice may deregister its targets/,
    );
  });

  it('twice is once, and other tags stay', async () => {
    tags[mainRuleArn] = { team: 'shop' };
    await sluice('tag', mainRuleArn, '--workload', 'checkout');
    const { code, out } = await sluice('tag', mainRuleArn, '--workload', 'checkout');
    expect(code).toBe(0);
    expect(out).toContain('has sluice:owner = sluice/checkout already');
    expect(tags[mainRuleArn]).toEqual({ team: 'shop', 'sluice:owner': 'sluice/checkout' });
  });

  it('that is somebody else’s stays so, and nothing else is written either', async () => {
    tags[mainRuleArn] = { 'sluice:owner': 'staging/checkout' };
    const { code, err } = await sluice('tag', blueArn, mainRuleArn, '--workload', 'checkout');
    expect(code).toBe(2);
    expect(err).toMatch(
      /rule .+ has the tag sluice:owner = staging\/checkout, and this would be sluice\/checkout: whoever owns it there takes that tag off first/,
    );
    expect(tags[blueArn]).toBeUndefined();
  });

  it('of another control plane, by its name; a dry run writes nothing', async () => {
    const dry = await sluice('tag', mainRuleArn, '--workload', 'checkout', '--control-plane', 'staging', '--dry-run');
    expect(dry.out).toContain('would get sluice:owner = staging/checkout');
    expect(tags).toEqual({});
    await sluice('tag', mainRuleArn, '--workload', 'checkout', '--control-plane', 'staging');
    expect(tags[mainRuleArn]).toEqual({ 'sluice:owner': 'staging/checkout' });
  });
});

describe('bad input, with what was found and what is expected', () => {
  it.each([
    [
      'a rule without a workload',
      [mainRuleArn],
      /found rule .+ without --workload; expected the workload whose rule it is/,
    ],
    [
      'a listener',
      [mainRuleArn.replace('listener-rule', 'listener')],
      /expected the ARN of a rule, a target group, a repository, a topic/,
    ],
    ['a role', ['arn:aws:iam::123456789012:role/sluice-close-eu-west-1'], /found arn:aws:iam/],
    [
      'a control plane that is none',
      [blueArn, '--workload', 'checkout', '--control-plane', 'a/b'],
      /found control plane a\/b/,
    ],
    ['no ARN', ['checkout'], /found checkout/],
    ['a wrong use', [mainRuleArn, '--workload', 'checkout', '--carries', 'both'], /dial, preview/],
  ])('%s', async (_, args, message) => {
    const { code, err } = await sluice('tag', ...args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(tags).toEqual({});
  });

  it('a rule that is not there: what could not be read is not taken for untagged', async () => {
    const { code, err } = await sluice('tag', `${mainRuleArn}0`, '--workload', 'checkout');
    expect(code).toBe(3);
    expect(err).toMatch(/reading the tags of .+RuleNotFound/);
  });
});

const moto = await startMoto();
afterAll(() => (moto.kind === 'there' ? moto.close() : undefined));
const where = moto.kind === 'there' ? 'in moto' : `skipped: ${moto.because}`;

describe.skipIf(moto.kind === 'absent')(`a repository and a topic ${where}`, () => {
  it('get the control plane’s name, and need no workload', async () => {
    if (moto.kind === 'absent') throw new Error(moto.because);
    const config = labClientConfig(moto.url);
    const [ecr, sns] = [new ECRClient(config), new SNSClient(config)];
    vi.stubEnv('AWS_ENDPOINT_URL', moto.url);
    const { repository } = await ecr.send(new CreateRepositoryCommand({ repositoryName: 'shop/checkout' }));
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'payments' }));
    const resourceArn = repository?.repositoryArn ?? '';
    const { code, out, err } = await sluice('tag', resourceArn, TopicArn);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /repository .+ has sluice:control-plane = sluice: functions of control plane sluice may read the manifests/,
    );
    expect(out).toMatch(/topic .+ may publish notices of releases there/);
    const { tags: found } = await ecr.send(new ListTagsForResourceCommand({ resourceArn }));
    expect(found).toEqual([{ Key: 'sluice:control-plane', Value: 'sluice' }]);
    const other = await sluice('tag', resourceArn, '--control-plane', 'staging');
    expect(other.code).toBe(2);
    ecr.destroy();
    sns.destroy();
  });
});

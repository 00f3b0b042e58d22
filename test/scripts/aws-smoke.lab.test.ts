import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DescribeImagesCommand, type ECRClient } from '@aws-sdk/client-ecr';
import {
  type AddTagsCommandInput,
  DescribeTagsCommand,
  ElasticLoadBalancingV2Client,
  type ModifyRuleCommandInput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, expect, it } from 'vitest';
import { ruleArn, targetGroupArn } from '../../lab/aws/elbv2-arns.ts';
import { labClientConfig } from '../../lab/aws/wire-server.ts';
import { openLabClock } from '../../lab/clock.ts';
import { decisionOf, type PolicyStatement } from '../../lab/iam/evaluate.ts';
import { openEdge } from '../../lab/load-balancer/edge.ts';
import { CHECKS, runChecks } from '../../scripts/aws-smoke/checks.ts';
import type { SmokeLoadBalancer } from '../../scripts/aws-smoke/load-balancer.ts';

/*
 * The script has not run against AWS. Here it runs against the lab's load balancer, whose answers are what the lab takes for
 * true: this shows that the script asks what it says, not what AWS would answer.
 */

const COMPRESS = 300;
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function target(name: string): Promise<{ host: string; port: number }> {
  const program = fileURLToPath(new URL('../../scripts/aws-smoke/server.mjs', import.meta.url));
  const env = { ...process.env, NAME: name, PORT: '0', HOST: '127.0.0.1' };
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  closers.push(async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  const [port] = await once(child.stdout, 'data');
  return { host: '127.0.0.1', port: Number(String(port)) };
}

/** As IAM would, by the policy of docs/only-aws.md: asked of the tags that the load balancer has. */
function limitedByTags(endpoint: string): ElasticLoadBalancingV2Client {
  const policy = /```json\n([^`]+)```/.exec(
    readFileSync(new URL('../../docs/only-aws.md', import.meta.url), 'utf8'),
  )?.[1];
  const { Statement: statements } = JSON.parse(policy ?? '{}') as { Statement: PolicyStatement[] };
  const asking = new ElasticLoadBalancingV2Client(labClientConfig(endpoint));
  const client = new ElasticLoadBalancingV2Client(labClientConfig(endpoint));
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async args => {
        const {
          RuleArn,
          ResourceArns,
          Tags = [],
        } = args.input as Partial<AddTagsCommandInput & ModifyRuleCommandInput>;
        const resource = RuleArn ?? ResourceArns?.[0] ?? '';
        const { TagDescriptions = [] } = await asking.send(new DescribeTagsCommand({ ResourceArns: [resource] }));
        const context = Object.fromEntries([
          ...(TagDescriptions[0]?.Tags ?? []).map(({ Key, Value = '' }) => [`aws:ResourceTag/${Key}`, Value]),
          ...Tags.map(({ Key, Value = '' }) => [`aws:RequestTag/${Key}`, Value]),
        ]);
        const action = `elasticloadbalancing:${commandName.replace('Command', '')}`;
        if (decisionOf(statements, { action, resource, context }) === 'allowed') return next(args);
        throw Object.assign(new Error(`not authorized to perform ${action}`), { name: 'AccessDenied' });
      },
    { step: 'initialize' },
  );
  return client;
}

/** As ECR is taken to be: a tag more on an image that is there leaves its push time as it was. */
function registryOfOneImage(): ECRClient {
  const tags = new Set(['v1']);
  const imagePushedAt = new Date(0);
  const send = async ({ constructor: { name }, input }: { constructor: { name: string }; input: object }) => {
    const { imageTag = '', imageIds = [] } = input as { imageTag?: string; imageIds?: { imageTag?: string }[] };
    if (name === 'PutImageCommand') tags.add(imageTag);
    if (name === 'BatchDeleteImageCommand') for (const { imageTag: gone = '' } of imageIds) tags.delete(gone);
    if (name === 'BatchGetImageCommand') return { images: [{ imageManifest: '{}' }] };
    return { imageDetails: [{ imageDigest: `sha256:${'a'.repeat(64)}`, imageTags: [...tags], imagePushedAt }] };
  };
  return { send } as unknown as ECRClient;
}

async function openSmokeWorld() {
  const clock = openLabClock({ startEpochMs: Date.now(), compress: COMPRESS });
  const edge = await openEdge({ clock: clock.spec, idleTimeoutMs: 500 });
  closers.push(edge.close);
  const targetGroups = { blue: targetGroupArn('blue'), green: targetGroupArn('green') };
  const rule = ruleArn('lab', 'smoke');
  for (const slot of ['blue', 'green'] as const) {
    const healthCheck = { protocol: 'HTTP', path: '/', intervalSeconds: 5, timeoutSeconds: 5 } as const;
    await edge.putTargetGroup({
      arn: targetGroups[slot],
      name: slot,
      healthCheck: { ...healthCheck, healthyThreshold: 2, unhealthyThreshold: 9 },
      deregistrationDelaySeconds: 1,
      slowStartSeconds: 0,
    });
    await edge.register(targetGroups[slot], await target(slot));
  }
  const group = (slot: 'blue' | 'green', weight: number) => ({ arn: targetGroups[slot], weight });
  const action = {
    targetGroups: [group('blue', 90), group('green', 10)],
    stickiness: { enabled: false, durationSeconds: 1 },
  };
  const { listenerArn } = edge;
  await edge.putRule({
    arn: rule,
    listenerArn,
    priority: 1,
    conditions: [{ field: 'path-pattern', values: ['*'] }],
    action,
  });
  const fakes: SmokeLoadBalancer = {
    elbByTag: limitedByTags(edge.wireUrl),
    images: { ecr: registryOfOneImage(), repositoryName: 'checkout' },
    slowMs: 400,
    elb: new ElasticLoadBalancingV2Client(labClientConfig(edge.wireUrl)),
    cloudWatch: new CloudWatchClient(labClientConfig(edge.wireUrl)),
    url: edge.url,
    ruleArn: rule,
    targetGroups,
    loadBalancer: edge.loadBalancerArn.split(':loadbalancer/')[1] ?? '',
    now: clock.now,
    pause: ms => clock.sleep(ms),
    say: () => {},
  };
  return { fakes, edge };
}

it('every check of aws-smoke finds in the lab what the lab takes for true, and puts the rule back', async () => {
  // Prepare
  const { fakes, edge } = await openSmokeWorld();
  const before = (await edge.rules()).find(({ arn }) => arn === fakes.ruleArn);
  // Act
  const results = await runChecks(fakes, CHECKS);
  // Assess
  expect(results.unanswered).toMatchObject({
    sent: 33,
    statuses: { 200: 20, 502: 10, 504: 3 },
    RequestCount: 33,
    HTTPCode_Target_2XX_Count: 20,
    HTTPCode_ELB_5XX_Count: 13,
    answer: 'yes, all of them',
  });
  expect(results.stickiness).toMatchObject({
    cookieOf: 'green',
    groupGone: 'blue',
    answer: 'the cookie cannot choose a group that left',
  });
  expect(results.propagation?.lastOldAfterMs).toHaveLength(5);
  expect(results.lateness).toMatchObject({ answer: expect.stringMatching(/^whole after \d+ s$/) });
  expect(results['tag-conditions']).toMatchObject({ answer: 'yes, all of it', mayTagWhatIsThere: false });
  expect(results['in-flight']).toMatchObject({ sent: 20, answer: 'answered to the end, all of them' });
  expect(results['slow-counts']).toMatchObject({ sent: 60, answer: 'as assumed, a whole number' });
  expect(results.retag).toMatchObject({ answer: 'no: it stays as it was' });
  const { imageDetails = [] } =
    (await fakes.images?.ecr.send(new DescribeImagesCommand({ repositoryName: 'checkout' }))) ?? {};
  expect(imageDetails[0]?.imageTags).toEqual(['v1']);
  expect((await edge.rules()).find(({ arn }) => arn === fakes.ruleArn)).toEqual(before);
}, 60_000);

it('docs/only-aws.md has a row for every check, with what would change, and says that it was not run', () => {
  const rows = readFileSync(new URL('../../docs/only-aws.md', import.meta.url), 'utf8').split('\n');
  for (const { name } of CHECKS) {
    const row = rows.find(line => line.includes(`| \`${name}\` |`)) ?? `no row of ${name}`;
    expect(row).toMatch(/\| not run yet \|$/);
    expect(row.split('|').map(cell => cell.trim())).toHaveLength(8);
  }
});

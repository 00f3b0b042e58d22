import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, expect, it } from 'vitest';
import { labClientConfig } from '../../../lab/aws/wire-server.ts';
import { type Edge, type EdgeOptions, openEdge } from '../../../lab/load-balancer/edge.ts';
import { WorkerEndedError } from '../../../lab/worker-calls.ts';
import { eventually } from './eventually.ts';
import { type ServerProcess, startServer } from './servers.ts';
import { groupArn, groupSpec, rule, weights } from './specs.ts';

const edges: Edge[] = [];
let server: ServerProcess | undefined;

afterEach(async () => {
  for (const edge of edges.splice(0)) await edge.close();
  await server?.end('SIGKILL');
  server = undefined;
});

async function open(options: Partial<EdgeOptions> = {}): Promise<Edge> {
  const edge = await openEdge({ clock: { startEpochMs: Date.now(), compress: 60 }, ...options });
  edges.push(edge);
  for (const name of ['blue', 'green']) await edge.putTargetGroup(groupSpec(name));
  await edge.putRule(rule(weights(100, 0)));
  return edge;
}

it('turns the dial by the real SDK, and records when', async () => {
  // Prepare
  const edge = await open();
  const elb = new ElasticLoadBalancingV2Client(labClientConfig(edge.wireUrl));
  const beforeEpochMs = Date.now();
  // Act
  await elb.send(
    new ModifyRuleCommand({
      RuleArn: 'arn:rule/1',
      Actions: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: groupArn('blue'), Weight: 75 },
              { TargetGroupArn: groupArn('green'), Weight: 25 },
            ],
          },
        },
      ],
    }),
  );
  // Assess
  const { Rules } = await elb.send(new DescribeRulesCommand({ RuleArns: ['arn:rule/1'] }));
  expect(Rules?.[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups?.map(({ Weight }) => Weight)).toEqual([75, 25]);
  expect((await edge.changes()).at(-1)).toMatchObject({
    ruleArn: 'arn:rule/1',
    action: { targetGroups: weights(75, 25).targetGroups },
  });
  expect((await edge.changes()).at(-1)?.atWallEpochMs).toBeGreaterThanOrEqual(beforeEpochMs);
  expect(await edge.wireCalls('ModifyRule')).toBe(1);
  elb.destroy();
});

it('shows to CloudWatch what it counted, and faults on demand', async () => {
  // Prepare
  const edge = await open({ publishing: { lateSeconds: 0, growsForSeconds: 0, growFrom: 1 } });
  server = await startServer();
  await edge.register(groupArn('blue'), server.address);
  const cloudWatch = new CloudWatchClient({ ...labClientConfig(edge.wireUrl), maxAttempts: 1 });
  const startedAtEpochMs = Date.now();
  const read = async () => {
    const { MetricDataResults } = await cloudWatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(startedAtEpochMs - 3_600_000),
        // the clock of the lab runs ahead by 60 s in each second
        EndTime: new Date(startedAtEpochMs + 4 * 3_600_000),
        MetricDataQueries: [
          {
            Id: 'requests',
            MetricStat: {
              Metric: {
                Namespace: 'AWS/ApplicationELB',
                MetricName: 'RequestCount',
                Dimensions: [
                  { Name: 'LoadBalancer', Value: edge.loadBalancerArn.split('loadbalancer/')[1] },
                  { Name: 'TargetGroup', Value: groupArn('blue').split(/(?=targetgroup\/)/)[1] },
                ],
              },
              Period: 60,
              Stat: 'Sum',
            },
          },
        ],
      }),
    );
    return (MetricDataResults?.[0]?.Values ?? []).reduce((sum, value) => sum + value, 0);
  };
  // Act
  for (let nth = 0; nth < 3; nth += 1) expect((await fetch(edge.url)).status).toBe(200);
  // Assess
  await eventually(async () => expect(await read()).toBe(3));
  await edge.faults.throttle('GetMetricData', 1);
  await expect(read()).rejects.toThrow('Rate exceeded');
  await edge.series.missing({ metricName: 'RequestCount' });
  expect(await read()).toBe(0);
  cloudWatch.destroy();
});

it('ends its thread when it is closed, twice too, and answers no call after that', async () => {
  const edge = await open();
  const client = fetch(edge.url);
  await client;
  await Promise.all([edge.close(), edge.close()]);
  await expect(edge.rules()).rejects.toThrow(WorkerEndedError);
  await expect(fetch(edge.url)).rejects.toThrow('fetch failed');
});

it('passes on what a call was refused for', async () => {
  const edge = await open();
  await expect(edge.register('arn:nothing', { host: '127.0.0.1', port: 1 })).rejects.toThrow(
    'no target group arn:nothing',
  );
});

it('refuses a port that is in use, and leaves no thread behind', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  // a program of its own: a thread that was left would keep it alive
  const module = new URL('../../../lab/load-balancer/edge.ts', import.meta.url).href;
  const program = spawn(
    process.execPath,
    [
      '--eval',
      `import(${JSON.stringify(module)})
        .then(({ openEdge }) => openEdge({ clock: { startEpochMs: 0, compress: 1 }, port: ${port} }))
        .catch(error => console.log(error.message));`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [said, [code]] = await Promise.all([text(program.stdout), once(program, 'exit')]);
  expect(said).toContain('EADDRINUSE');
  expect(code).toBe(0);
  other.close();
});

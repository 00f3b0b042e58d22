import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { type Load, startLoad } from '../../../lab/load/load.ts';
import { answeredOf, failedByCanary, failedOf, lostOf } from '../../../lab/load/report.ts';
import { type Edge, openEdge } from '../../../lab/load-balancer/edge.ts';
import { eventually } from '../load-balancer/eventually.ts';
import { type ServerProcess, startServer } from '../load-balancer/servers.ts';
import { groupArn, groupSpec, rule, weights } from '../load-balancer/specs.ts';

let edge: Edge | undefined;
let load: Load | undefined;
let servers: ServerProcess[] = [];

afterEach(async () => {
  await load?.stop().catch(() => {});
  await edge?.close();
  await Promise.all(servers.map(server => server.end('SIGKILL')));
  [edge, load, servers] = [undefined, undefined, []];
});

/** The edge with two servers each in blue and green, all healthy. */
async function openAll(green: Record<string, string> = {}) {
  edge = await openEdge({ clock: { startEpochMs: Date.now(), compress: 1 }, idleTimeoutMs: 5_000 });
  servers = await Promise.all([startServer(), startServer(), startServer(green), startServer(green)]);
  for (const name of ['blue', 'green']) await edge.putTargetGroup(groupSpec(name));
  for (const [index, server] of servers.entries())
    await edge.register(groupArn(index < 2 ? 'blue' : 'green'), server.address);
  await edge.putRule(rule(weights(50, 50)));
  const opened = edge;
  await eventually(async () => {
    const health = await Promise.all(['blue', 'green'].map(name => opened.health(groupArn(name))));
    expect(health.flat().map(({ state }) => state)).toEqual(['healthy', 'healthy', 'healthy', 'healthy']);
  });
  return { edge: opened, servers };
}

const sumOf = async (some: ServerProcess[], name: 'requests' | 'bad') =>
  (await Promise.all(some.map(server => server.counters()))).reduce((sum, counters) => sum + counters[name], 0);

it('at 800 requests a second the counts of the client are those of the servers, bad ones too', async () => {
  // Prepare
  const { edge, servers } = await openAll({ ERROR_SHARE: '0.1' });
  // Act
  const fromMs = performance.now();
  load = await startLoad({ url: edge.url, requestsPerSecond: 800, method: 'POST', body: '{"order":1}' });
  await wait(3_000);
  const ranMs = performance.now() - fromMs;
  const report = await load.stop();
  // Assess
  expect(report.inFlight).toBe(0);
  expect(report.sent).toBeLessThanOrEqual(Math.ceil(ranMs * 0.8));
  // the thread starts within the time, and a busy machine may be behind: half is what tells it from a closed loop
  expect(report.sent).toBeGreaterThan(ranMs * 0.4);
  expect(answeredOf(report)).toBe(report.sent);
  expect(lostOf(report, 'green')).toBe(0);
  const { blue, green } = report.groups;
  expect(blue?.answers['2xx']).toBe(await sumOf(servers.slice(0, 2), 'requests'));
  expect((green?.answers['2xx'] ?? 0) + (green?.answers['5xx'] ?? 0)).toBe(await sumOf(servers.slice(2), 'requests'));
  expect(green?.answers['5xx']).toBe(await sumOf(servers.slice(2), 'bad'));
  expect(failedByCanary(report, 'green')).toBe(green?.answers['5xx']);
  expect(failedOf(report)).toBe(green?.answers['5xx']);
  expect(green?.firstBadEpochMs).toBeGreaterThanOrEqual(report.startedAtEpochMs);
});

it('a canary that crashes fails requests of its own and loses none of the others', async () => {
  // Prepare
  const { edge, servers } = await openAll({ CRASH_AFTER: '20' });
  // Act
  load = await startLoad({ url: edge.url, requestsPerSecond: 200 });
  const running = load;
  await eventually(async () =>
    expect((await running.snapshot()).groups.green?.loadBalancer['502']).toBeGreaterThan(20),
  );
  await edge.putRule(rule({ ...weights(1, 0), targetGroups: [{ arn: groupArn('blue'), weight: 1 }] }));
  const report = await load.stop();
  // Assess: 19 of each process were answered
  expect(report.groups.green?.answers['2xx']).toBe(38);
  expect(lostOf(report, 'green')).toBe(0);
  expect(failedByCanary(report, 'green')).toBe(report.groups.green?.loadBalancer['502']);
  expect(report.groups.blue?.answers['2xx']).toBe(await sumOf(servers.slice(0, 2), 'requests'));
});

it('one connection that is dropped on purpose is one lost request', async () => {
  // Prepare
  const { edge } = await openAll();
  load = await startLoad({ url: edge.url, requestsPerSecond: 200 });
  const running = load;
  await eventually(async () => expect(answeredOf(await running.snapshot())).toBeGreaterThan(20));
  // Act
  await edge.dropNextConnection();
  await eventually(async () => expect(failedOf(await running.snapshot())).toBe(1));
  // Assess
  const report = await load.stop();
  expect(lostOf(report, 'green')).toBe(1);
  expect(answeredOf(report)).toBe(report.sent - 1);
  expect(await load.snapshot()).toEqual(report);
});

it('a client that waits longer than the load balancer sees who hangs', async () => {
  // Prepare
  edge = await openEdge({ clock: { startEpochMs: Date.now(), compress: 1 }, idleTimeoutMs: 200 });
  servers = [await startServer({ LATENCY_MS: '60000' })];
  for (const name of ['blue', 'green']) await edge.putTargetGroup(groupSpec(name));
  for (const server of servers) await edge.register(groupArn('green'), server.address);
  await edge.putRule(rule(weights(0, 1)));
  // Act
  load = await startLoad({ url: edge.url, requestsPerSecond: 50 });
  await wait(500);
  const report = await load.stop();
  // Assess
  expect(report.sent).toBeGreaterThan(0);
  expect(report.groups.green?.loadBalancer['504']).toBe(report.sent);
  expect(lostOf(report, 'green')).toBe(0);
});

it('a rate of nothing is refused', async () => {
  await expect(startLoad({ url: 'http://127.0.0.1:1', requestsPerSecond: 0 })).rejects.toThrow(RangeError);
});

it('requests to where nobody listens got no answer', async () => {
  load = await startLoad({ url: 'http://127.0.0.1:1', requestsPerSecond: 50 });
  const running = load;
  await eventually(async () => expect((await running.snapshot()).noGroup.noAnswer).toBeGreaterThan(3));
  const report = await load.stop();
  expect(report.noGroup.noAnswer).toBe(report.sent);
  expect(lostOf(report, 'green')).toBe(report.sent);
});

import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Load, startLoad } from '../../../lab/load/load.ts';
import { answeredOf, failedOf, lostOf } from '../../../lab/load/report.ts';
import { openLoadBalancer } from '../../../lab/load-balancer/load-balancer.ts';
import type { LoadBalancer } from '../../../lab/load-balancer/model.ts';
import { eventually } from '../load-balancer/eventually.ts';
import { type ServerProcess, startServer } from '../load-balancer/servers.ts';
import { groupArn, groupSpec, rule, wallClock, weights } from '../load-balancer/specs.ts';

let blue: ServerProcess[] = [];
let green: ServerProcess[] = [];
let balancer: LoadBalancer;
let load: Load | undefined;

beforeAll(async () => {
  [blue, green] = await Promise.all([
    Promise.all([startServer({ VERSION: 'blue' }), startServer({ VERSION: 'blue' })]),
    Promise.all([startServer({ VERSION: 'green' }), startServer({ VERSION: 'green' })]),
  ]);
  balancer = await openLoadBalancer({ clock: wallClock(), random: Math.random });
  for (const [name, servers] of [['blue', blue] as const, ['green', green] as const]) {
    balancer.putTargetGroup(groupSpec(name));
    for (const server of servers) balancer.register(groupArn(name), server.address);
  }
  balancer.putRule(rule(weights(100, 0)));
  await eventually(() =>
    expect(['blue', 'green'].flatMap(name => balancer.health(groupArn(name)).map(target => target.state))).toEqual([
      'healthy',
      'healthy',
      'healthy',
      'healthy',
    ]),
  );
});

afterAll(async () => {
  await load?.stop();
  await balancer?.close();
  await Promise.all([...blue, ...green].map(server => server.end()));
});

it('loses no request while the dial turns 0, 25, 50, 100, 0 at 300 requests a second, and all counts agree', async () => {
  // Prepare
  load = await startLoad({ url: balancer.url, requestsPerSecond: 300 });
  // Act
  for (const weight of [25, 50, 100, 0]) {
    await wait(700);
    balancer.putRule(rule(weights(100 - weight, weight)));
  }
  await wait(500);
  const report = await load.stop();
  // Assess
  const counted = async (servers: ServerProcess[]) =>
    (await Promise.all(servers.map(server => server.counters()))).reduce((sum, { requests }) => sum + requests, 0);
  expect(report.sent).toBeGreaterThan(500);
  expect(report.inFlight).toBe(0);
  expect(lostOf(report, 'green')).toBe(0);
  expect(failedOf(report)).toBe(0);
  expect(answeredOf(report)).toBe(report.sent);
  expect(report.groups.blue?.answers['2xx']).toBe(await counted(blue));
  expect(report.groups.green?.answers['2xx']).toBe(await counted(green));
  expect(
    balancer.changes().map(change => 'targetGroups' in change.action && change.action.targetGroups[1]?.weight),
  ).toEqual([0, 25, 50, 100, 0]);
});

it('shows exactly one lost request when the load balancer drops one connection', async () => {
  // Prepare
  load = await startLoad({ url: balancer.url, requestsPerSecond: 300 });
  await eventually(async () => expect((await load?.snapshot())?.groups.blue?.answers['2xx']).toBeGreaterThan(50));
  // Act
  balancer.dropNext();
  await eventually(async () => expect((await load?.snapshot())?.noGroup.noAnswer).toBe(1));
  const report = await load.stop();
  // Assess
  expect(lostOf(report, 'green')).toBe(1);
  expect(failedOf(report)).toBe(1);
  expect(answeredOf(report)).toBe(report.sent - 1);
});

import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { eventually } from './eventually.ts';
import { closedAfterEach, total } from './opened.ts';
import { groupArn, rule, weights } from './specs.ts';

const open = closedAfterEach();
/** So that no health check of the raw targets disturbs: the group is unhealthy or initial, and fails open. */
const tcp = {
  healthCheck: {
    protocol: 'TCP' as const,
    path: '/',
    intervalSeconds: 60,
    timeoutSeconds: 2,
    healthyThreshold: 2,
    unhealthyThreshold: 2,
  },
};

describe('the load balancer answers itself', () => {
  it('503 without a rule, and counts it for no target group', async () => {
    const balancer = await open.balancer();
    const response = await fetch(balancer.url);
    expect([response.status, response.headers.get('x-lab-by'), response.headers.get('x-lab-target-group')]).toEqual([
      503,
      'load-balancer',
      null,
    ]);
    expect([total(balancer, 'HTTPCode_ELB_503_Count'), total(balancer, 'HTTPCode_ELB_5XX_Count')]).toEqual([1, 1]);
  });

  it('503 when all weights are 0', async () => {
    const balancer = await open.balancer();
    balancer.putRule(rule(weights(0, 0)));
    expect((await fetch(balancer.url)).status).toBe(503);
  });

  it('503 in the name of a group that has no targets, without a RequestCount', async () => {
    const balancer = await open.balancer();
    balancer.putRule(rule(weights(0, 1)));
    const response = await fetch(balancer.url);
    expect([response.status, response.headers.get('x-lab-target-group')]).toEqual([503, 'green']);
    expect(total(balancer, 'RequestCount', 'green')).toBe(0);
  });

  it('502 when the target refuses the connection, and counts a connection error of the group', async () => {
    // Prepare
    const balancer = await open.balancer();
    const server = await open.server();
    balancer.register(groupArn('blue'), server.address);
    balancer.putRule(rule(weights(1, 0)));
    await server.end('SIGKILL');
    // Act
    const response = await fetch(balancer.url);
    // Assess
    expect([response.status, response.headers.get('x-lab-by'), response.headers.get('x-lab-target-group')]).toEqual([
      502,
      'load-balancer',
      'blue',
    ]);
    expect(total(balancer, 'TargetConnectionErrorCount', 'blue')).toBe(1);
    expect(total(balancer, 'RequestCount', 'blue')).toBe(1);
    expect(total(balancer, 'HTTPCode_Target_5XX_Count', 'blue')).toBe(0);
    expect(total(balancer, 'HTTPCode_ELB_502_Count')).toBe(1);
  });

  it.each([
    ['closes without an answer', (socket: import('node:net').Socket) => socket.destroy()],
    ['answers something that is not HTTP', (socket: import('node:net').Socket) => socket.end('hello\r\n\r\n')],
  ])('502 when the target %s, and sends the request to nobody else', async (_what, onData) => {
    // Prepare
    const balancer = await open.balancer({}, tcp);
    const [one, two] = [await open.rawTarget(onData), await open.rawTarget(onData)];
    for (const target of [one, two]) balancer.register(groupArn('blue'), target.address);
    balancer.putRule(rule(weights(1, 0)));
    await eventually(() => expect(one.connections() + two.connections()).toBe(2));
    // Act
    const response = await fetch(balancer.url, { method: 'POST', body: 'an order' });
    // Assess
    expect(response.status).toBe(502);
    expect(one.connections() + two.connections()).toBe(3);
    expect(total(balancer, 'RequestCount', 'blue')).toBe(1);
    expect(total(balancer, 'TargetConnectionErrorCount', 'blue')).toBe(0);
  });

  it('504 when the target says nothing for the idle time-out, and lets go of it', async () => {
    // Prepare
    const balancer = await open.balancer({ idleTimeoutMs: 150 }, tcp);
    const target = await open.rawTarget(() => {});
    balancer.register(groupArn('blue'), target.address);
    balancer.putRule(rule(weights(1, 0)));
    // Act
    const response = await fetch(balancer.url);
    // Assess
    expect([response.status, response.headers.get('x-lab-target-group')]).toEqual([504, 'blue']);
    expect(total(balancer, 'HTTPCode_ELB_504_Count')).toBe(1);
    expect(total(balancer, 'RequestCount', 'blue')).toBe(1);
    await eventually(() => expect(target.openConnections()).toBe(0));
  });

  it('a fixed response, which is no error of its own', async () => {
    const balancer = await open.balancer();
    balancer.putRule(rule({ fixedStatus: 503 }));
    expect((await fetch(balancer.url)).status).toBe(503);
    expect(total(balancer, 'HTTPCode_ELB_5XX_Count')).toBe(0);
  });
});

describe('a target that dies in the middle of its answer', () => {
  it('ends the connection of the client, who sees that the rest is missing', async () => {
    // Prepare
    const balancer = await open.balancer({}, tcp);
    const target = await open.rawTarget(socket => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf', () => socket.destroy());
    });
    balancer.register(groupArn('blue'), target.address);
    balancer.putRule(rule(weights(1, 0)));
    // Act
    const response = await fetch(balancer.url);
    // Assess
    expect(response.headers.get('x-lab-target-group')).toBe('blue');
    await expect(response.text()).rejects.toThrow();
    // an answer that is not whole is none: a request, and no answer to it
    await eventually(() => expect(total(balancer, 'RequestCount', 'blue')).toBe(1));
    expect(total(balancer, 'HTTPCode_Target_2XX_Count', 'blue')).toBe(0);
    expect(total(balancer, 'HTTPCode_ELB_5XX_Count')).toBe(0);
  });
});

describe('a client that goes away before the answer', () => {
  it('ends the request at the target, and counts as a request without an answer', async () => {
    // Prepare
    const balancer = await open.balancer({}, tcp);
    const target = await open.rawTarget(() => {});
    balancer.register(groupArn('blue'), target.address);
    balancer.putRule(rule(weights(1, 0)));
    await eventually(() => expect([target.connections(), target.openConnections()]).toEqual([1, 0]));
    const client = request(balancer.url);
    client.on('error', () => {});
    client.end();
    await eventually(() => expect(target.openConnections()).toBe(1));
    // Act
    client.destroy();
    // Assess
    await eventually(() => expect(target.openConnections()).toBe(0));
    expect(total(balancer, 'RequestCount', 'blue')).toBe(1);
    expect(total(balancer, 'HTTPCode_ELB_5XX_Count')).toBe(0);
  });
});

import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, type RequestListener, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { eventually } from './eventually.ts';
import { closedAfterEach, total } from './opened.ts';
import { groupArn, rule, weights } from './specs.ts';

const open = closedAfterEach();

/** A load balancer in front of one server of this process. */
async function inFrontOf(listener: RequestListener) {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.later(server, async () => {
    server.closeAllConnections();
    server.close();
  });
  const balancer = await open.balancer();
  balancer.register(groupArn('blue'), { host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  balancer.putRule(rule(weights(1, 0)));
  return { balancer, server };
}

describe('a request through the load balancer', () => {
  it.each(['PUT', 'DELETE'])('by %s carries its body, its length unknown, both ways, unchanged', async method => {
    // Prepare
    const { balancer } = await inFrontOf((request, response) => {
      response.writeHead(201, { 'content-type': request.headers['content-type'] ?? '' });
      request.pipe(response);
    });
    const body = 'é'.repeat(300_000);
    const parts = async function* () {
      for (let at = 0; at < body.length; at += 50_000) yield Buffer.from(body.slice(at, at + 50_000));
    };
    // Act
    const client = request(`${balancer.url}/a?b=c`, {
      method,
      headers: { 'content-type': 'text/x', 'transfer-encoding': 'chunked' },
    });
    for await (const part of parts()) client.write(part);
    client.end();
    const [response] = (await once(client, 'response')) as [IncomingMessage];
    // Assess
    expect(response.statusCode).toBe(201);
    expect(response.headers['content-type']).toBe('text/x');
    expect(await text(response)).toBe(body);
  });

  it('keeps its own headers, gets X-Forwarded-*, and leaves those of its connection behind', async () => {
    // Prepare
    const { balancer } = await inFrontOf((request, response) => {
      response.writeHead(200, {
        connection: 'x-inner, close',
        'x-inner': '1',
        'x-outer': '2',
        'set-cookie': ['a=1', 'b=2'],
      });
      response.end(JSON.stringify({ url: request.url, headers: request.headers }));
    });
    const port = new URL(balancer.url).port;
    // Act
    const client = request(`${balancer.url}/path?q=%20`, {
      headers: {
        host: 'shop.example.com',
        connection: 'x-hop',
        'x-hop': '1',
        'x-kept': '2',
        te: 'trailers',
        'x-forwarded-for': '203.0.113.9',
      },
    });
    client.end();
    const [response] = (await once(client, 'response')) as [IncomingMessage];
    const seen = JSON.parse(await text(response));
    // Assess
    expect(seen.url).toBe('/path?q=%20');
    expect(seen.headers).toEqual({
      host: 'shop.example.com',
      'x-kept': '2',
      'x-forwarded-for': '203.0.113.9, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': port,
      connection: 'close',
    });
    expect(response.headers['x-outer']).toBe('2');
    expect(response.headers['x-inner']).toBeUndefined();
    expect(response.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(response.headers['x-lab-target-group']).toBe('blue');
    expect(response.headers['x-lab-by']).toBeUndefined();
  });

  it('takes one connection of the client for many, and one new connection to the target for each', async () => {
    // Prepare
    const { balancer, server } = await inFrontOf((_request, response) => response.end('ok'));
    let connections = 0;
    const ports = new Set<number | undefined>();
    await eventually(() => expect(balancer.health(groupArn('blue'))[0]?.state).toBe('healthy'));
    server.on('request', request => {
      if (request.url !== '/ready') connections += 1;
      if (request.url !== '/ready') ports.add(request.socket.remotePort);
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const reused: boolean[] = [];
    // Act
    for (let nth = 0; nth < 3; nth += 1) {
      const client = request(balancer.url, { agent });
      client.end();
      const [response] = (await once(client, 'response')) as [IncomingMessage];
      await text(response);
      reused.push(client.reusedSocket);
    }
    agent.destroy();
    // Assess
    expect(reused).toEqual([false, true, true]);
    expect([connections, ports.size]).toEqual([3, 3]);
  });

  it('shows the headers of a stream before its first byte', async () => {
    const { balancer } = await inFrontOf((request, response) => {
      if (request.url === '/ready') return void response.end();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
    });
    const response = await fetch(balancer.url);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    await response.body?.cancel();
  });

  it('answers HEAD without a body, and 204 and 304 as they are', async () => {
    const { balancer } = await inFrontOf((request, response) => {
      if (request.method === 'HEAD') return void response.writeHead(200, { 'content-length': 5 }).end();
      response.writeHead(Number(request.url?.slice(1)) || 200).end();
    });
    const head = await fetch(balancer.url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '5']);
    expect((await fetch(`${balancer.url}/204`)).status).toBe(204);
    expect((await fetch(`${balancer.url}/304`)).status).toBe(304);
    expect(total(balancer, 'HTTPCode_Target_2XX_Count', 'blue')).toBe(2);
    expect(total(balancer, 'HTTPCode_Target_3XX_Count', 'blue')).toBe(1);
  });

  it('is counted by class and timed in seconds', async () => {
    const { balancer } = await inFrontOf((request, response) => {
      if (request.url === '/ready') return void response.end();
      setTimeout(() => response.writeHead(500).end(), 60);
    });
    await fetch(balancer.url);
    const minute = Math.floor(Date.now() / 60_000) * 60_000;
    const times = [minute - 60_000, minute].flatMap(at => balancer.metrics.responseTimes(groupArn('blue'), at));
    expect(total(balancer, 'HTTPCode_Target_5XX_Count', 'blue')).toBe(1);
    expect(total(balancer, 'HTTPCode_ELB_5XX_Count')).toBe(0);
    expect(times).toHaveLength(1);
    expect(times[0]).toBeGreaterThan(0.055);
    expect(times[0]).toBeLessThan(5);
  });

  it('that asks for h2c is served as the HTTP/1.1 request that it also is', async () => {
    const { balancer } = await inFrontOf((_request, response) => response.end('plain'));
    const client = request(balancer.url, { headers: { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c' } });
    client.end();
    const [response] = (await once(client, 'response')) as [IncomingMessage];
    expect(await text(response)).toBe('plain');
  });
});

describe('a WebSocket', () => {
  it('is passed on, and carries bytes both ways until one side ends', async () => {
    // Prepare
    const { balancer, server } = await inFrontOf((_request, response) => response.end());
    server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.on('data', (data: Buffer) => socket.write(`echo ${data}`));
    });
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(balancer.url).port) });
    open.later(socket, async () => socket.destroy());
    let received = '';
    socket.on('data', data => (received += data));
    // Act
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await eventually(() => expect(received).toMatch(/^HTTP\/1.1 101 [\s\S]*x-lab-target-group: blue[\s\S]*\r\n\r\n$/));
    socket.write('one');
    // Assess
    await eventually(() => expect(received).toMatch(/echo one$/));
    expect(total(balancer, 'RequestCount', 'blue')).toBe(1);
    server.closeAllConnections();
  });
});

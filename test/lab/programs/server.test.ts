import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eventually } from '../load-balancer/eventually.ts';
import { closedAfterEach } from '../load-balancer/opened.ts';
import { startProgram } from '../load-balancer/servers.ts';

const open = closedAfterEach();
const urlOf = ({ address }: { address: { port: number } }) => `http://127.0.0.1:${address.port}`;
/** A program that may never listen. */
const program = (settings: Record<string, string>) => {
  const child = startProgram(settings);
  return open.later(child, async () => child.kill('SIGKILL'));
};

describe("the demo's server", () => {
  it('answers with its version, is ready, and counts', async () => {
    const server = await open.server({ VERSION: 'v7' });
    expect(await (await fetch(urlOf(server))).json()).toEqual({ version: 'v7', status: 200 });
    expect((await fetch(`${urlOf(server)}/ready`)).status).toBe(200);
    expect(await server.counters()).toEqual({ requests: 1, bad: 0 });
  });

  it('answers exactly its share of requests with 500, evenly spread', async () => {
    const server = await open.server({ ERROR_SHARE: '0.25' });
    const statuses: number[] = [];
    for (let nth = 0; nth < 8; nth += 1) statuses.push((await fetch(urlOf(server))).status);
    expect(statuses).toEqual([200, 200, 200, 500, 200, 200, 200, 500]);
    expect(await server.counters()).toEqual({ requests: 8, bad: 2 });
  });

  it('tells the same on its page for Prometheus, every code from the start', async () => {
    const server = await open.server({ ERROR_SHARE: '0.25' });
    const page = async () => (await fetch(`${urlOf(server)}/metrics`)).text();
    expect(await page()).toContain('http_requests_total{code="500"} 0\n');
    for (let nth = 0; nth < 8; nth += 1) await fetch(urlOf(server));
    const text = await page();
    expect(text).toContain('http_requests_total{code="200"} 6\nhttp_requests_total{code="500"} 2\n');
    expect(text).toContain('http_request_duration_seconds_bucket{le="+Inf"} 8\n');
    const started = Number(/^process_start_time_seconds (\d+\.\d+)$/m.exec(text)?.[1]);
    expect(Math.abs(Date.now() / 1000 - started)).toBeLessThan(60);
    expect(await server.counters()).toEqual({ requests: 8, bad: 2 });
  });

  it('is healthy until BAD_AFTER_MS', async () => {
    const server = await open.server({ ERROR_SHARE: '1', BAD_AFTER_MS: '60000' });
    expect((await fetch(urlOf(server))).status).toBe(200);
  });

  it('takes longer for its share of requests', async () => {
    const server = await open.server({ EXTRA_LATENCY_MS: '1000', EXTRA_LATENCY_SHARE: '0.5' });
    const took: number[] = [];
    for (let nth = 0; nth < 4; nth += 1) {
      const fromMs = performance.now();
      await (await fetch(urlOf(server))).text();
      took.push(performance.now() - fromMs);
    }
    expect(took.map(ms => ms >= 999)).toEqual([false, true, false, true]);
  });

  it('crashes at a request, without answering it', async () => {
    const server = await open.server({ CRASH_AFTER: '2' });
    const exit = once(server.process, 'exit');
    expect((await fetch(urlOf(server))).status).toBe(200);
    await expect(fetch(urlOf(server))).rejects.toThrow('fetch failed');
    expect(await exit).toEqual([1, null]);
  });

  it('is never ready, where told so, and serves all the same', async () => {
    const server = await open.server({ NEVER_READY: '1' });
    expect((await fetch(`${urlOf(server)}/ready`)).status).toBe(503);
    expect((await fetch(urlOf(server))).status).toBe(200);
  });

  it('on SIGTERM finishes what is in flight, takes nothing new, and exits with 0', async () => {
    // Prepare
    const server = await open.server({ LATENCY_MS: '300' });
    const inFlight = fetch(urlOf(server));
    await eventually(async () => expect((await server.counters()).requests).toBe(1));
    // Act
    const exit = server.end('SIGTERM');
    // Assess
    expect((await inFlight).status).toBe(200);
    expect(await exit).toBe(0);
    await expect(fetch(urlOf(server))).rejects.toThrow('fetch failed');
  });

  it('ignores SIGTERM, where told so', async () => {
    const server = await open.server({ IGNORE_SIGTERM: '1' });
    server.process.kill('SIGTERM');
    // long enough for a signal that is heeded to have closed the port
    await wait(300);
    expect((await fetch(urlOf(server))).status).toBe(200);
    expect(await server.end('SIGKILL')).toBeNull();
  });

  it('exits at once, where told so', async () => {
    expect(await once(program({ EXIT_AT_ONCE: '1' }), 'exit')).toEqual([1, null]);
  });

  it('that never listens ends at SIGTERM with 0', async () => {
    const child = program({ NEVER_LISTENS: '1' });
    // its one line says that the handler is there
    if (child.stdout !== null) await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it.each([{ ERROR_SHARE: 'half' }, { LATENCY_MS: '-1' }])('refuses %o', async settings => {
    expect(await once(program(settings as Record<string, string>), 'exit')).toEqual([1, null]);
  });

  it('ends with an error where its port is in use', async () => {
    const server = await open.server();
    expect(await once(program({ PORT: String(server.address.port) }), 'exit')).toEqual([1, null]);
  });
});

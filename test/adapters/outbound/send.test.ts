import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { httpHooks } from '../../../adapters/hooks/http-hooks.ts';
import { askSource } from '../../../adapters/metrics/ask-source.ts';
import { send } from '../../../adapters/outbound/send.ts';

const servers: ReturnType<typeof createServer>[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

/** A server of this computer, which counts who comes. */
async function serve() {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    response.end('{}');
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { seen, port: (server.address() as AddressInfo).port };
}
const signal = () => AbortSignal.timeout(5_000);

describe('where a name leads', () => {
  it('is looked at when it is connected to: a name that the check of a plan let through leads nowhere it must not', async () => {
    // localhost is a name like any other to whoever resolves it
    const { seen, port } = await serve();
    const url = `http://localhost:${port}/latest/meta-data`;
    await expect(send({ method: 'GET', url, signal: signal() }, { privateNetworks: 'all' })).rejects.toMatchObject({
      name: 'DestinationRefusedError',
      message: expect.stringMatching(/^localhost: (127\.0\.0\.1|::1) is on this computer, which only the lab asks$/),
    });
    expect(seen).toEqual([]);
    const { statusCode } = await send({ method: 'GET', url, signal: signal() }, { loopback: true });
    expect(statusCode).toBe(200);
  });

  it.each(['http://127.0.0.1', 'http://[::1]', 'http://2130706433', 'http://0x7f.1', 'http://[::ffff:127.0.0.1]'])(
    'counts for an address that is no name as well: %s',
    async address => {
      const { seen, port } = await serve();
      const asked = send({ method: 'GET', url: `${address}:${port}/`, signal: signal() }, {});
      await expect(asked).rejects.toMatchObject({ name: 'DestinationRefusedError' });
      expect(seen).toEqual([]);
    },
  );

  it.each(['https://169.254.169.254/latest', 'https://[fd00:ec2::254]/', 'https://10.0.0.5/', 'https://[fd12::5]/'])(
    'is refused to hooks and to metrics alike: %s',
    async url => {
      const hook = await httpHooks().call({ url, key: 'k', timeoutSeconds: 1, body: {} });
      expect(hook).toMatchObject({ kind: 'failed', because: expect.stringMatching(/is not asked: /) });
      expect(await httpHooks().poll(url, 1)).toMatchObject({ kind: 'failed' });
      await expect(askSource({ method: 'GET', url }, { timeoutMs: 1_000 })).rejects.toThrow(/is not asked: /);
    },
  );
});

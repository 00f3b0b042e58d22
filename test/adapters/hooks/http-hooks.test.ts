import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, it } from 'vitest';
import type { HookAnswer } from '../../../adapters/hooks/hooks.ts';
import { httpHooks } from '../../../adapters/hooks/http-hooks.ts';
import { keepsHooksContract } from './hooks.contract.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map(close => close()));
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function listen(server: Server & { closeAllConnections(): void }): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return (server.address() as AddressInfo).port;
}

const serve = async (handler: Handler) => `http://127.0.0.1:${await listen(createServer(handler))}`;

const call = (url: string) => ({ url, key: 'k', timeoutSeconds: 5, body: {} });
const hooks = httpHooks({ loopback: true });
/** Calls a hook that answers with this status and these headers. */
const answerTo = async (status: number, headers: Record<string, string> = {}): Promise<HookAnswer> => {
  const url = await serve((_, response) => void response.writeHead(status, headers).end('{"token":"s3cret"}'));
  return hooks.call(call(`${url}/smoke?token=s3cret`));
};

describe('hooks over HTTP', () => {
  keepsHooksContract(async () => {
    const answers = new Map<string, (HookAnswer | 'unreachable')[]>();
    const received: { key: string; body: unknown }[] = [];
    const base = await serve(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const left = answers.get(`${base}${request.url}`) ?? [];
      const answer = left.length > 1 ? left.shift() : left[0];
      if (answer === undefined || answer === 'unreachable') return void request.socket.destroy();
      if (request.method === 'POST')
        received.push({
          key: String(request.headers['idempotency-key']),
          body: JSON.parse(Buffer.concat(chunks).toString()),
        });
      if (answer.kind === 'running') response.writeHead(202, { location: new URL(answer.statusUrl).pathname });
      else response.writeHead(answer.kind === 'passed' ? 200 : 422);
      response.end();
    });
    return {
      hooks,
      url: `${base}/smoke`,
      statusUrl: `${base}/smoke/1`,
      answer: (url, ...next) => void answers.set(url, next),
      received: () => received,
    };
  });

  it.each([200, 201, 204])('takes %d for passed', async status => {
    expect(await answerTo(status)).toEqual({ kind: 'passed' });
  });

  it.each([400, 404, 429])('takes %d for failed, and shows neither the query nor the body', async status => {
    expect(await answerTo(status)).toEqual({
      kind: 'failed',
      because: expect.stringMatching(new RegExp(`^POST http://127.0.0.1:\\d+/smoke answered ${status}$`)),
    });
  });

  it.each([500, 503])('cannot reach a hook that answers %d', async status => {
    await expect(answerTo(status)).rejects.toMatchObject({
      name: 'HookUnreachableError',
      message: expect.stringMatching(new RegExp(`^POST http://127.0.0.1:\\d+/smoke answered ${status}$`)),
    });
  });

  it('does not follow a redirect: where it leads to is not called', async () => {
    let followed = false;
    const url = await serve((request, response) => {
      if (request.url === '/elsewhere') followed = true;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(await hooks.call(call(url))).toEqual({
      kind: 'failed',
      because: `POST ${url}/ answered 307, and redirects are not followed`,
    });
    expect(followed).toBe(false);
  });

  it('fails a hook that says 202 but not where to ask', async () => {
    expect(await answerTo(202)).toMatchObject({ kind: 'failed', because: expect.stringMatching(/without a Location/) });
  });

  it.each(['http://example.com/status', 'file:///etc/hosts', 'http://['])(
    'fails a hook that wants to be asked at %s',
    async location => {
      expect(await answerTo(202, { location })).toMatchObject({ kind: 'failed' });
    },
  );

  it('gives up a hook that does not answer within the time-out', async () => {
    const url = await serve(() => {});
    await expect(hooks.call({ ...call(url), timeoutSeconds: 0.2 })).rejects.toMatchObject({
      name: 'HookUnreachableError',
      message: expect.stringMatching(/: no whole answer within 0.2 s$/),
    });
  });

  it('does not wait for the end of an answer that never ends', async () => {
    const url = await serve((_, response) => {
      const more = setInterval(() => response.write('x'.repeat(65_536)), 1);
      response.on('close', () => clearInterval(more));
    });
    expect(await hooks.call(call(url))).toEqual({ kind: 'passed' });
  });

  it('names the cause when nobody listens', async () => {
    const url = await serve(() => {});
    await closers.pop()?.();
    await expect(hooks.call(call(url))).rejects.toThrow(/^POST http:\/\/127.0.0.1:\d+\/: ECONNREFUSED/);
  });

  it.each([
    'http://hooks.example.com/smoke',
    'http://127.0.0.1.example.com/smoke',
    'ftp://127.0.0.1/smoke',
    'https://user:s3cret@hooks.example.com/smoke',
    'smoke',
  ])('does not call %s', async url => {
    const answer = await hooks.call(call(url));
    expect(answer.kind).toBe('failed');
    expect(JSON.stringify(answer)).not.toContain('s3cret');
  });

  it('does not call this computer unless it is told to: in a Lambda that is the runtime itself', async () => {
    let called = false;
    const url = await serve((_, response) => {
      called = true;
      response.end();
    });
    expect(await httpHooks().call(call(url))).toMatchObject({ kind: 'failed' });
    expect(await httpHooks().poll(url, 5)).toMatchObject({ kind: 'failed' });
    expect(called).toBe(false);
  });

  it('does not trust a certificate that nobody has signed', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
    let called = false;
    const server = createTlsServer({ key, cert }, (_, response) => {
      called = true;
      response.end();
    });
    const port = await listen(server);
    await expect(hooks.call(call(`https://localhost:${port}/`))).rejects.toThrow(/DEPTH_ZERO_SELF_SIGNED_CERT/);
    expect(called).toBe(false);
  });
});

import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Wall clock; below the 10 s that a hook is waited for: who calls hears why it failed. */
const ASK_WITHIN_MS = 5_000;

/**
 * A team's smoke test, as a plan's hook calls it: asks the load balancer for the preview and passes when the new version
 * answers.
 */
export async function openSmokeHook(options: {
  /** Of the load balancer. */
  url: string;
  host: string;
  header: { name: string; value: string };
  version: string;
}): Promise<{ url: string; close(): void }> {
  const server = createServer((_, response) => {
    askPreview(options).then(
      ({ status, body }) => {
        const passed = status === 200 && body.includes(options.version);
        response.writeHead(passed ? 200 : 422).end(passed ? 'ok' : `the preview answered ${status}`);
      },
      error => response.writeHead(503).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/smoke`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function askPreview(options: {
  url: string;
  host: string;
  header: { name: string; value: string };
}): Promise<{ status: number; body: string }> {
  const { name, value } = options.header;
  const headers = { host: options.host, [name]: value };
  const signal = AbortSignal.timeout(ASK_WITHIN_MS);
  return new Promise((resolve, reject) => {
    const asked = request(options.url, { headers, signal }, response => {
      text(response).then(body => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
    asked.on('error', reject).end();
  });
}

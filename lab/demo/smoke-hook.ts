import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

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
  return new Promise((resolve, reject) => {
    const asked = request(options.url, { headers: { host: options.host, [name]: value } }, async response => {
      let body = '';
      for await (const chunk of response.setEncoding('utf8')) body += chunk;
      resolve({ status: response.statusCode ?? 0, body });
    });
    asked.on('error', reject).end();
  });
}

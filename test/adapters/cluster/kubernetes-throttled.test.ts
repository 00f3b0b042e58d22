import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { kubernetesApi, REQUEST_BUDGET_MS, WRITE_TIMEOUT_MS } from '../../../adapters/cluster/kubernetes-api.ts';
import { HANDLER_TIMEOUT_SECONDS } from '../../../infra/functions/sluice-function.ts';
import { makeCertificates } from '../../../lab/kubernetes/certificates.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** An API server that has no room for so many requests: API Priority and Fairness answers in plain text. */
async function openFull({ refusals, retryAfter }: { refusals: number; retryAfter?: string }) {
  const certificates = await makeCertificates();
  let asked = 0;
  const server: Server = createServer({ key: certificates.key, cert: certificates.cert }, (_, response) => {
    asked += 1;
    if (asked > refusals) return void response.end('{"kind":"Deployment"}');
    response.statusCode = 429;
    if (retryAfter !== undefined) response.setHeader('Retry-After', retryAfter);
    response.end('Too many requests, please try again later.');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const api = await kubernetesApi({
    endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    caData: Buffer.from(certificates.ca).toString('base64'),
    token: async () => 'token',
  });
  closers.push(
    () => api.close(),
    async () => {
      server.closeAllConnections();
      server.close();
    },
  );
  return { api, asked: () => asked };
}

const throttled = expect.objectContaining({
  name: 'ClusterUnreachableError',
  httpStatusCode: 429,
  message: 'GET /apis: the cluster answered 429: Too many requests, please try again later.',
});

it('an API server that has no room for a moment is asked again', async () => {
  const { api, asked } = await openFull({ refusals: 2 });
  expect(await api.get('/apis')).toEqual({ kind: 'Deployment' });
  expect(asked()).toBe(3);
});

it('one that has none for longer is throttling, and no page of a proxy', async () => {
  const { api, asked } = await openFull({ refusals: 9 });
  await expect(api.get('/apis')).rejects.toEqual(throttled);
  expect(asked()).toBe(3);
});

it('one that wants to be left alone for longer than a try may take is not asked again', async () => {
  const { api, asked } = await openFull({ refusals: 9, retryAfter: '30' });
  await expect(api.get('/apis')).rejects.toEqual(throttled);
  expect(asked()).toBe(1);
});

it('a write has longer than the API server gives a webhook by default, and all tries less than a handler has', () => {
  const webhookMs = 10_000; // timeoutSeconds of admissionregistration.k8s.io/v1
  expect(WRITE_TIMEOUT_MS).toBeGreaterThan(webhookMs);
  expect(REQUEST_BUDGET_MS).toBeGreaterThan(WRITE_TIMEOUT_MS);
  expect(REQUEST_BUDGET_MS).toBeLessThan(HANDLER_TIMEOUT_SECONDS * 1000);
});

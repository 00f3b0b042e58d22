import { rmSync, writeFileSync } from 'node:fs';
import { createServer as createProxy, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFunctions } from '../../infra/bundling/bundle.ts';
import { findRuntimeClient, openSandbox, type Sandbox } from '../../lab/lambda/sandbox.ts';
import { SYNTH_TIMEOUT_MS } from '../infra/synthesised.ts';
import { type FunctionResource, functionResources } from '../runtime/function-resources.ts';
import { openDoor, openSilentServer } from '../support/silent-server.ts';
import { openAnswerBucket } from './answer-bucket.ts';
import { keepsClusterStackContract } from './cluster-stack.contract.ts';
import { openClusterStack } from './cluster-stack.ts';
import { type Caller, openShop, shopTemplate } from './shop-stack.ts';
import { keepsStackContract } from './stack.contract.ts';

/*
 * The same stack with the bundles under AWS' own runtime: they answer at the address that CloudFormation gives, over TLS, by
 * way of a proxy that leads to a bucket of ours.
 */

const client = findRuntimeClient(process.env);
const where = client.kind === 'there' ? "under AWS' runtime" : `skipped: ${client.because}`;
const HOST = 'cloudformation-custom-resource-response-euwest1.s3.eu-west-1.amazonaws.com';
const FUNCTIONS: Record<string, string> = {
  'sluice-cluster': 'custom-resources/cluster',
  'sluice-deployed-version': 'custom-resources/deployed-version',
  'sluice-listener-rule': 'custom-resources/listener-rule',
  'sluice-registered-workload': 'custom-resources/registered-workload',
};

describe.skipIf(client.kind === 'absent')(`a stack, its functions ${where}`, () => {
  let folder: string;
  let resources: Map<string, FunctionResource>;
  let pki: Awaited<ReturnType<typeof generate>>;
  beforeAll(async () => {
    resources = functionResources();
    folder = await bundleFunctions(Object.values(FUNCTIONS));
    pki = await generate([{ name: 'commonName', value: HOST }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [
        { name: 'basicConstraints', cA: true },
        { name: 'subjectAltName', altNames: [{ type: 2, value: HOST }] },
      ],
    });
    writeFileSync(join(folder, 'bucket.pem'), pki.cert);
  }, SYNTH_TIMEOUT_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** @param more variables of every function, by name; undefined takes one away */
  async function caller(
    env: Record<string, string>,
    more: { variables?: Record<string, string | undefined>; timeoutMs?: number } = {},
  ): Promise<Caller & { log(): string }> {
    const bucket = await openAnswerBucket(listener => createTlsServer({ cert: pki.cert, key: pki.private }, listener));
    const proxy = await openProxy(bucket.port);
    const sandboxes = new Map<string, Sandbox>();
    const sandboxOf = async (name: string): Promise<Sandbox> => {
      const file = FUNCTIONS[name];
      const resource = file === undefined ? undefined : resources.get(file);
      if (file === undefined || resource === undefined) throw new Error(`the stack calls ${name}, which is not here`);
      const variables = { ...resource.environment, ...env, ...proxy.env, ...more.variables };
      const sandbox = await openSandbox({
        client: client.kind === 'there' ? client.file : '',
        taskRoot: join(folder, file),
        handler: resource.handler,
        name,
        environment: {
          ...Object.fromEntries(
            Object.entries(variables).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
          ),
          NODE_EXTRA_CA_CERTS: join(folder, 'bucket.pem'),
        },
        timeoutMs: more.timeoutMs ?? resource.timeoutMs,
      });
      sandboxes.set(name, sandbox);
      return sandbox;
    };
    return {
      bucket,
      addressOf: path => `https://${HOST}${path}`,
      invoke: async (functionArn, event) => {
        const name = functionArn.split(':').at(-1) ?? '';
        const outcome = await (sandboxes.get(name) ?? (await sandboxOf(name))).invoke(event);
        if (outcome.kind !== 'answered') throw new Error(JSON.stringify(outcome));
        return outcome.value;
      },
      log: () => [...sandboxes.values()].map(sandbox => sandbox.log()).join('\n'),
      close: async () => {
        for (const sandbox of sandboxes.values()) await sandbox.close();
        await proxy.close();
        await bucket.close();
      },
    };
  }

  describe('of a workload', () => keepsStackContract(options => openShop(({ env }) => caller(env), options)));

  describe('of a control plane', () => {
    keepsClusterStackContract(options => openClusterStack(({ env }) => caller(env), options));
  });

  it(
    'is told at once which variable a function lacks, instead of waiting for an answer',
    async () => {
      for (const missing of ['SLUICE_CONTROL_PLANE', 'SLUICE_TABLE']) {
        const shop = await openShop(({ env }) => caller(env, { variables: { [missing]: undefined } }));
        const { because } = await shop.stack.create(shopTemplate());
        expect(because).toMatch(new RegExp(`^CheckoutRule\\w+: the function's environment: ${missing} is not set`));
        await shop.close();
      }
    },
    SYNTH_TIMEOUT_MS,
  );

  it(
    'keeps the address of the answer out of every log, also where it is not taken',
    async () => {
      const logs: string[] = [];
      const shop = await openShop(async ({ env }) => {
        const made = await caller(env);
        const close = async () => {
          logs.push(made.log());
          await made.close();
        };
        return { ...made, close };
      });
      shop.bucket.fail(403, 403, 403);
      await shop.stack.create(shopTemplate());
      await shop.close();
      expect(logs.join()).toContain('CloudFormation did not take the answer: status 403');
      expect(logs.join()).not.toContain('secret-of-the-stack');
    },
    SYNTH_TIMEOUT_MS,
  );

  it(
    'is answered by the next call where Lambda ended the first one in the middle',
    async () => {
      const silent = await openSilentServer();
      // the table does not answer, until the function's time is over
      let address = silent.url;
      const door = await openDoor(() => address);
      const shop = await openShop(async ({ env }) => {
        const table = env.AWS_ENDPOINT_URL_DYNAMODB ?? '';
        const made = await caller({ ...env, AWS_ENDPOINT_URL_DYNAMODB: door.url }, { timeoutMs: 5_000 });
        return {
          ...made,
          invoke: async (functionArn, event) =>
            made.invoke(functionArn, event).catch(error => {
              address = table;
              throw error;
            }),
        };
      });
      expect(await shop.stack.create(shopTemplate())).toEqual({ status: 'CREATE_COMPLETE' });
      expect(shop.bucket.puts).toHaveLength(3);
      await shop.close();
      await door.close();
      await silent.close();
    },
    SYNTH_TIMEOUT_MS,
  );
});

/** What NODE_USE_ENV_PROXY makes Node's fetch go through: it leads to the bucket, and nowhere else. */
async function openProxy(bucketPort: number) {
  const server = createProxy();
  const sockets = new Set<Socket>();
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    if (request.url !== `${HOST}:443`) return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const bucket = connect(bucketPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(bucket).pipe(socket);
    });
    bucket.on('error', () => socket.destroy());
    return socket.once('close', () => bucket.destroy());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    env: { NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: `http://127.0.0.1:${port}` },
    close: () =>
      new Promise<void>(resolve => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

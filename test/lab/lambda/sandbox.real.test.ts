import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findRuntimeClient, openSandbox, type Sandbox, type SandboxOptions } from '../../../lab/lambda/sandbox.ts';

/*
 * Lambda's side of the runtime API against AWS' own runtime: what the stand-in says of a program is what the program did.
 */

const client = findRuntimeClient(process.env);
const where = client.kind === 'there' ? "under AWS' runtime" : `skipped: ${client.because}`;

describe('the runtime interface client', () => {
  it('is absent where nobody says where it is, and where it is not built', () => {
    expect(findRuntimeClient({})).toEqual({ kind: 'absent', because: expect.stringContaining('.ci/run') });
    const file = '/nowhere/index.mjs';
    const because = `SLUICE_LAMBDA_RIC: there is no ${file}`;
    expect(findRuntimeClient({ SLUICE_LAMBDA_RIC: file })).toEqual({ kind: 'absent', because });
  });
});

describe.skipIf(client.kind === 'absent')(`a program ${where}`, () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  async function sandboxOf(source: string, more: Partial<SandboxOptions> = {}): Promise<Sandbox> {
    const taskRoot = mkdtempSync(join(tmpdir(), 'sluice-sandbox-'));
    closers.push(() => rmSync(taskRoot, { recursive: true, force: true }));
    writeFileSync(join(taskRoot, 'index.mjs'), source);
    const sandbox = await openSandbox({
      client: client.kind === 'there' ? client.file : '',
      taskRoot,
      handler: 'index.handler',
      name: 'sluice-example',
      environment: {},
      timeoutMs: 20_000,
      ...more,
    });
    closers.push(sandbox.close);
    return sandbox;
  }

  it('is started for the first event, and stays for the next one', async () => {
    const sandbox = await sandboxOf('let n = 0; export const handler = async event => ({ event, n: ++n });');
    expect(await sandbox.invoke({ a: 1 })).toEqual({ kind: 'answered', value: { event: { a: 1 }, n: 1 } });
    expect(await sandbox.invoke('two')).toEqual({ kind: 'answered', value: { event: 'two', n: 2 } });
    expect(sandbox.starts()).toBe(1);
  });

  it('sees what Lambda tells it, and nothing of who started it', async () => {
    const sandbox = await sandboxOf(
      `export const handler = async (_, context) => ({
        env: process.env, cwd: process.cwd(), id: context.awsRequestId, left: context.getRemainingTimeInMillis(),
      });`,
      { environment: { SLUICE_TABLE: 'sluice' }, timeoutMs: 7_000 },
    );
    const outcome = await sandbox.invoke({});
    expect(outcome).toMatchObject({
      kind: 'answered',
      value: {
        env: { SLUICE_TABLE: 'sluice', AWS_REGION: 'eu-west-1', _HANDLER: 'index.handler', TZ: ':UTC' },
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    });
    const { env, left } = (outcome as { value: { env: Record<string, string>; left: number } }).value;
    expect(left).toBeLessThanOrEqual(7_000);
    expect(env).not.toHaveProperty('HOME');
    expect(env).not.toHaveProperty('SLUICE_LAMBDA_RIC');
  });

  it('fails with the name, the sentence and the place of its error', async () => {
    const sandbox = await sandboxOf(`class OddError extends Error { name = 'OddError'; }
      export const handler = async () => { throw new OddError('not today'); };`);
    const outcome = await sandbox.invoke({});
    expect(outcome).toMatchObject({ kind: 'failed', error: { errorType: 'OddError', errorMessage: 'not today' } });
    const { trace } = (outcome as { error: { trace: string[] } }).error;
    expect(trace[0]).toBe('OddError: not today');
    expect(trace.some(line => line.includes('index.mjs:2'))).toBe(true);
  });

  it.each([
    ['cannot be parsed', 'export const handler = (', 'Runtime.UserCodeSyntaxError', /Unexpected/],
    ['throws as it is imported', "throw new RangeError('too far');", 'RangeError', /^too far$/],
    ['has no handler', 'export const other = 1;', 'Runtime.HandlerNotFound', /index\.handler is undefined/],
    ['takes a callback', 'export const handler = (a, b, c) => c();', 'Runtime.CallbackHandlerDeprecated', /callback/],
  ])('that %s is not initialised, and says so each time', async (_, source, errorType, message) => {
    const sandbox = await sandboxOf(source);
    const failed = { kind: 'initFailed', error: { errorType, errorMessage: expect.stringMatching(message) } };
    expect(await sandbox.invoke({})).toMatchObject(failed);
    expect(await sandbox.invoke({})).toMatchObject(failed);
    expect(sandbox.starts()).toBe(2);
  });

  it('whose time is over is ended, and the next event finds a new one', async () => {
    const sandbox = await sandboxOf(
      'let n = 0; export const handler = async wait => (n += 1, wait ? new Promise(() => setInterval(() => {}, 9)) : n);',
      { timeoutMs: 500 },
    );
    expect(await sandbox.invoke(false)).toEqual({ kind: 'answered', value: 1 });
    expect(await sandbox.invoke(true)).toEqual({ kind: 'timedOut' });
    expect(sandbox.starts()).toBe(1);
    expect((await sandbox.start()).kind).toBe('ready');
    expect(sandbox.starts()).toBe(2);
  });

  it('that ends by itself is an exit, with what it said last', async () => {
    const sandbox = await sandboxOf("export const handler = async () => { console.log('bye'); process.exit(3); };");
    expect(await sandbox.invoke({})).toEqual({ kind: 'exited', code: 3, said: expect.stringContaining('bye') });
    expect(sandbox.log()).toContain('bye');
  });
});

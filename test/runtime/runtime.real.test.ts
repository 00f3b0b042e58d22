import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDynamoDbLedger } from '../../adapters/ledger/dynamodb-ledger.ts';
import { openDynamoDbWorkloads } from '../../adapters/workloads/dynamodb-workloads.ts';
import { ERROR_NAMES } from '../../domain/error-names.ts';
import { bundleFunctions } from '../../infra/bundling/bundle.ts';
import { type AnyFunctionName, CUSTOM_RESOURCE_NAMES, FUNCTION_NAMES } from '../../infra/functions/catalogue.ts';
import { findRuntimeClient, type Outcome, openSandbox, type Sandbox } from '../../lab/lambda/sandbox.ts';
import { openTable } from '../../lab/table.ts';
import { allCases, inputOf } from '../functions/handler-cases.ts';
import { openSilentServer } from '../support/silent-server.ts';
import { type FunctionResource, functionResources } from './function-resources.ts';

/*
 * Every function as Lambda runs it: its real bundle, in a process of AWS' own runtime, with the environment that its
 * resource has in the template and nothing else. What the runtime tells Lambda is what a state machine, a caller and an
 * operator get to see.
 */

const client = findRuntimeClient(process.env);
const where = client.kind === 'there' ? "under AWS' runtime" : `skipped: ${client.because}`;
const names = [...FUNCTION_NAMES, ...CUSTOM_RESOURCE_NAMES];
/** Custom resources are called by CloudFormation: test/functions/custom-resources/over-the-wire.real.test.ts. */
const withCase: AnyFunctionName[] = [...FUNCTION_NAMES];
/** What answers with nothing else in the world. */
const NEEDS_THE_TABLE_ALONE: string[] = [
  'audit',
  'next-step',
  'soak',
  'await-approval',
  'call-hook',
  'close',
  'open-approval',
];
/** A cold start takes a third of a second of one core, of which a busy computer may have little: ten of them, and more. */
const STARTS_TIMEOUT_MS = 120_000;
const CREDENTIALS = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'lab', AWS_SECRET_ACCESS_KEY: 'lab' };
/** All bundles, beside the template: some 15 s of both cores. */
const BUNDLES_TIMEOUT_MS = 300_000;
/** Nobody listens there: a call fails at once. */
const NOBODY = 'http://127.0.0.1:1';

describe.skipIf(client.kind === 'absent')(`a function ${where}`, () => {
  let folder: string;
  let resources: Map<string, FunctionResource>;
  beforeAll(async () => {
    resources = functionResources();
    folder = await bundleFunctions(names);
  }, BUNDLES_TIMEOUT_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const resourceOf = (name: string): FunctionResource => {
    const found = resources.get(name);
    if (found === undefined) throw new Error(`the template has no function of functions/${name}.ts`);
    return found;
  };
  async function using<T>(name: string, environment: Record<string, string>, act: (sandbox: Sandbox) => Promise<T>) {
    const { handler, timeoutMs } = resourceOf(name);
    const sandbox = await openSandbox({
      client: client.kind === 'there' ? client.file : '',
      taskRoot: join(folder, name),
      handler,
      name: `sluice-${name.split('/').at(-1)}`,
      environment: { AWS_ENDPOINT_URL: NOBODY, ...environment },
      timeoutMs,
    });
    try {
      return await act(sandbox);
    } finally {
      await sandbox.close();
    }
  }

  describe.each(names)('%s', name => {
    const flat = name.split('/').at(-1);

    it(
      'starts, finds its handler, and says by name what it cannot take and what it cannot reach',
      async () => {
        await using(name, resourceOf(name).environment, async sandbox => {
          // what is no input at all
          const refused = await sandbox.invoke(null);
          expect(refused).toMatchObject({ kind: 'failed', error: { errorType: 'BadInputError' } });
          const { errorMessage, trace } = (refused as Failed).error;
          expect(errorMessage).toMatch(new RegExp(`^${flat}: `));
          expect(trace[0]).toBe(`BadInputError: ${errorMessage.split('\n')[0]}`);
          expect(trace.some(line => line.includes(join(folder, name)))).toBe(true);
          // what it is there for, in a world that does not answer
          if (withCase.includes(name)) {
            const done = await sandbox.invoke(await usualInput(name));
            if (!hasNobodyToAsk(done)) {
              expect(done).toMatchObject({ kind: 'failed' });
              expect(ERROR_NAMES).toContain((done as Failed).error.errorType);
              expect((done as Failed).error.errorMessage).toContain('ECONNREFUSED 127.0.0.1:1');
            }
          }
          // one process, whose lines in the log are ours
          expect(sandbox.starts()).toBe(1);
          const ours = sandbox
            .log()
            .split('\n')
            .filter(line => line.startsWith('{'))
            .map(line => JSON.parse(line));
          expect(ours).toContainEqual(expect.objectContaining({ level: 'error', message: `${flat} failed` }));
        });
      },
      STARTS_TIMEOUT_MS,
    );
  });

  it.each(withCase)(
    '%s does its work on a real table, or says whom else it cannot reach',
    async name => {
      const table = await openTable();
      try {
        const input = await tellTable(name, table.url);
        const environment = { ...resourceOf(name).environment, AWS_ENDPOINT_URL_DYNAMODB: table.url };
        const done = await using(name, environment, sandbox => sandbox.invoke(input));
        if (done.kind === 'answered') expect(done.value).toEqual(expect.any(Object));
        else {
          expect(done).toMatchObject({ kind: 'failed' });
          expect(ERROR_NAMES).toContain((done as Failed).error.errorType);
          expect((done as Failed).error.errorType).not.toMatch(/^(Ledger|Workloads)Unreachable/);
          // what is refused is an answer to a person
          const { errorType, errorMessage } = (done as Failed).error;
          if (errorType !== 'RefusedError') expect(errorMessage).toContain('ECONNREFUSED');
        }
        if (NEEDS_THE_TABLE_ALONE.includes(name)) expect(done).toMatchObject({ kind: 'answered' });
      } finally {
        await table.close();
      }
    },
    STARTS_TIMEOUT_MS,
  );

  it.each(withCase)(
    '%s names each variable of its environment that is not there',
    async name => {
      const { environment } = resourceOf(name);
      const variables = Object.keys(environment);
      expect(variables).toContain('SLUICE_TABLE');
      for (const missing of variables) {
        const { [missing]: _, ...others } = environment;
        const outcome = await using(name, others, sandbox => sandbox.invoke(null));
        expect(outcome, missing).toMatchObject({ kind: 'failed', error: { errorType: 'EnvironmentError' } });
        expect((outcome as Failed).error.errorMessage).toContain(missing);
      }
    },
    STARTS_TIMEOUT_MS,
  );

  it(
    'is never ended by Lambda while it waits for somebody who does not answer: it says who',
    async () => {
      const silent = await openSilentServer();
      const nobodyAnswers = { AWS_ENDPOINT_URL: `http://127.0.0.1:${silent.port}` };
      try {
        const outcomes = await Promise.all(
          withCase.map(async name =>
            using(name, { ...resourceOf(name).environment, ...nobodyAnswers }, async sandbox => {
              expect(await sandbox.start()).toMatchObject({ kind: 'ready' });
              return [name, await sandbox.invoke(await usualInput(name))] as [string, Outcome];
            }),
          ),
        );
        for (const [name, outcome] of outcomes) {
          if (hasNobodyToAsk(outcome)) continue;
          expect(outcome, name).toMatchObject({ kind: 'failed' });
          expect(ERROR_NAMES, name).toContain((outcome as Failed).error.errorType);
        }
      } finally {
        await silent.close();
      }
    },
    STARTS_TIMEOUT_MS,
  );
});

/** Writes the ledger and the workloads of the function's case into a table. @returns its usual input */
async function tellTable(name: string, url: string): Promise<unknown> {
  const found = allCases.find(one => one.name === name);
  if (found === undefined) throw new Error(`${name} has no case in test/functions/handler-cases.ts`);
  const fakes = await found.open();
  const env = { ...CREDENTIALS, AWS_ENDPOINT_URL_DYNAMODB: url, SLUICE_TABLE: 'sluice' };
  const [ledger, workloads] = [openDynamoDbLedger(env, fakes.clock), openDynamoDbWorkloads(env)];
  for (const registered of await fakes.workloads.readAll()) await workloads.register(registered);
  for (const { releaseId, atEpochMs, by, fact } of await fakes.ledger.entries('shop')) {
    await ledger.append('shop', await ledger.read('shop'), { releaseId, atEpochMs, by, fact });
  }
  return inputOf(found, fakes);
}

/** An event that is none of ours is answered at once. */
const hasNobodyToAsk = (outcome: Outcome): boolean =>
  outcome.kind === 'answered' && (outcome.value as { kind?: string }).kind === 'nothing';

type Failed = Extract<Outcome, { kind: 'failed' }>;

async function usualInput(name: string): Promise<unknown> {
  const found = allCases.find(one => one.name === name);
  if (found === undefined) throw new Error(`${name} has no case in test/functions/handler-cases.ts`);
  return inputOf(found, await found.open());
}

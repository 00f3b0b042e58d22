import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleFunctions, bytesRead } from '../../infra/bundling/bundle.ts';
import { CUSTOM_RESOURCE_NAMES, FUNCTION_NAMES, functionsWithCluster } from '../../infra/functions/catalogue.ts';
import { openTable } from '../../lab/table.ts';
import { SYNTH_TIMEOUT_MS } from './synthesised.ts';

const run = promisify(execFile);
const names = [...FUNCTION_NAMES, ...CUSTOM_RESOURCE_NAMES];
let folder: string;
beforeAll(async () => {
  folder = await bundleFunctions(names);
}, SYNTH_TIMEOUT_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = (name: string) => join(folder, name, 'index.mjs');
const kilobytes = (name: string) => bytesRead(folder, name) / 1000;

it(
  'every bundle can be imported as Lambda does it, and has a handler',
  () => {
    const script = `for (const file of process.argv.slice(1)) {
    const { handler } = await import(file);
    if (typeof handler !== 'function') throw new Error(file + ' has no handler');
  }`;
    // an environment with nothing in it: importing a function opens nothing
    execFileSync(process.execPath, ['--input-type=module', '--eval', script, ...names.map(fileOf)], { env: {} });
  },
  SYNTH_TIMEOUT_MS,
);

it(
  'a bundle does its work without what was left out: it reads its table, and says what is wrong by the name of the error',
  async () => {
    // Prepare
    const table = await openTable();
    const env = {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'lab',
      AWS_SECRET_ACCESS_KEY: 'lab',
      AWS_ENDPOINT_URL_DYNAMODB: table.url,
    };
    const script = `const { handler } = await import(process.argv[1]);
    for (const event of [{}, { releaseId: 'shop-1', run: 1 }]) {
      await handler(event).catch(error => console.error('ERROR', error.name, error.message));
    }`;
    const call = async (tableName: string) => {
      const options = { env: { ...env, SLUICE_TABLE: tableName } };
      const { stderr } = await run(
        process.execPath,
        ['--input-type=module', '-e', script, fileOf('next-step')],
        options,
      );
      return stderr.split('\n').flatMap(line => /^ERROR (.*)/.exec(line)?.[1] ?? []);
    };
    try {
      // Act
      const [here, elsewhere] = await Promise.all([call(table.name), call('other')]);
      // Assess
      expect(here[0]).toMatch(/^BadInputError next-step: .*expected string/);
      expect(here[1]).toBe('StaleExecutionError shop-1 is not the active release');
      expect(elsewhere[1]).toMatch(/^LedgerUnreachableError .*ResourceNotFoundException/);
    } finally {
      await table.close();
    }
  },
  SYNTH_TIMEOUT_MS,
);

it(
  'the bundle that registers a workload says what is wrong with its files',
  async () => {
    // Prepare: CloudFormation's side, to which the answer is sent
    let sent: Promise<string> | undefined;
    const cloudFormation = createServer((request, response) => {
      sent = text(request);
      void sent.then(() => response.end());
    });
    await new Promise<void>(resolve => cloudFormation.listen(0, '127.0.0.1', resolve));
    const event = {
      RequestType: 'Create',
      ResponseURL: `http://127.0.0.1:${(cloudFormation.address() as AddressInfo).port}/`,
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: 'Item',
      ResourceProperties: { Workload: '{"kind":"Workload","nmae":"checkout"}', Plan: '{}' },
    };
    const env = { AWS_REGION: 'eu-west-1', SLUICE_TABLE: 'sluice' };
    const script = 'await (await import(process.argv[1])).handler(JSON.parse(process.argv[2]));';
    const file = fileOf('custom-resources/registered-workload');
    try {
      // Act
      await run(process.execPath, ['--input-type=module', '-e', script, file, JSON.stringify(event)], { env });
      // Assess: the guess needs the JSON Schema of a workload
      const { Status, Reason } = JSON.parse((await sent) ?? '{}');
      expect(Status).toBe('FAILED');
      expect(Reason).toContain("nmae: found the unknown key 'nmae'");
    } finally {
      cloudFormation.close();
    }
  },
  SYNTH_TIMEOUT_MS,
);

it('the way back and Look stay below 500 kB', () => {
  for (const name of ['look', 'restore-traffic', 'verify-traffic', 'start-roll-back', 'abort']) {
    expect(kilobytes(name), name).toBeLessThan(500);
  }
});

it('functions with the Kubernetes client stay below 2 MB, and no other function has it', () => {
  const withCluster = functionsWithCluster();
  for (const name of names) {
    expect(kilobytes(name), name).toBeLessThan(withCluster.some(cluster => cluster === name) ? 2000 : 800);
    expect(readFileSync(fileOf(name), 'utf8').includes('k8s-aws-v1.'), name).toBe(
      withCluster.some(cluster => cluster === name),
    );
  }
});

it('holds one file for each function and nothing else', () => {
  for (const name of names) expect(existsSync(fileOf(name))).toBe(true);
});

import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleFunctions, bytesRead } from '../../infra/bundling/bundle.ts';
import {
  type AnyFunctionName,
  CUSTOM_RESOURCE_NAMES,
  FUNCTION_NAMES,
  functionsWithCluster,
  needsOf,
  QUICK_FUNCTIONS,
} from '../../infra/functions/catalogue.ts';
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
  'a bundle does its work: it finds its credentials where Lambda puts them, reads its table, and names what is wrong',
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
    // Prepare: CloudFormation's side, whose address is the only kind that is answered
    const ResponseURL =
      'https://cloudformation-custom-resource-response-euwest1.s3.eu-west-1.amazonaws.com/arn%3Aaws?signature=1';
    const event = {
      RequestType: 'Create',
      ResponseURL,
      StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1',
      RequestId: 'request',
      LogicalResourceId: 'Item',
      ResourceProperties: { Workload: '{"kind":"Workload","nmae":"checkout"}', Plan: '{}' },
    };
    const env = {
      AWS_REGION: 'eu-west-1',
      SLUICE_TABLE: 'sluice',
      SLUICE_CONTROL_PLANE: 'sluice',
      CLUSTER_NAMES: 'prod',
    };
    const script = `
      globalThis.fetch = async (url, { body }) => (console.log('answer', url, body), new Response());
      await (await import(process.argv[1])).handler(JSON.parse(process.argv[2]));`;
    const file = fileOf('custom-resources/registered-workload');
    // Act
    const args = ['--input-type=module', '-e', script, file, JSON.stringify(event)];
    const { stdout } = await run(process.execPath, args, { env });
    // Assess: the guess needs the JSON Schema of a workload
    const [, address, answer = '{}'] = /^answer (\S+) (.+)$/m.exec(String(stdout)) ?? [];
    expect(address).toBe(ResponseURL);
    const { Status, Reason } = JSON.parse(answer);
    expect(Status).toBe('FAILED');
    expect(Reason).toContain("nmae: found the unknown key 'nmae'");
  },
  SYNTH_TIMEOUT_MS,
);

it('what a cold start reads of Look and of the way back without the cluster stays below 700 kB', () => {
  for (const name of QUICK_FUNCTIONS) {
    expect(kilobytes(name), name).toBeLessThan(700);
  }
});

it('functions with the Kubernetes client stay below 2.1 MB, Look with it below 2.3, and no other function has it', () => {
  const withCluster = functionsWithCluster();
  const most = (name: string) => (name === 'look-in-cluster' ? 2300 : 2100);
  // 45 kB of the client of Secrets Manager and of what asks other registries, read where a workload has one
  const without = (name: string) => (needsOf(name as AnyFunctionName).includes('readSecrets') ? 880 : 820);
  for (const name of names) {
    expect(kilobytes(name), name).toBeLessThan(
      withCluster.some(cluster => cluster === name) ? most(name) : without(name),
    );
    const files = readdirSync(join(folder, name)).map(file => readFileSync(join(folder, name, file), 'utf8'));
    expect(
      files.some(source => source.includes('k8s-aws-v1.')),
      name,
    ).toBe(withCluster.some(cluster => cluster === name));
    // nor does another ask EKS for anything, but for the function that looks at the clusters in a deployment
    const asksEks = withCluster.some(cluster => cluster === name) || name === 'custom-resources/cluster';
    expect(
      files.some(source => source.includes('AmazonEKS') || source.includes('DescribeCluster')),
      `${name} and EKS`,
    ).toBe(asksEks);
  }
});

it('holds one file for each function and nothing else', () => {
  for (const name of names) expect(existsSync(fileOf(name))).toBe(true);
});

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleFunctions } from '../../infra/bundling/bundle.ts';
import { CUSTOM_RESOURCE_NAMES, FUNCTION_NAMES, functionsThat } from '../../infra/functions/catalogue.ts';
import { SYNTH_TIMEOUT_MS } from './synthesised.ts';

const names = [...FUNCTION_NAMES, ...CUSTOM_RESOURCE_NAMES];
let folder: string;
beforeAll(() => {
  folder = bundleFunctions(names);
}, SYNTH_TIMEOUT_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = (name: string) => join(folder, name, 'index.mjs');
const kilobytes = (name: string) => statSync(fileOf(name)).size / 1000;

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

it('the way back and Look stay below 500 kB', () => {
  for (const name of ['look', 'restore-traffic', 'verify-traffic', 'start-roll-back', 'abort']) {
    expect(kilobytes(name), name).toBeLessThan(500);
  }
});

it('functions with the Kubernetes client stay below 2 MB, and no other function has it', () => {
  const withCluster = functionsThat('cluster');
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

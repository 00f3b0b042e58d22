/**
 * npm run build: everything that the package ships, compiled, in dist/ and schema/. `npm pack` runs it first.
 * With `--cli` only `npx sluice` is compiled, which `npm ci` does, so that it runs in a checkout.
 */
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { bundleFunctions } from '../../infra/bundling/bundle.ts';
import { CUSTOM_RESOURCE_NAMES, FUNCTION_NAMES } from '../../infra/functions/catalogue.ts';
import { bundleCli, bundleConstructs, PROJECT_ROOT } from './bundles.ts';
import { noticesOf } from './third-party-notices.ts';
import { writeTypes } from './types.ts';

const dist = join(PROJECT_ROOT, 'dist');

if (process.argv.includes('--cli')) await buildCli();
else await buildAll();

async function buildCli(): Promise<Metafile> {
  const cli = join(dist, 'cli');
  rmSync(cli, { recursive: true, force: true });
  for (const machine of ['release', 'roll-back']) {
    const file = `state-machines/${machine}.asl.json`;
    cpSync(join(PROJECT_ROOT, file), join(dist, file));
  }
  return bundleCli(cli);
}

async function buildAll(): Promise<void> {
  const schema = join(PROJECT_ROOT, 'schema');
  for (const folder of [dist, schema]) rmSync(folder, { recursive: true, force: true });
  cpSync(join(PROJECT_ROOT, 'docs/schema'), schema, { recursive: true });

  const functions = await bundleFunctions([...FUNCTION_NAMES, ...CUSTOM_RESOURCE_NAMES]);
  cpSync(functions, join(dist, 'functions'), { recursive: true });
  rmSync(functions, { recursive: true });

  const metafiles = [await buildCli(), ...(await bundleConstructs(join(dist, 'cdk')))];
  writeFileSync(join(dist, 'third-party-notices.txt'), noticesOf(metafiles));
  writeTypes(join(dist, 'types'));
}

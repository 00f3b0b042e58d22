import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { type BuildOptions, build } from 'esbuild';
import type { CodeOf } from '../functions/code.ts';
import { keepsOf, leaveOut } from './left-out.ts';

export const PROJECT_ROOT = join(import.meta.dirname, '../..');

/** Some of the SDK's dependencies are CommonJS and ask for `require`, which an ES module does not have. */
const REQUIRE_BANNER =
  "import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);";

/**
 * Functions whose bundle comes in parts: what few of their calls need is a file of its own, read when it is needed. Look has
 * to be below 500 kB and reads metrics of sources that most plans do not have.
 */
const IN_PARTS = ['look'];

/**
 * Bundles all functions in one run of esbuild, which is several times faster than a run for each (what NodejsFunction
 * does): they share most of their sources. Each gets a folder of its own with one `index.mjs` in it, and its parts.
 * @returns the folder that holds a folder for each function
 */
export async function bundleFunctions(names: string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-functions-'));
  const bundle = (name: string, options: BuildOptions) =>
    build({
      absWorkingDir: PROJECT_ROOT,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      mainFields: ['module', 'main'], // "main" first is what platform node means: CommonJS, a third larger
      alias: { '@aws-sdk/credential-provider-node': './infra/bundling/environment-credentials.ts' },
      banner: { js: REQUIRE_BANNER },
      plugins: [leaveOut(name, path => readFileSync(path, 'utf8'))],
      logLevel: 'warning',
      ...options,
    });
  const whole = names.filter(name => !IN_PARTS.includes(name));
  for (const [first = '', ...others] of Map.groupBy(whole, keepsOf).values()) {
    const entryPoints = [first, ...others].map(name => ({ in: `functions/${name}.ts`, out: `${name}/index` }));
    await bundle(first, { entryPoints, outdir: folder });
  }
  for (const name of names.filter(one => IN_PARTS.includes(one))) {
    const entryPoints = [{ in: `functions/${name}.ts`, out: 'index' }];
    await bundle(name, { entryPoints, outdir: join(folder, name), splitting: true, chunkNames: 'part-[name]-[hash]' });
  }
  return folder;
}

const STATIC_IMPORT = /\b(?:from|import)"\.\/([\w.-]+\.mjs)"/g;

/** What a cold start reads: the bundle's index.mjs and the parts that it imports at once. @returns bytes */
export function bytesRead(folder: string, name: string): number {
  const files = new Set(['index.mjs']);
  for (const file of files) {
    const source = readFileSync(join(folder, name, file), 'utf8');
    for (const [, part] of source.matchAll(STATIC_IMPORT)) if (part !== undefined) files.add(part);
  }
  return [...files].reduce((bytes, file) => bytes + statSync(join(folder, name, file)).size, 0);
}

/** The bundled code of these functions. An asset's hash is its content's: what did not change is not deployed. */
export async function bundledCode(names: string[]): Promise<CodeOf> {
  const folder = await bundleFunctions(names);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true })); // by then they are in cdk.out
  return name => lambda.Code.fromAsset(join(folder, name));
}

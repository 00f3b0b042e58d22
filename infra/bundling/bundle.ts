import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { type BuildOptions, build } from 'esbuild';
import { QUICK_FUNCTIONS } from '../functions/catalogue.ts';
import type { CodeOf } from '../functions/code.ts';

export const PROJECT_ROOT = join(import.meta.dirname, '../..');

/** Some of the SDK's dependencies are CommonJS and ask for `require`, which an ES module does not have. */
const REQUIRE_BANNER =
  "import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);";

/**
 * Bundles each function into a folder of its own with one `index.mjs` in it. `QUICK_FUNCTIONS` come in parts: what an
 * `import()` names is a file beside it, which a cold start does not read. In one file esbuild wraps such modules, and all
 * that they import, into functions, and Node parses those twice: a third of Look's import.
 * @returns the folder that holds a folder for each function
 */
export async function bundleFunctions(names: string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-functions-'));
  const bundle = (options: BuildOptions) =>
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
      logLevel: 'warning',
      ...options,
    });
  const whole = names.filter(name => !QUICK_FUNCTIONS.has(name));
  // one run for all is several times faster than a run for each, but would share parts between the folders
  await bundle({
    entryPoints: whole.map(name => ({ in: `functions/${name}.ts`, out: `${name}/index` })),
    outdir: folder,
  });
  for (const name of names.filter(one => QUICK_FUNCTIONS.has(one))) {
    const entryPoints = [{ in: `functions/${name}.ts`, out: 'index' }];
    await bundle({ entryPoints, outdir: join(folder, name), splitting: true, chunkNames: 'part-[name]-[hash]' });
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

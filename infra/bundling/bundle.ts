import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { build } from 'esbuild';
import { leaveOut } from './left-out.ts';

export const PROJECT_ROOT = join(import.meta.dirname, '../..');

/** Where a function's code comes from: by its name, the path of its file below functions/ without `.ts`. */
export type CodeOf = (name: string) => lambda.Code;

/** Some of the SDK's dependencies are CommonJS and ask for `require`, which an ES module does not have. */
const REQUIRE_BANNER =
  "import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);";

/**
 * Bundles all functions in one run of esbuild, which is several times faster than a run for each (what NodejsFunction
 * does): they share most of their sources. Each gets a folder of its own with one `index.mjs` in it.
 * @returns the folder that holds a folder for each function
 */
export async function bundleFunctions(names: string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-functions-'));
  await build({
    absWorkingDir: PROJECT_ROOT,
    entryPoints: names.map(name => ({ in: `functions/${name}.ts`, out: `${name}/index` })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'], // "main" first is what platform node means: CommonJS, a third larger
    alias: { '@aws-sdk/credential-provider-node': './infra/bundling/environment-credentials.ts' },
    banner: { js: REQUIRE_BANNER },
    plugins: [leaveOut(path => readFileSync(path, 'utf8'))],
    logLevel: 'warning',
  });
  return folder;
}

/** The bundled code of these functions. An asset's hash is its content's: what did not change is not deployed. */
export async function bundledCode(names: string[]): Promise<CodeOf> {
  const folder = await bundleFunctions(names);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true })); // by then they are in cdk.out
  return name => lambda.Code.fromAsset(join(folder, name));
}

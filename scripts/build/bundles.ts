import { join } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { dynaliteInOneFile } from './dynalite.ts';

export const PROJECT_ROOT = join(import.meta.dirname, '../..');

/** What is compiled for people's computers: unlike a Lambda they may have an older Node. */
const COMMON = {
  absWorkingDir: PROJECT_ROOT,
  bundle: true,
  // not minified: of an error that nobody catches Node prints the line that threw, which would be all of a file
  platform: 'node' as const,
  target: 'node20',
  mainFields: ['module', 'main'], // "main" first is what platform node means: CommonJS, a third larger
  inject: ['./scripts/build/older-node.ts'],
  legalComments: 'none' as const, // dist/third-party-notices.txt has the licences whole
  metafile: true as const,
  logLevel: 'warning' as const,
} satisfies BuildOptions;

/** Some dependencies are CommonJS and ask for `require`, which an ES module does not have. */
const ES_MODULE = {
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  banner: {
    js: "import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);",
  },
} as const satisfies BuildOptions;

/** A CommonJS module has no `import.meta`; where it stands it knows by another name. */
const COMMON_JS = {
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  banner: { js: "const $importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  define: { 'import.meta.url': '$importMetaUrl' },
} as const satisfies BuildOptions;

/**
 * The worker threads of the lab and of `sluice judges compare`. Each is an entry of its own beside `sluice.mjs`, where the
 * modules that start them look for them.
 */
export const WORKERS = ['lab/load-balancer/edge-worker.ts', 'lab/load/load-worker.ts', 'comparison/worker.ts'];

/**
 * `sluice.mjs` and its workers; what only some commands need is in parts beside it, read when such a command is called.
 * @param outdir the files' folder; the machines' definitions are expected in `../state-machines/`
 */
export async function bundleCli(outdir: string): Promise<Metafile> {
  const entryPoints = ['cli/sluice.ts', ...WORKERS];
  const { metafile } = await build({
    ...COMMON,
    ...ES_MODULE,
    entryPoints: entryPoints.map(file => ({ in: file, out: file.replace(/^.*\/(.*)\.ts$/, '$1') })),
    outdir,
    splitting: true,
    chunkNames: 'part-[name]-[hash]',
    plugins: [dynaliteInOneFile],
    alias: { 'classic-level': './scripts/build/no-database-on-disk.ts' },
  });
  return metafile;
}

/** The constructs, as an ES module and for `require`; they expect the functions' bundles and the machines beside their folder. */
export async function bundleConstructs(outdir: string): Promise<Metafile[]> {
  const entry = {
    entryPoints: [{ in: 'infra/cdk.ts', out: 'index' }],
    outdir,
    external: ['aws-cdk-lib', 'constructs'],
  };
  const made = await Promise.all([
    build({ ...COMMON, ...ES_MODULE, ...entry }),
    build({ ...COMMON, ...COMMON_JS, ...entry }),
  ]);
  return made.map(({ metafile }) => metafile);
}

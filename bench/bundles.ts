import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleFunctions, bytesRead } from '../infra/bundling/bundle.ts';
import {
  type AnyFunctionName,
  CUSTOM_RESOURCE_NAMES,
  FUNCTION_NAMES,
  functionsWithCluster,
  QUICK_FUNCTIONS,
} from '../infra/functions/catalogue.ts';
import { findRuntimeClient, openSandbox } from '../lab/lambda/sandbox.ts';
import { type Figure, figureOf, rounded } from './figure.ts';

const run = promisify(execFile);
const LEAST_RUNS = 12;
const QUICK = { kilobytes: 700, milliseconds: 80 };
/** The Kubernetes client alone is 1,300 kB; Look's twin has the judges and the sources beside it. */
const WITH_CLUSTER = { kilobytes: 2_200, milliseconds: 250 };

/**
 * Every function's bundle, and how long a new process takes to import it: what a cold start does before the handler is called.
 * The runtime's own start is not in it. The same process twice took 70 and 108 ms within a minute on a shared computer, and
 * node's own start 22 and 33: the lowest of a dozen is what is held to the limit.
 * Where AWS' runtime interface client is built (`.ci/run` does it), also the whole of a
 * cold start under it: from the start of the process to when it asks for the first event, Node's own start included.
 */
export async function bundles(runs: number, say: (line: string) => void): Promise<Figure[]> {
  const names = [...FUNCTION_NAMES, ...CUSTOM_RESOURCE_NAMES];
  const folder = await bundleFunctions(names);
  const file = (name: string) => join(folder, name, 'index.mjs');
  const importMs = new Map<string, number[]>(names.map(name => [name, []]));
  const startMs = new Map<string, number[]>(names.map(name => [name, []]));
  const client = findRuntimeClient(process.env);
  try {
    // a round of all and then the next, so that what else the machine does meets all alike; the first only warms its caches
    for (let round = -1; round < Math.max(runs, LEAST_RUNS); round += 1) {
      for (const name of names) {
        const took = await coldImportMs(file(name));
        if (round >= 0) importMs.get(name)?.push(took);
        if (client.kind === 'absent') continue;
        const started = await coldStartMs(client.file, join(folder, name), name);
        if (round >= 0) startMs.get(name)?.push(started);
      }
    }
    const figures = names.flatMap(name => {
      const limit = limitOf(name);
      return [
        figureOf({
          name: `bundle of ${name}`,
          unit: 'kB',
          values: [bytesRead(folder, name) / 1000],
          ...(limit && { limit: limit.kilobytes }),
        }),
        figureOf({
          name: `cold import of ${name}`,
          unit: 'ms',
          values: importMs.get(name) ?? [],
          decidedBy: 'lowest',
          ...(limit && { limit: limit.milliseconds }),
        }),
        ...(client.kind === 'absent'
          ? []
          : [
              figureOf({
                name: `cold start of ${name} under AWS' runtime`,
                unit: 'ms',
                values: startMs.get(name) ?? [],
              }),
            ]),
      ];
    });
    say(`  ${Math.max(runs, LEAST_RUNS)} cold processes each`);
    if (client.kind === 'absent') say(`  no cold starts under AWS' runtime: ${client.because}`);
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function limitOf(name: AnyFunctionName): typeof QUICK | undefined {
  if (functionsWithCluster().some(withCluster => withCluster === name)) return WITH_CLUSTER;
  return QUICK_FUNCTIONS.has(name) ? QUICK : undefined;
}

const SCRIPT = `const before = performance.now();
await import(process.argv[1]);
console.log(performance.now() - before);`;

/** In an environment with nothing in it, as a new process of this Node. */
async function coldImportMs(file: string): Promise<number> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', SCRIPT, file], { env: {} });
  return rounded(Number(stdout));
}

/** With nothing in the environment but what Lambda sets: a function opens what it needs when it is called. */
async function coldStartMs(client: string, taskRoot: string, name: string): Promise<number> {
  const handler = 'index.handler';
  const sandbox = await openSandbox({ client, taskRoot, handler, name, environment: {}, timeoutMs: 20_000 });
  try {
    const started = await sandbox.start();
    if (started.kind !== 'ready') throw new Error(`${name} does not start: ${JSON.stringify(started)}`);
    return rounded(started.startMs);
  } finally {
    await sandbox.close();
  }
}

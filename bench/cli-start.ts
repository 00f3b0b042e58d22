import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleCli } from '../scripts/build/bundles.ts';
import { type Figure, figureOf } from './figure.ts';

const LEAST_RUNS = 9;
/** What a person does not notice. */
const LIMIT_MS = 150;

/** How much longer than an empty program `npx sluice --help` takes, compiled as in the package: what is loaded for nothing shows. */
export async function cliStart(runs: number): Promise<Figure> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-cli-start-'));
  try {
    const outdir = join(folder, 'cli');
    await bundleCli(outdir);
    const empty = join(folder, 'empty.mjs');
    writeFileSync(empty, '');
    const values: number[] = [];
    // one after the other, so that what else the machine does meets both alike; the first round only warms its caches
    for (let round = -1; round < Math.max(runs, LEAST_RUNS); round += 1) {
      const took = wallMs(join(outdir, 'sluice.mjs'), '--help') - wallMs(empty);
      if (round >= 0) values.push(took);
    }
    return figureOf({ name: "sluice --help beyond node's own start", unit: 'ms', values, limit: LIMIT_MS });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function wallMs(...args: string[]): number {
  const before = performance.now();
  execFileSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  return performance.now() - before;
}

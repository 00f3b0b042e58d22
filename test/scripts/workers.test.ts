import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { WORKERS } from '../../scripts/build/bundles.ts';

it('every worker that a module starts by the ending of its own file is compiled as an entry of its own', () => {
  const files = execFileSync('git', ['ls-files', '*.ts'], { encoding: 'utf8' }).split('\n').filter(existsSync);
  const started = files
    .filter(file => !file.startsWith('test/'))
    .flatMap(file =>
      [...readFileSync(file, 'utf8').matchAll(/new URL\(`(\.\/[\w-]+)\$\{extname\(import\.meta\.url\)\}`/g)].map(
        ([, worker = '']) => `${join(file, '..', worker)}.ts`,
      ),
    );
  expect(started.length).toBeGreaterThan(0);
  expect(started.sort()).toEqual([...WORKERS].sort());
  for (const worker of WORKERS) expect(existsSync(worker), worker).toBe(true);
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { PROJECT_ROOT } from './bundles.ts';

/** The innermost package of a path, with its scope. */
const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;
const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;

/**
 * The licences of all that is compiled into the package, which ask to go with it.
 * @param metafiles what esbuild says it read
 */
export function noticesOf(metafiles: readonly Metafile[]): string {
  const inputs = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  const folders = new Set(inputs.flatMap(path => PACKAGE.exec(path)?.[1] ?? []));
  const notices = new Map([...folders].map(noticeOf));
  const intro = 'dist/ has these packages compiled in, each under its own licence.\n';
  return [intro, ...[...notices].toSorted(([a], [b]) => a.localeCompare(b)).map(([, text]) => text)].join(
    `\n${'-'.repeat(80)}\n`,
  );
}

function noticeOf(folder: string): [name: string, notice: string] {
  const path = join(PROJECT_ROOT, folder);
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const files = existsSync(path) ? readdirSync(path).filter(file => LICENCE_FILE.test(file)) : [];
  const texts = files.map(file => readFileSync(join(path, file), 'utf8').trim());
  return [`${name}@${version}`, [`${name} ${version}: ${license}`, ...texts].join('\n\n')];
}

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReleaseRow } from '../watch-release.ts';
import type { CatalogueEntry, Expected } from './catalogue.ts';

export interface ProgramRun {
  entry: CatalogueEntry;
  /** Absent where there was no release. */
  row?: ReleaseRow;
  /** Wall clock of the whole command. */
  seconds: number;
  /** All that the command printed. */
  output: string;
  /** What is not as it is expected; absent where all is. */
  wrong?: string;
}

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const SLUICE = pathOf('../../cli/sluice.ts');
const STABLE = pathOf('server.ts');
const CANARY = pathOf('misbehaving.ts');
const node = (...args: string[]): string => [process.execPath, ...args].map(arg => `'${arg}'`).join(' ');

/** The program, and one that is healthy, as commands for the shell. @param folder for what a program remembers; may be missing */
export const commandsOf = ({ kind }: CatalogueEntry, folder: string): { stable: string; canary: string } => ({
  stable: node(STABLE, 'VERSION=stable'),
  canary: node(CANARY, kind, folder),
});

/**
 * `sluice lab` of one program beside one that is healthy, as a person types it: without a plan, so by the lab's own.
 * @param options.more further options of the command, e.g. `['--compress', '60']`
 */
export async function runProgram(
  entry: CatalogueEntry,
  options: { more?: readonly string[]; signal?: AbortSignal } = {},
): Promise<ProgramRun> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-program-'));
  const json = join(folder, 'row.json');
  const startedMs = performance.now();
  try {
    const { stable, canary } = commandsOf(entry, join(folder, 'state'));
    const args = [
      ...['lab', '--stable', stable, '--canary', canary],
      ...(entry.readyPath === undefined ? [] : ['--ready-path', entry.readyPath]),
      ...['--json', json],
      ...(options.more ?? []),
    ];
    const output = await outputOf(args, folder, options.signal);
    const row = await rowIn(json);
    const wrong = wrongWith(entry.expected, row);
    const seconds = (performance.now() - startedMs) / 1000;
    return {
      entry,
      ...(row === undefined ? {} : { row }),
      seconds,
      output,
      ...(wrong === undefined ? {} : { wrong }),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns what is not as it is expected, for people */
export function wrongWith(expected: Expected, row: ReleaseRow | undefined): string | undefined {
  if (row === undefined) return 'there was no release';
  const { outcome, reason, because, lost } = row;
  const ended = `${outcome}${reason === null ? '' : ` (${reason})`}: ${because}`;
  const isAsExpected = expected.outcome === 'unseen' || outcome === expected.outcome;
  if (!isAsExpected) return `expected ${expected.outcome}, was ${ended}`;
  // a healthy release may lose no request, and of a bad one only the canary's own are lost
  if (lost > 0) return `${lost} requests were lost that the canary did not cause`;
  if (expected.outcome !== 'rolledBack') return undefined;
  if (reason === null || !expected.reasons.includes(reason))
    return `expected ${expected.reasons.join(' or ')}, was ${ended}`;
  return expected.because.test(because) ? undefined : `expected ${expected.because}, was ${ended}`;
}

function outputOf(args: string[], cwd: string, signal?: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SLUICE, ...args], { cwd });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', text => {
        output += text;
      });
    }
    // as Ctrl-C does: the lab ends its programs
    const end = () => child.kill('SIGINT');
    signal?.addEventListener('abort', end, { once: true });
    child.once('error', reject);
    child.once('close', () => {
      signal?.removeEventListener('abort', end);
      resolve(output);
    });
  });
}

async function rowIn(path: string): Promise<ReleaseRow | undefined> {
  try {
    return (JSON.parse(await readFile(path, 'utf8')) as { releases: ReleaseRow[] }).releases[0];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

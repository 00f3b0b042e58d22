import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import * as z from 'zod';
import type { Env } from '../adapters/aws-client-config.ts';
import { RefusedError } from '../domain/errors.ts';
import { parsedJson } from '../domain/parsed-json.ts';

/** Where a lab that runs says how to reach it, from the directory in which it was started. */
export const LAB_FILE = '.sluice/lab.json';

const labFileSchema = z.object({
  /** Of the process that the lab lives in. */
  pid: z.int().positive(),
  /** Of the load balancer. */
  url: z.string(),
  env: z.record(z.string(), z.string()),
});

export type LabFile = z.infer<typeof labFileSchema>;

export type FoundLab =
  | { kind: 'found'; lab: LabFile }
  | { kind: 'missing' }
  /** The process that wrote it is gone. */
  | { kind: 'stale'; pid: number }
  | { kind: 'unreadable'; because: string };

/** The file is that of another lab that runs. */
class LabFileTakenError extends RefusedError {
  override readonly name = 'LabFileTakenError';
}

export interface WrittenLabFile {
  readonly path: string;
  /** Synchronous, so that an 'exit' handler can do it too. Safe to repeat; another lab's file stays. */
  remove(): void;
}

/**
 * Says how to reach this lab, in a file that only its owner may read: it holds the token of the lab's cluster. A file that
 * a lab left behind whose process is gone is replaced.
 * @param path default `.sluice/lab.json` in the current directory
 * @throws LabFileTakenError another lab runs whose file this is
 */
export function writeLabFile(lab: { env: Env; edge: { url: string } }, path: string = LAB_FILE): WrittenLabFile {
  const before = readLabFile(path);
  if (before.kind === 'found' && before.lab.pid !== process.pid) {
    throw new LabFileTakenError(`${path} is the file of another lab that runs (process ${before.lab.pid})`);
  }
  const env = Object.fromEntries(Object.entries(lab.env).filter(([, value]) => value !== undefined));
  const content: LabFile = labFileSchema.parse({ pid: process.pid, url: lab.edge.url, env });
  mkdirSync(dirname(path), { recursive: true });
  // whole or not at all: whoever reads it meanwhile sees the one before
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
  return {
    path,
    remove: () => {
      const now = readLabFile(path);
      if (now.kind !== 'found' || now.lab.pid !== process.pid) return;
      rmSync(path, { force: true });
      removeIfEmpty(dirname(path));
    },
  };
}

/** In the default place, or beside it where another lab that runs has that one. */
export function writeFreeLabFile(lab: { env: Env; edge: { url: string } }): WrittenLabFile {
  try {
    return writeLabFile(lab);
  } catch (error) {
    if (!(error instanceof LabFileTakenError)) throw error;
    return writeLabFile(lab, LAB_FILE.replace('.json', `-${process.pid}.json`));
  }
}

/** The folder was made for the file; one in which there is something else stays. */
function removeIfEmpty(folder: string): void {
  if (basename(folder) !== dirname(LAB_FILE)) return;
  try {
    rmdirSync(folder);
  } catch (error) {
    if (!['ENOTEMPTY', 'ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** What a lab's file says, and whether the lab's process still lives. */
export function readLabFile(path: string = LAB_FILE): FoundLab {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
    return { kind: 'unreadable', because: message };
  }
  const parsed = labFileSchema.safeParse(parsedJson(text));
  if (!parsed.success) return { kind: 'unreadable', because: 'it is not the file of a lab' };
  return isAlive(parsed.data.pid) ? { kind: 'found', lab: parsed.data } : { kind: 'stale', pid: parsed.data.pid };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // somebody else's: it lives
  }
}

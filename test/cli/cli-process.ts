import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SLUICE = fileURLToPath(new URL('../../cli/sluice.ts', import.meta.url));

export interface CliProcess {
  readonly pid: number;
  output(): string;
  /** Resolves when the output matches. @throws Error it has ended without */
  says(pattern: RegExp): Promise<void>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; out: string; err: string }>;
}

/** The real command in a process of its own, with nothing of AWS in its environment but what is given. */
export function startCli(args: string[], options: { cwd: string; env?: Record<string, string> }): CliProcess {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS_|SLUICE_)/.test(name)));
  const child = spawn(process.execPath, [SLUICE, ...args], { cwd: options.cwd, env: { ...own, ...options.env } });
  let out = '';
  let err = '';
  let over = false;
  const watchers = new Set<() => void>();
  const changed = () => {
    for (const watcher of watchers) watcher();
  };
  child.stdout.setEncoding('utf8').on('data', text => {
    out += text;
    changed();
  });
  child.stderr.setEncoding('utf8').on('data', text => {
    err += text;
    changed();
  });
  const ended = new Promise<Awaited<CliProcess['ended']>>(resolve => {
    child.once('close', (code, signal) => {
      over = true;
      changed();
      resolve({ code, signal, out, err });
    });
  });
  return {
    pid: child.pid ?? 0,
    output: () => out + err,
    says: pattern =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (pattern.test(out + err)) resolve();
          else if (over) reject(new Error(`it has ended without ${pattern}: ${out}${err}`));
          else return;
          watchers.delete(look);
        };
        watchers.add(look);
        look();
      }),
    signal: name => child.kill(name),
    ended,
  };
}

export const runCliProcess = (args: string[], options: { cwd: string; env?: Record<string, string> }) =>
  startCli(args, options).ended;

export function makeFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'sluice-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Processes that live and whose command line holds the marker. */
export function processesWith(marker: string): string[] {
  return readdirSync('/proc')
    .filter(entry => /^\d+$/.test(entry))
    .flatMap(entry => {
      try {
        const state = /\) (\S)/.exec(readFileSync(`/proc/${entry}/stat`, 'utf8'))?.[1];
        const line = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return state !== 'Z' && line.includes(marker) ? [`${entry} ${line}`] : [];
      } catch {
        return []; // it ended while we looked
      }
    });
}

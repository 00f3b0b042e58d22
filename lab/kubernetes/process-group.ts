import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** A started program and all that it starts, in a process group of its own: none outlives this process. */
export interface ProcessGroup {
  /** Process id of the program, and number of its group. */
  readonly pid: number;
  /** Resolves when the program itself has ended; 128 + signal number where a signal ended it, as a shell counts. */
  readonly exited: Promise<{ exitCode: number }>;
  signal(signal: NodeJS.Signals): void;
  /** Anything of the group left that is not a zombie. */
  isAlive(): boolean;
  /** SIGTERM to the whole group, SIGKILL to what is left after `graceMs` of wall time; resolves when none is left. */
  stop(graceMs: number): Promise<void>;
}

export type StartOutcome = { kind: 'started'; group: ProcessGroup } | { kind: 'failed'; message: string };

const SIGNAL_NUMBERS: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 2, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };
const POLL_MS = 25;

const living = new Set<number>();
let reaper: ChildProcess | undefined;

/**
 * A shell outside our process group that reads which groups run. When its input ends, because this process has gone by
 * whatever way (a second Ctrl-C, kill -9), it ends the groups that are left. `-s KILL --` is the form every sh takes.
 */
const REAPER = `groups=" "
while read -r op group; do
  case $op in
    +) groups="$groups$group ";;
    -) groups="\${groups%% $group *} \${groups#* $group }";;
  esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done`;

function tellReaper(line: string): void {
  if (reaper === undefined) {
    reaper = spawn('/bin/sh', ['-c', REAPER], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    // without a reaper the exit handlers below still hold; its death must not be ours
    reaper.on('error', () => undefined);
    reaper.stdin?.on('error', () => undefined);
    reaper.unref();
    (reaper.stdin as { unref?: () => void } | null)?.unref?.();
    process.on('exit', killAllGroups);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onFatalSignal);
  }
  reaper.stdin?.write(`${line}\n`);
}

function killAllGroups(): void {
  for (const pid of living) killGroup(pid, 'SIGKILL');
  living.clear();
}

/** Node ends at a signal without 'exit' handlers. Where the lab listens for itself, ending is its business. */
function onFatalSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  killAllGroups();
  process.off(signal, onFatalSignal);
  process.kill(process.pid, signal);
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // ESRCH: already gone
  }
}

function groupIsAlive(pid: number): boolean {
  try {
    process.kill(-pid, 0);
  } catch (error) {
    // EPERM: on some systems the answer for a group of zombies
    if (['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
  if (process.platform !== 'linux') return true;
  // in a container whose first process does not reap, a grandchild stays as a zombie for ever: it is dead all the same
  return readdirSync('/proc').some(entry => /^\d+$/.test(entry) && isLiveMember(entry, pid));
}

function isLiveMember(entry: string, group: number): boolean {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
  } catch {
    return false; // it ended while we looked
  }
  // pid (name) state ppid pgrp …; the name may hold blanks and brackets
  const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(pgrp) === group && state !== 'Z' && state !== 'X';
}

/** Starts a program. A list is run as it is, a text by the shell. `onOutput` gets what it prints, as it comes. */
export async function startGroup(input: {
  command: string | readonly string[];
  cwd?: string;
  env: NodeJS.ProcessEnv;
  onOutput(text: string): void;
}): Promise<StartOutcome> {
  const { command, cwd, env, onOutput } = input;
  const [file = '', ...args] = typeof command === 'string' ? ['/bin/sh', '-c', command] : command;
  let child: ChildProcess;
  try {
    const where = cwd === undefined ? {} : { cwd };
    child = spawn(file, args, { ...where, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    return { kind: 'failed', message: (error as Error).message };
  }
  const { pid } = child;
  if (pid !== undefined) {
    living.add(pid);
    tellReaper(`+ ${pid}`);
  }
  const exited = new Promise<{ exitCode: number }>(resolve => {
    child.once('exit', (code, signal) =>
      resolve({ exitCode: code ?? 128 + (signal === null ? 0 : (SIGNAL_NUMBERS[signal] ?? 0)) }),
    );
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', onOutput);
  }
  const started = await new Promise<Error | undefined>(resolve => {
    child.once('spawn', () => resolve(undefined));
    child.once('error', resolve);
  });
  if (started !== undefined || pid === undefined) {
    return { kind: 'failed', message: started?.message ?? 'no process id' };
  }
  child.on('error', () => undefined); // a signal that could not be sent: the group's state is asked of the system
  const gone = () => {
    if (living.delete(pid)) tellReaper(`- ${pid}`);
  };
  const isAlive = () => {
    const alive = groupIsAlive(pid);
    if (!alive) gone();
    return alive;
  };
  const endsWithin = async (ms: number): Promise<boolean> => {
    const deadline = Date.now() + ms;
    while (isAlive()) {
      if (Date.now() >= deadline) return false;
      await delay(POLL_MS);
    }
    return true;
  };
  const group: ProcessGroup = {
    pid,
    exited,
    signal: signal => killGroup(pid, signal),
    isAlive,
    stop: async graceMs => {
      killGroup(pid, 'SIGTERM');
      if (await endsWithin(graceMs)) return;
      killGroup(pid, 'SIGKILL');
      // a process in an uninterruptible call may take longer: it is told, and the reaper knows it
      await endsWithin(5_000);
    },
  };
  return { kind: 'started', group };
}

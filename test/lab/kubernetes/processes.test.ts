import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startGroup } from '../../../lab/kubernetes/process-group.ts';

const MODULE = resolve(import.meta.dirname, '../../../lab/kubernetes/process-group.ts');
let folder: string;
let parent: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-processes-'));
});
afterEach(() => {
  parent?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // where nobody reaps it, an orphan that was killed stays as a zombie
  const stat = process.platform === 'linux' ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
  return !/\) Z /.test(stat);
};
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 15_000, interval: 30 });

/** A lab in a process of its own that has started a shell with a child; both ignore SIGTERM and SIGINT. */
async function startParent(tail: string): Promise<number[]> {
  const script = join(folder, 'parent.ts');
  const stubborn = `trap '' TERM INT; sleep 60 & echo $$ $!; wait; wait`;
  writeFileSync(
    script,
    `import { startGroup } from ${JSON.stringify(MODULE)};
await startGroup({ command: ${JSON.stringify(stubborn)}, env: process.env, onOutput: t => process.stdout.write(t) });
${tail}
setInterval(() => {}, 1000);`,
  );
  parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'ignore'] });
  let out = '';
  parent.stdout?.setEncoding('utf8').on('data', text => {
    out += text;
  });
  await eventually(() => /^\d+ \d+\n/.test(out)).toBe(true);
  const pids = out.trim().split(' ').map(Number);
  expect(pids.map(isRunning)).toEqual([true, true]);
  return pids;
}

describe('no process is left behind', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)('when the lab ends by %s', async signal => {
    const pids = await startParent('');

    parent?.kill(signal);

    await eventually(() => pids.map(isRunning)).toEqual([false, false]);
  });

  it('when the lab ends by an error that nobody caught', async () => {
    const pids = await startParent(`process.once('SIGUSR2', () => { throw new Error('on purpose'); });`);
    parent?.kill('SIGUSR2');

    await eventually(() => pids.map(isRunning)).toEqual([false, false]);
  });

  it('when a shell is stopped: its children end with it', async () => {
    // Prepare
    let out = '';
    const outcome = await startGroup({
      command: 'sleep 60 & echo $!; wait',
      env: process.env,
      onOutput: text => {
        out += text;
      },
    });
    if (outcome.kind === 'failed') throw new Error(outcome.message);
    await eventually(() => out).toMatch(/^\d+\n/);

    // Act
    await outcome.group.stop(5_000);

    // Assess
    expect(isRunning(Number(out))).toBe(false);
    expect(outcome.group.isAlive()).toBe(false);
    expect(await outcome.group.exited).toEqual({ exitCode: 143 });
  });

  it('a program that is not there is an outcome, not a fault', async () => {
    const outcome = await startGroup({ command: ['/nowhere/at-all'], env: {}, onOutput: () => undefined });

    expect(outcome).toMatchObject({ kind: 'failed', message: expect.stringContaining('ENOENT') });
  });
});

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { makeFolder, processesWith, runCliProcess, startCli } from './cli-process.ts';

const SERVER = fileURLToPath(new URL('../../lab/programs/server.ts', import.meta.url));
/** As a person types it. The marker finds what is left of it. */
const server = (marker: string, ...settings: string[]) =>
  [`'${process.execPath}'`, `'${SERVER}'`, `VERSION=${marker}`, ...settings].join(' ');

let counter = 0;
const newMarker = () => `marker-${process.pid}-${++counter}`;
const folder = makeFolder();
let marker = '';

afterEach(async () => {
  // whatever a test was about: no process of a program is left, and no file
  await expect.poll(() => processesWith(marker), { timeout: 5_000 }).toEqual([]);
  expect(existsSync(join(folder.path, '.sluice'))).toBe(false);
});

const lab = (args: string[]) => startCli(['lab', ...args], { cwd: folder.path });
const pair = (canary: string[] = []) => {
  marker = newMarker();
  return ['--stable', server(marker), '--canary', server(marker, ...canary)];
};

/** Short: one weight, no metrics but failed requests. */
const PLAN = `apiVersion: sluice/v1
kind: Plan
workload: somebody-elses
strategy: canary
metrics:
  - name: errors
    source: { kind: cloudwatch, bad: failedRequests }
    judge: { kind: threshold, failureCondition: 'result[0] > 0.1', failureLimit: 0 }
progressDeadline: 2m
steps:
  - setWeight: 50
  - bake: 2m
  - setWeight: 100
`;
const planFile = join(folder.path, 'plan.yaml');
writeFileSync(planFile, PLAN);

describe('sluice lab', () => {
  it('promotes a canary as good as stable by a plan for another workload, and writes how', async () => {
    // Act
    const json = join(folder.path, 'row.json');
    const run = lab([...pair(), '--plan', planFile, '--json', json]);
    const { code, out } = await run.ended;
    // Assess
    expect(out).toMatch(/weight 50 %\n[\s\S]*weight 100 %\n[\s\S]*promoted: .*\n {2}weights 50 %, 100 %\n/);
    expect(code).toBe(0);
    const { releases } = JSON.parse(readFileSync(json, 'utf8'));
    expect(releases).toEqual([
      {
        name: 'app',
        outcome: 'promoted',
        because: expect.any(String),
        weights: [50, 100],
        steps: ['setWeight 50', 'bake 120 s', 'setWeight 100'],
        secondsFromFirstBadToZero: null,
        requests: expect.any(Number),
        failed: 0,
        failedByCanary: 0,
        lost: 0,
      },
    ]);
  }, 60_000);

  it('takes back a canary that answers 500, with the plan that it makes itself, and exits 1', async () => {
    // Act
    const { code, out } = await lab(pair(['ERROR_SHARE=1'])).ended;
    // Assess
    expect(out).toMatch(/no --plan, so: weight 10 %, bake 3m, weight 25 %/);
    expect(out).toMatch(/rolledBack \(degraded\): errors: \d+ of \d+ canary requests failed \(100 %\)/);
    expect(out).toMatch(/ 0 lost\n/);
    expect(code).toBe(1);
  }, 60_000);

  it('takes back a canary that ends at once and one that ignores SIGTERM, and shows what it printed', async () => {
    // Act: never ready, and only SIGKILL ends it
    const { code, out } = await lab([...pair(['NEVER_LISTENS=1', 'IGNORE_SIGTERM=1']), '--plan', planFile]).ended;
    // Assess
    expect(out).toMatch(/the canary printed last:\n {12}\S+ does not listen, as told by NEVER_LISTENS/);
    expect(out).toMatch(/rolledBack \(notReady\): [\s\S]*weights (0 %|none)\n/);
    expect(code).toBe(1);
  }, 60_000);

  it('refuses a stable program that ends at once, with what it said', async () => {
    // Act
    marker = newMarker();
    const started = lab(['--stable', `echo no module ${marker}; exit 1`, '--canary', server(marker)]);
    const { code, err } = await started.ended;
    // Assess
    expect(code).toBe(2);
    expect(err).toMatch(/^the stable program accepts no connections [\s\S]*its last lines:\n {2}no module marker-/);
    expect(err).not.toMatch(/\n {4}at /);
  }, 60_000);

  it('refuses a port that is in use', async () => {
    // Prepare
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    // Act
    const { code, err } = await lab([...pair(), '--port', `${port}`]).ended;
    taken.close();
    // Assess
    expect({ code, err }).toEqual({ code: 2, err: `the load balancer cannot have port ${port}: it is in use\n` });
  }, 30_000);

  it.each([
    ['an empty command', ['--stable', ' ', '--canary', 'true'], /^--stable is empty/],
    ['no canary', ['--stable', 'true'], /--canary/],
    ['a rate of 0', ['--stable', 'true', '--canary', 'true', '--rps', '0'], /^--rps is "0"; expected a number above 0/],
    ['a rate that is no number', ['--stable', 'true', '--canary', 'true', '--rps', 'many'], /^--rps is "many"/],
    ['a path of another host', ['--stable', 'true', '--canary', 'true', '--path', '//x/y'], /^--path is/],
    [
      'a plan that is not there',
      ['--stable', 'true', '--canary', 'true', '--plan', 'no.yaml'],
      /^no\.yaml: found no such/,
    ],
    [
      'a folder that is not there',
      ['--stable', 'true', '--canary', 'true', '--json', 'no/x.json'],
      /^--json no\/x\.json/,
    ],
  ])(
    'refuses %s before anything is started',
    async (_, args, sentence) => {
      // Act
      const { code, out, err } = await runCliProcess(['lab', ...args], { cwd: folder.path });
      // Assess
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toMatch(sentence);
    },
    30_000,
  );
});

describe('Ctrl-C', () => {
  it.each([
    ['while the lab opens its doors', /load balancer at/],
    ['while stable is watched', /stable is ready/],
    ['during the release', /weight 50 %/],
  ])(
    '%s leaves nothing behind and exits 130',
    async (_, moment) => {
      // Prepare
      const run = lab([...pair(['IGNORE_SIGTERM=1']), '--plan', planFile]);
      await run.says(moment);
      // Act
      run.signal('SIGINT');
      const { code, err } = await run.ended;
      // Assess
      expect({ code, err }).toEqual({ code: 130, err: '' });
    },
    60_000,
  );

  it('at the very start ends it: no later than Node itself has started, with 130', async () => {
    // Prepare
    const run = lab([...pair(), '--plan', planFile]);
    // Act
    run.signal('SIGINT');
    const { code, signal } = await run.ended;
    // Assess: before Node listens to signals, the system ends it, which a shell shows as 130
    expect(code === 130 || signal === 'SIGINT').toBe(true);
  }, 30_000);

  it('twice ends it at once, even with programs that ignore SIGTERM', async () => {
    // Prepare
    marker = newMarker();
    const stubborn = server(marker, 'IGNORE_SIGTERM=1');
    const run = lab(['--stable', stubborn, '--canary', stubborn, '--plan', planFile]);
    await run.says(/weight 50 %/);
    // Act
    run.signal('SIGINT');
    run.signal('SIGINT');
    const { code } = await run.ended;
    // Assess
    expect(code).toBe(130);
  }, 60_000);

  it('ends a lab that was kept, which other commands find until then', async () => {
    // Prepare
    const run = lab([...pair(), '--plan', planFile, '--keep']);
    await run.says(/the lab goes on until Ctrl-C/);
    // Act
    const status = await runCliProcess(['status'], { cwd: folder.path });
    run.signal('SIGTERM');
    const { code } = await run.ended;
    // Assess
    expect(status).toMatchObject({ code: 0, out: 'app  blue 0 %, green 100 %; app-1 promoted\n' });
    expect(code).toBe(143);
  }, 60_000);
});

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type CliProcess, makeFolder, processesWith, runCliProcess, startCli } from './cli-process.ts';
import { sluice } from './sluice.ts';

const SERVER = fileURLToPath(new URL('../../lab/programs/server.ts', import.meta.url));

/** Short: one weight, and one judge. */
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

interface Room {
  marker: string;
  path: string;
  /** A command as a person types it. */
  server(...settings: string[]): string;
  lab(args: string[]): CliProcess;
  pair(canary?: string[]): string[];
  remove(): void;
}

/** A folder of its own for each lab, and a marker by which what is left of its programs is found. */
function makeRoom(): Room {
  const folder = makeFolder();
  const marker = `marker-${process.pid}-${rooms.length}`;
  writeFileSync(join(folder.path, 'plan.yaml'), PLAN);
  const room: Room = {
    marker,
    path: folder.path,
    server: (...settings: string[]) =>
      [`'${process.execPath}'`, `'${SERVER}'`, `VERSION=${marker}`, ...settings].join(' '),
    lab: (args: string[]): CliProcess => startCli(['lab', ...args], { cwd: folder.path }),
    pair: (canary: string[] = []) => ['--stable', room.server(), '--canary', room.server(...canary)],
    remove: folder.remove,
  };
  rooms.push(room);
  return room;
}
const rooms: Room[] = [];
const BY_PLAN = ['--plan', 'plan.yaml'];

afterEach(async () => {
  // whatever a test was about: no process of a program is left, and no file that says there is a lab
  for (const { marker, path } of rooms) {
    await expect.poll(() => processesWith(marker), { timeout: 5_000 }).toEqual([]);
    expect(existsSync(join(path, '.sluice'))).toBe(false);
  }
  for (const room of rooms) room.remove();
  rooms.length = 0;
});

// several labs at once: most of their time is waiting
describe('sluice lab', () => {
  it('promotes a canary as good as stable, takes back one that answers 500, and writes how', async () => {
    // Prepare: the first by a plan for another workload, the second by the plan that the lab makes
    const [good, bad] = [makeRoom(), makeRoom()];
    // Act
    const [promoted, rolledBack] = await Promise.all([
      good.lab([...good.pair(), ...BY_PLAN, '--json', 'row.json']).ended,
      bad.lab(bad.pair(['ERROR_SHARE=1'])).ended,
    ]);
    // Assess
    const good200 = {
      requests: expect.any(Number),
      '2xx': expect.any(Number),
      '3xx': 0,
      '4xx': 0,
      '5xx': 0,
      noAnswer: 0,
      p50Ms: expect.any(Number),
      p99Ms: expect.any(Number),
    };
    expect(promoted.out).toMatch(/weight 50 %\n[\s\S]*weight 100 %\n[\s\S]*promoted: .*\n {2}weights 50 %, 100 %\n/);
    expect(promoted.out).toMatch(/time is compressed: a minute of the plan takes 3 s\n/);
    expect(promoted.code).toBe(0);
    expect(JSON.parse(readFileSync(join(good.path, 'row.json'), 'utf8')).releases).toEqual([
      {
        name: 'somebody-elses',
        outcome: 'promoted',
        reason: null,
        because: expect.any(String),
        weights: [50, 100],
        steps: ['weight 50 %', 'bake 2m', 'weight 100 %'],
        secondsFromFirstBadToZero: null,
        requests: expect.any(Number),
        failed: 0,
        failedByCanary: 0,
        lost: 0,
        versions: { stable: good200, canary: good200 },
      },
    ]);
    expect(promoted.out).toMatch(/requests +2xx +3xx +4xx +5xx +no answer +p50 ms +p99 ms\n {2}stable .*\n {2}canary /);
    expect(rolledBack.out).toMatch(/default plan: weight 10 %, bake 8m, weight 25 %/);
    expect(rolledBack.out).toMatch(/is rolling back \(degraded\)\s+errors: \d+ of \d+ canary\s+requests\s+failed/);
    expect(rolledBack.out).toMatch(/^rolledBack \(degraded\)\n {2}weights 10 %, 0 %$/m);
    expect(rolledBack.out).toMatch(/no request was lost\n/);
    expect(rolledBack.code).toBe(1);
  }, 90_000);

  it('takes back a canary that never listens; refuses a stable program that ends at once; both with what they said', async () => {
    // Prepare: the canary that never listens ignores SIGTERM, too
    const [deaf, dead] = [makeRoom(), makeRoom()];
    // Act
    const [notReady, refused] = await Promise.all([
      deaf.lab([...deaf.pair(['NEVER_LISTENS=1', 'IGNORE_SIGTERM=1']), ...BY_PLAN]).ended,
      dead.lab(['--stable', `echo no module ${dead.marker}; exit 1`, '--canary', dead.server()]).ended,
    ]);
    // Assess
    expect(notReady.out).toMatch(/the canary printed last:\n {12}\S+ does not listen, as told by NEVER_LISTENS/);
    expect(notReady.out).toMatch(/^rolledBack \(notReady\)\n {2}weights (0 %|none)$/m);
    expect(notReady.code).toBe(1);
    expect(refused.err).toMatch(
      /^the stable program accepts no connections [\s\S]*its last lines:\n {2}no module marker-/,
    );
    expect(refused.err).not.toMatch(/\n {4}at /);
    expect(refused.code).toBe(2);
  }, 90_000);

  it('refuses a port that is in use', async () => {
    // Prepare
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const room = makeRoom();
    // Act
    const { code, err } = await room.lab([...room.pair(), '--port', `${port}`]).ended;
    taken.close();
    // Assess
    expect({ code, err }).toEqual({ code: 2, err: `the load balancer cannot have port ${port}: it is in use\n` });
  }, 30_000);

  const programs = ['--stable', 'true', '--canary', 'true'];
  it.each([
    ['an empty command', ['--stable', ' ', '--canary', 'true'], /^--stable is empty/],
    ['no canary', ['--stable', 'true'], /--canary/],
    ['a rate of 0', [...programs, '--rps', '0'], /^--rps is "0"; expected a number above 0/],
    ['a rate that is no number', [...programs, '--rps', 'many'], /^--rps is "many"/],
    ['a port that is none', [...programs, '--port', '65536'], /^--port is "65536"; expected a port/],
    ['a path of another host', [...programs, '--path', '//x/y'], /^--path is/],
    ['a plan that is not there', [...programs, '--plan', 'no.yaml'], /^no\.yaml: found no such/],
    ['a folder that is not there', [...programs, '--json', 'no/x.json'], /^--json no\/x\.json/],
  ])('refuses %s before anything is started', async (_, args, sentence) => {
    // Act
    const { code, out, err } = await sluice('lab', ...args);
    // Assess
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(sentence);
  });
});

describe('Ctrl-C', () => {
  it('leaves nothing behind at any moment and exits 130', async () => {
    // Prepare: the operations open, stable watched, the release on its way
    const moments = [/load balancer at/, /stable is ready/, /weight 50 %/];
    // Act
    const ends = await Promise.all(
      moments.map(async moment => {
        const room = makeRoom();
        const run = room.lab([...room.pair(['IGNORE_SIGTERM=1']), ...BY_PLAN]);
        await run.says(moment);
        run.signal('SIGINT');
        const { code, err } = await run.ended;
        return { code, err };
      }),
    );
    // Assess
    expect(ends).toEqual(moments.map(() => ({ code: 130, err: '' })));
  }, 60_000);

  it('at the very start, and twice with programs that ignore SIGTERM, ends it at once', async () => {
    // Prepare
    const [early, stubborn] = [makeRoom(), makeRoom()];
    // Act
    const first = early.lab([...early.pair(), ...BY_PLAN]);
    first.signal('SIGINT');
    const program = stubborn.server('IGNORE_SIGTERM=1');
    const second = stubborn.lab(['--stable', program, '--canary', program, ...BY_PLAN]);
    await second.says(/weight 50 %/);
    second.signal('SIGINT');
    second.signal('SIGINT');
    // Assess: before Node listens to signals the system ends it, which a shell shows as 130
    const { code, signal } = await first.ended;
    expect(code === 130 || signal === 'SIGINT').toBe(true);
    expect((await second.ended).code).toBe(130);
  }, 60_000);

  it('ends a lab that was kept, which other commands find until then', async () => {
    // Prepare
    const room = makeRoom();
    const run = room.lab([...room.pair(), ...BY_PLAN, '--keep']);
    await run.says(/the lab goes on until Ctrl-C/);
    // Act
    const status = await runCliProcess(['status'], { cwd: room.path });
    run.signal('SIGTERM');
    const { code } = await run.ended;
    // Assess
    expect(status).toMatchObject({
      code: 0,
      out: 'somebody-elses  blue 0 %, green 100 %; somebody-elses-1 promoted\n',
    });
    expect(code).toBe(143);
  }, 60_000);
});

import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parsePlan } from '../../adapters/plan-file/read-plan.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { type Lab, openLab } from '../../lab/lab.ts';
import { type WrittenLabFile, writeLabFile } from '../../lab/lab-file.ts';
import { addWorkload, pushImage } from '../../lab/workload.ts';
import { makeFolder, runCliProcess, startCli } from './cli-process.ts';

/** One lab, and commands as a person types them one after the other. */
const PLAN = `apiVersion: sluice/v1
kind: Plan
workload: shop
strategy: canary
metrics: []
steps:
  - setWeight: 50
  - approval: { name: go-live, groups: [leads], required: 1, notTheStarter: true, within: 4h }
  - setWeight: 100
`;
const SERVER = fileURLToPath(new URL('../../lab/programs/server.ts', import.meta.url));
const program = (version: string) => ({ command: [process.execPath, SERVER, `VERSION=${version}`] });

const folder = makeFolder();
let lab: Lab;
let file: WrittenLabFile;

beforeAll(async () => {
  lab = await openLab({ compress: 120 });
  await addWorkload(lab, {
    name: 'shop',
    plan: planOf(PLAN),
    stable: program('1'),
    replicas: 1,
    readyPath: '/ready',
    deregistrationDelaySeconds: 0,
  });
  pushImage(lab, 'shop', 'v2', program('2'));
  pushImage(lab, 'shop', 'v3', program('3'));
  file = writeLabFile(lab, join(folder.path, '.sluice/lab.json'));
}, 60_000);

afterAll(async () => {
  file?.remove();
  await lab?.close();
  folder.remove();
});

const sluice = (...args: string[]) => runCliProcess(args, { cwd: folder.path });

function planOf(text: string): Plan {
  const read = parsePlan(text, 'plan.yaml');
  if (read.kind === 'mistakes') throw new Error(JSON.stringify(read.mistakes));
  return read.plan;
}

const until = async (condition: () => Promise<boolean>) => expect.poll(condition, { timeout: 30_000 }).toBe(true);
const state = async () => await lab.deps.ledger.read('shop');

it('the file of the lab is for its owner only', () => {
  expect(statSync(file.path).mode & 0o777).toBe(0o600);
});

it('status shows what is live before the first release', async () => {
  // Act
  const all = await sluice('status');
  const one = await sluice('status', 'shop');
  // Assess
  expect(all).toMatchObject({ code: 0, err: '', out: 'shop  blue 100 %, green 0 %; no release yet\n' });
  expect(one.out).toBe(
    'shop\n  live       blue, from before the first release\n  traffic    blue 100 %, green 0 %\n  release    none in progress\n',
  );
}, 60_000);

it.each([
  ['a workload that is not there', ['start', 'shpo', '--image', 'v2'], /shpo.*shop/],
  [
    'a tag that does not exist',
    ['start', 'shop', '--image', 'v9'],
    /^there is no image v9 in shop; its newest tags are .*v3/,
  ],
  ['a release that is not in progress', ['abort', 'shop'], /^no release of shop is in progress\n$/],
  ['a release that never was', ['approve', 'shop-7'], /^shop-7 is not in progress\n$/],
  [
    'an opening that is no number',
    ['approve', 'shop-7', 'go-live', '--opening', 'x'],
    /expected the number\s+that status shows/,
  ],
  [
    'an override of an alarm that the workload does not have',
    ['start', 'shop', '--image', 'v2', '--although', 'x'],
    /^shop has no alarm x: it has none\n$/,
  ],
  ['an undo before any promotion', ['undo', 'shop'], /^no release of shop was promoted: there is nothing to undo\n$/],
  [
    'a plan that is not there',
    ['start', 'shop', '--image', 'v2', '--plan', 'nowhere.yaml'],
    /^nowhere\.yaml: found no such/,
  ],
])(
  'refuses %s in a sentence and exits 2',
  async (_, args, sentence) => {
    // Act
    const { code, out, err } = await sluice(...args);
    // Assess
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(sentence);
    expect(err).not.toMatch(/\n {4}at /); // no stack
  },
  30_000,
);

it('a release is started, refuses the wrong approver, is approved by the right one and gets promoted', async () => {
  // Act
  const following = startCli(['start', 'shop', '--image', 'v2', '--by', 'ann', '--wait'], { cwd: folder.path });
  await until(async () => (await state()).active?.approvals['go-live'] !== undefined);
  const shown = await sluice('status', 'shop');
  const json = await sluice('status', 'shop', '--json');
  const wrong = await sluice('approve', 'shop', '--by', 'ann', '--group', 'leads');
  const outsider = await sluice('approve', 'shop', '--by', 'bob');
  await following.says(
    /^shop-1 has started\n[\s\S]*waiting for approval go-live\n {4}npx sluice approve shop-1 go-live --opening \d+ --group leads\n/,
  );
  // admitted by now: the Deployment may have changed since
  const again = await sluice('start', 'shop', '--image', 'v2', '--by', 'bob');
  const right = await sluice('approve', 'shop-1', '--by', 'bob', '--group', 'devs', '--group', 'leads');
  const followed = await following.ended;
  const opening = /--opening (\d+)/.exec(shown.out)?.[1] ?? '';
  const late = await sluice('approve', 'shop-1', 'go-live', '--opening', opening, '--by', 'bob', '--group', 'leads');
  // Assess
  expect(again.out).toMatch(/^shop-2 is queued behind shop-1, which releases the same\s+image/);
  expect(shown.out).toMatch(/traffic {4}blue 50 %, green 50 %/);
  expect(shown.out).toMatch(/release {4}shop-1, image v2, requested by ann, revision \w+ in green/);
  expect(shown.out).toMatch(/step {7}2 of 3: approval go-live\n {2}weight {5}50 % to the canary/);
  // what waits for a person comes first, with the command
  expect(shown.out).toMatch(
    /^shop\n {2}approval {3}waiting for approval go-live: 0 of 1, from leads\n {4}npx sluice approve shop-1 go-live --opening \d+ --group leads\n {2}live /,
  );
  expect(JSON.parse(json.out)).toMatchObject({ kind: 'workload', state: { active: { releaseId: 'shop-1' } } });
  expect(wrong).toMatchObject({ code: 2, err: 'ann started shop-1, and go-live wants somebody else\n' });
  expect(outsider).toMatchObject({ code: 2, err: 'go-live is for leads; bob is in no group\n' });
  expect(right).toMatchObject({
    code: 0,
    out: 'bob approves approval go-live: 0 of 1, from leads\ngo-live of shop-1 is approved\n',
  });
  expect(late).toMatchObject({ code: 0, out: 'go-live of shop-1 was approved before; nothing more was done\n' });
  expect(followed.code).toBe(0);
  await until(async () => (await state()).ended[0]?.releaseId === 'shop-2');
  expect((await state()).ended[0]).toMatchObject({ outcome: 'superseded', sameAs: 'shop-1' });
  expect(followed.out).toMatch(/shop-1 {2}weight 100 %\n[\s\S]*shop-1 {2}promoted: .*\n$/);
}, 150_000);

it('undo puts back what was live; an abort makes --wait exit 1', async () => {
  // Act
  const undone = await sluice('undo', 'shop', '--wait');
  const waiting = sluice('start', 'shop', '--image', 'v3', '--wait', '--although-stable-is-down');
  await until(async () => (await state()).active?.approvals['go-live'] !== undefined);
  const aborted = await sluice('abort', 'shop', '--because', 'wrong image');
  const { code, out } = await waiting;
  const late = await sluice('abort', 'shop-4');
  expect(out).toMatch(/although stable is down: if it is, [\s\S]*Left: [\s\S]*Missing: /); // before anything has moved
  // Assess
  expect(undone).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^shop-3 has started: [\s\S]*shop-3 {2}promoted/),
  });
  expect(aborted).toMatchObject({ code: 0, out: 'shop-4 is rolling back\n' });
  expect({ code, out }).toEqual({
    code: 1,
    out: expect.stringMatching(
      /shop-4 {2}is rolling back \(aborted\): wrong image\n[\s\S]*shop-4 {2}rolledBack \(aborted\)\n$/,
    ),
  });
  expect(late).toMatchObject({ code: 2, err: 'shop-4 is over: rolledBack\n' });
  expect((await sluice('status', 'shop')).out).toMatch(/ended {6}shop-4 rolledBack \(aborted\), image v3: wrong image/);
}, 90_000);

it('an undo of an undo warns that it restores what was undone, names it, and says how to stop it', async () => {
  // Act: shop-3 undid shop-1
  const { code, out } = await sluice('undo', 'shop', '--lab', file.path);
  // Assess
  expect(code).toBe(0);
  expect(out.replaceAll(/\n +/g, ' ')).toContain(
    'warning: the last promotion was an undo, or was turned back by hand. shop-5 restores the version that was undone: shop-1 (image v2).\n',
  );
  expect(out).toMatch(new RegExp(`To stop it:\\s+npx sluice abort shop-5 --lab ${file.path}\n`));
}, 30_000);

it('says what to do where there is no lab, and names one that is gone', async () => {
  // Prepare
  const empty = makeFolder();
  const gone = join(empty.path, 'gone.json');
  writeFileSync(gone, JSON.stringify({ pid: 2 ** 22 + 1, url: 'http://127.0.0.1:1', env: {} })); // above Linux's largest pid
  // Act
  const run = (...args: string[]) => runCliProcess(args, { cwd: empty.path });
  const [none, stale, noFile, other, wrongPrefix] = await Promise.all([
    run('status'),
    run('status', '--lab', gone),
    run('status', '--lab', 'none.json'),
    run('status', 'shop', '--lab', file.path),
    run('status', '--lab', file.path, '--function-prefix', 'x-'),
  ]);
  empty.remove();
  // Assess
  expect(none).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^there is no lab here and no AWS configuration: start/),
  });
  expect(stale).toMatchObject({
    code: 2,
    err: expect.stringMatching(/no longer runs \(process 4194305 is\s+gone\): delete/),
  });
  expect(noFile).toMatchObject({ code: 2, err: expect.stringMatching(/^there is no file none\.json/) });
  expect(other).toMatchObject({ code: 0 });
  expect(wrongPrefix).toMatchObject({ code: 2, err: expect.stringMatching(/^there is no function x-status: /) });
}, 60_000);

it('a ledger is walked from its first line, and its last line can be noted and asked for again', async () => {
  const run = (...args: string[]) => sluice('audit', 'verify', ...args);
  const { code, out } = await run('shop');
  expect(out).toMatch(/^shop: \d+ lines follow from each other, /);
  expect(code).toBe(0);
  const [, noted = ''] = /^last line: (\S+)$/m.exec(out.replaceAll(/\s*\n\s*(?=[0-9a-f])/g, '')) ?? [];
  expect(await run('shop', '--noted', noted)).toMatchObject({ code: 0 });
  const other = `${noted.split(':')[0]}:${'0'.repeat(64)}`;
  expect(await run('shop', '--noted', other)).toMatchObject({
    code: 1,
    out: expect.stringMatching(/broken at line \d+: its hash is/),
  });
  const json = await run('shop', '--json');
  expect(JSON.parse(json.out)).toMatchObject({ workload: 'shop', lines: Number(noted.split(':')[0]) });
  expect(await run('shopp')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^shopp has no ledger: is that its name\?/),
  });
  expect(await run('shop', '--noted', 'x')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/expected a line\s+and\s+its\s+hash/),
  });
}, 60_000);

it('a control plane that does not answer is a fault, not a refusal: exit 3', async () => {
  // Prepare: nothing listens there
  const env = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  };
  const empty = makeFolder();
  // Act
  const { code, err } = await runCliProcess(['status'], { cwd: empty.path, env });
  empty.remove();
  // Assess
  expect(code).toBe(3);
  expect(err).toMatch(/^the control plane did not answer: .*\n$/);
}, 30_000);

it('the file goes with its lab', () => {
  file.remove();
  expect(existsSync(file.path)).toBe(false);
});

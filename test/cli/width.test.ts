import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sluiceIn } from './sluice.ts';

const COLUMNS = 80;
const folder = mkdtempSync(join(tmpdir(), 'sluice-width-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Lines that are too long, but for one word or one command that could not be broken. */
const tooLong = (text: string): string[] =>
  text.split('\n').filter(line => line.length > COLUMNS && !/^\s*(\S+|`[^`]+`|npx sluice .*)$/.test(line));

async function linesOf(args: readonly string[]) {
  const { out, err } = await sluiceIn(COLUMNS, args);
  return { said: `${out}${err}`, long: tooLong(`${out}${err}`) };
}

const COMMANDS = [
  [],
  ['plan'],
  ['plan', 'check'],
  ['plan', 'forecast'],
  ['backtest'],
  ['lab'],
  ['judges'],
  ['judges', 'compare'],
  ['start'],
  ['status'],
  ['approve'],
  ['abort'],
  ['undo'],
  ['record-live'],
  ['audit'],
  ['audit', 'verify'],
];
const plans = readdirSync('examples')
  .map(file => `examples/${file}`)
  .filter(file => readFileSync(file, 'utf8').includes('kind: Plan'));

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const LONG_NAME = 'requests-that-were-slow-or-failed-and-a-few-more';
const HARD_PLAN = `apiVersion: sluice/v1
kind: Plan
workload: a-workload-with-a-name-that-is-as-long-as-names-may-be
strategy: canary
deadline: 48h
metrics:
  - name: ${LONG_NAME}
    source: { kind: prometheus, query: 'sum(rate(http_requests_total{namespace="\${namespace}",slot="\${slot}",code=~"5.."}[1m])) / sum(rate(http_requests_total{namespace="\${namespace}",slot="\${slot}"}[1m]))' }
    judge: { kind: threshold, successCondition: 'result[0] < 0.05 && len(result) == 1', failureCondition: 'result[0] > 0.2 || isNaN(result[0])', failureLimit: 3 }
steps:
  - hook: { name: a-hook-with-a-long-name, url: 'https://hooks.example.com/a/rather/long/path/that/cannot/be/broken/anywhere/in/it', timeout: 90s, retries: 2 }
  - setWeight: 33.3
  - bake: 90m
  - approval: { name: an-approval-with-a-long-name, groups: [a-group-with-a-long-name, another-group-with-a-long-name], required: 2, within: 36h, notTheStarter: true }
  - setWeight: 100
soak: 2h
`;

const rowsOf = (release: string): string[] =>
  Array.from({ length: 12 }, (_, n) => `${release},errors,${n * 60},${(n + 1) * 60},123456,${n * 900},9876543,123`);
const CSV = [
  'release,metric,start,end,canary_requests,canary_bad,stable_requests,stable_bad',
  ...rowsOf('a-release-with-a-name-that-is-far-too-long-2026-11-21T12:00:00Z-to-2026-11-21T13:00:00Z'),
  ...rowsOf('r'),
].join('\n');

/** What a process of its own writes, on a terminal of its own or into a pipe. */
function written(where: 'terminal' | 'pipe', env: Record<string, string>): string {
  // in CI, too: there Node takes a terminal for one without colours
  const { FORCE_COLOR: _, NO_COLOR: __, CI: ___, ...rest } = process.env;
  const check = [process.execPath, 'cli/sluice.ts', 'plan', 'check', 'examples/canary.yaml'];
  const [command = '', ...args] = where === 'pipe' ? check : ['script', '-qec', check.join(' '), '/dev/null'];
  return execFileSync(command, args, { encoding: 'utf8', env: { ...rest, TERM: 'xterm-256color', ...env } });
}

describe('colour', () => {
  it.each([
    ['terminal', {}, true],
    ['terminal', { NO_COLOR: '1' }, false],
    ['pipe', {}, false],
    ['pipe', { FORCE_COLOR: '1' }, true],
  ] as const)('of a command on a %s with %j: %s', (where, env, coloured) => {
    expect(written(where, env).includes('\u001b[')).toBe(coloured);
  });
});

describe('80 columns are enough', () => {
  it.each(COMMANDS.map(args => [args]))('for the help of %j', async args => {
    const { said, long } = await linesOf([...args, '--help']);
    expect(said).toContain('Usage: sluice');
    expect(long).toEqual([]);
  });

  it.each(plans)('for the check of %s, with and without a workload', async plan => {
    const alone = await linesOf(['plan', 'check', plan]);
    const both = await linesOf(['plan', 'check', plan, '--workload', 'examples/workload.yaml']);
    expect(alone.said).toContain('What this plan cannot promise');
    expect(both.said).toContain('What this plan cannot promise');
    expect([...alone.long, ...both.long]).toEqual([]);
  });

  it('for a plan with long names, conditions and URLs', async () => {
    const { said, long } = await linesOf(['plan', 'check', fileOf('hard.yaml', HARD_PLAN)]);
    expect(said).toContain('What this plan cannot promise');
    expect(long).toEqual([]);
  });

  it('for the mistakes of a plan, the lines that they are in among them', async () => {
    const wrong = HARD_PLAN.replace('timeout: 90s', 'timeuot: 90s').replace('name: a-hook', 'nmae: a-hook');
    const { said, long } = await linesOf(['plan', 'check', fileOf('wrong.yaml', wrong)]);
    expect(said).toMatch(/\^{3,}/);
    expect(long).toEqual([]);
  });

  it.each([
    ['an unknown option', ['backtest', '--form', 'x']],
    ['a choice that is none', ['backtest', '--from', 'x', '--judge', 'a-judge-that-nobody-has-ever-heard-of']],
    ['a lab that is not there', ['status', '--lab', '/a/path/that/is/not/there/at/all/lab.json']],
    ['a file that is not there', ['backtest', '--from', '/a/path/that/is/not/there/at/all/windows.csv']],
    [
      'a recording and a plan without a common metric',
      ['backtest', '--from', 'CSV', '--plan', 'examples/kayenta.yaml'],
    ],
    [
      'judges beside each other',
      ['backtest', '--from', 'CSV', '--judge', 'sequential', 'argo', 'flagger', 'kayenta', 'relative'],
    ],
    ['one release', ['backtest', '--from', 'CSV', '--release', 'r']],
    ['a plan as the judge', ['backtest', '--from', 'CSV', '--plan', 'examples/canary.yaml']],
    ['all judges of a recording', ['judges', 'compare', '--from', 'CSV']],
    ['all judges of a simulation', ['judges', 'compare', '--releases', '1']],
  ])('for %s', async (_, args) => {
    const csv = fileOf('windows.csv', CSV);
    const { said, long } = await linesOf(args.map(arg => (arg === 'CSV' ? csv : arg)));
    expect(said).not.toBe('');
    expect(long).toEqual([]);
  });

  it('a narrower terminal gets narrower text', async () => {
    const { out } = await sluiceIn(60, ['plan', 'check', 'examples/canary.yaml']);
    expect(out.split('\n').filter(line => line.length > 60)).toEqual([]);
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { WindowRecord } from '../../domain/windows/reading.ts';
import { lambdaEndpoint } from '../../lab/aws/lambda-endpoint.ts';
import { openWireServer } from '../../lab/aws/wire-server.ts';
import { writeLabFile } from '../../lab/lab-file.ts';
import { openCloudWatchLab } from '../adapters/metrics/cloudwatch/cloudwatch-lab.ts';
import { openFakes } from '../functions/fakes.ts';
import { at, errors } from '../support/ledger-lines.ts';
import { makeFolder } from './cli-process.ts';
import { sluice } from './sluice.ts';

const folder = makeFolder();
const [csv, json, svg] = ['windows.csv', 'replays.json', 'picture.svg'].map(name => join(folder.path, name)) as [
  string,
  string,
  string,
];
afterAll(() => folder.remove());

const backtest = (...args: string[]) => sluice('backtest', ...args);
const replays = () => JSON.parse(readFileSync(json, 'utf8')) as Record<string, unknown>[];

type Quadruple = readonly [number, number, number, number];
const line = (release: string, k: number, counts: Quadruple, metric = 'errors') =>
  [release, metric, 1_700_000_000 + k * 60, 1_700_000_060 + k * 60, ...counts].join(',');
const write = (...lines: string[]) =>
  writeFileSync(
    csv,
    ['release,metric,start,end,canary_requests,canary_bad,stable_requests,stable_bad', ...lines, ''].join('\n'),
  );
const faulty = (release: string, metric?: string) =>
  Array.from({ length: 10 }, (_, k) => line(release, k, k < 2 ? [100, 1, 900, 9] : [100, 20, 900, 9], metric));

// docs/statistics.md, (a): w0 = 1.25, K = 5
const REFERENCE = [
  [500, 3, 4500, 22],
  [510, 6, 4480, 20],
  [490, 9, 4510, 25],
  [505, 2, 4490, 30],
  [700, 11, 2100, 12],
] as const;
const LOG_E = [-0.3899407431, -0.026480097, 1.6215125522, 0.0684375977, 1.2864433951];

describe('sluice backtest', () => {
  it("gives the specification's ln E after each of its reference windows", async () => {
    // Prepare: release k has the first k windows, the lines in no order
    write(
      ...LOG_E.flatMap((_, k) => REFERENCE.slice(0, k + 1).map((counts, i) => line(`k${k + 1}`, i, counts))).reverse(),
    );
    // Act
    const { code, err } = await backtest(
      ...['--from', csv, '--judge', 'sequential', '--guard', 'off', '--windows', '5', '--profile', 'specification'],
      ...['--json', json],
    );
    // Assess
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const byRelease = new Map(replays().map(({ release, logE }) => [release, logE as number]));
    for (const [k, logE] of LOG_E.entries()) expect(byRelease.get(`k${k + 1}`)).toBeCloseTo(logE, 9);
  });

  it('judges with several judges side by side, as a table, a file and a picture', async () => {
    // Prepare
    write(...faulty('r1'), ...faulty('r<2>'));
    // Act
    const judges = ['--judge', 'sequential', '--judge', 'argo', '--judge', 'kayenta', '--judge', 'argo'];
    const { code, out } = await backtest('--from', csv, ...judges, '--guard', 'off', '--json', json, '--svg', svg);
    // Assess: excess is 19 by window 3, 38 + 19 by window 5, 152 in all
    expect(code).toBe(0);
    expect(replays().slice(0, 3)).toEqual([
      { release: 'r1', judge: 'sequential', verdict: 'degraded', window: 3, excessBad: 19, logE: expect.any(Number) },
      { release: 'r1', judge: 'argo', verdict: 'degraded', window: 5, excessBad: 57, logE: null },
      { release: 'r1', judge: 'kayenta', verdict: 'degraded', window: 10, excessBad: 152, logE: null },
    ]);
    expect(replays()).toHaveLength(6);
    expect(out).toMatch(/2 releases[\s\S]*argo {15}2 {9}0 [\s\S]*r<2> +argo +degraded +5 +5m +57\.0/);
    const picture = readFileSync(svg, 'utf8');
    expect(picture).toMatch(/^<svg [\s\S]*>2 of 2 rolled back<[\s\S]*<\/svg>\n$/);
    expect(picture).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('draws both channels of one release, with its name as text', async () => {
    write(...faulty('r1'), ...faulty('r<2>'));
    await backtest('--from', csv, '--release', 'r<2>', '--guard', 'off', '--svg', svg);
    const picture = readFileSync(svg, 'utf8');
    expect(picture).toContain('What would have happened to r&lt;2&gt;');
    expect(picture).toMatch(/ln E[\s\S]*rolled back in window 3, 19\.0 extra failed[\s\S]*S-channel/);
  });

  it('judges by a plan, and says what the plan and the recording do not have in common', async () => {
    // Prepare
    write(...faulty('r1'), ...faulty('r1', 'colour'));
    const plan = join(folder.path, 'plan.yaml');
    writeFileSync(
      plan,
      `apiVersion: sluice/v1
kind: Plan
workload: shop
strategy: canary
metrics:
  - { name: errors, source: { kind: cloudwatch, bad: failedRequests }, judge: { kind: sequential, guard: off } }
  - { name: slow, source: { kind: cloudwatch, bad: { slowerThan: [1s] } }, judge: { kind: relative, max: 1.2 } }
steps: [{ setWeight: 10 }, { bake: 10m }, { setWeight: 100 }]
`,
    );
    // Act
    const { code, err } = await backtest('--from', csv, '--plan', plan, '--judge', 'relative', '--json', json);
    // Assess
    expect({ code, err }).toEqual({
      code: 0,
      err: 'slow: in the plan and not in the recording, so not judged\ncolour: in the recording and not in the plan, which does not judge it\n',
    });
    expect(replays()).toMatchObject([
      { judge: 'plan', verdict: 'degraded', window: 3 },
      { judge: 'relative', verdict: 'degraded', window: 5 },
    ]);
  });

  it.each([
    ['a bad line', ['--from', 'CSV'], /windows\.csv:2: canary_bad: found "11"|windows\.csv:2: canary_bad: found 11/],
    ['no file', ['--from', 'nowhere.csv'], /nowhere\.csv: found no such file/],
    ['an alpha of 1', ['--from', 'CSV', '--alpha', '1'], /--alpha is "1"; expected a share above 0 and below 1/],
    ['a margin below 1', ['--from', 'CSV', '--margin', '0.9'], /--margin is "0.9"; expected a number from 1/],
    ['no window', ['--from', 'CSV', '--windows', '0'], /--windows is "0"; expected a whole number/],
    ['a judge that is not', ['--from', 'CSV', '--judge', 'spinnaker'], /spinnaker.*Allowed choices.*sequential/],
    [
      'an alpha for others',
      ['--from', 'CSV', '--judge', 'argo', '--alpha', '1%'],
      /--judge sequential, which it is for/,
    ],
    [
      'a span of a file',
      ['--from', 'CSV', '--since', '1h'],
      /--since is "1h"; expected --from cloudwatch or prometheus/,
    ],
    ['no workload', ['--from', 'cloudwatch', '--canary', 'blue', '--since', '1h'], /--workload is undefined/],
    ['no release', ['--from', 'ledger'], /--release is undefined; expected with --from ledger a release/],
    [
      'Prometheus without a plan',
      ['--from', 'prometheus', '--canary', 'blue', '--since', '1h', '--workload', 'examples/workload.yaml'],
      /--from prometheus needs a plan/,
    ],
  ])('says what is wrong and exits 2: %s', async (_, args, message) => {
    write(line('r1', 0, [10, 11, 90, 1]));
    const { code, out, err } = await backtest(...args.map(arg => (arg === 'CSV' ? csv : arg)));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  it('judges a release of the ledger again: by its own plan, or by another judge', async () => {
    // Prepare: an operation of a control plane, and a release that ended
    const judge = { ...errors.judge, failureLimit: 1 } as typeof errors.judge;
    const fakes = await openFakes({ metrics: [{ ...errors, judge }] });
    await fakes.admitted(
      [60, { kind: 'shiftIntended', from: { blue: 100, green: 0 }, to: { blue: 90, green: 10 }, weight: 10 }],
      [61, { kind: 'shiftConfirmed', dial: { blue: 90, green: 10 }, weight: 10 }],
      [900, { kind: 'closed', outcome: 'rolledBack', reason: 'aborted', because: 'a person' }],
    );
    for (let k = 1; k <= 8; k += 1) {
      const bad = k > 4 || k === 1 ? 20 : 1;
      const record: WindowRecord = {
        ...{ metric: 'errors', startEpochMs: at(60 * k), endEpochMs: at(60 * k + 60), straddles: k === 1 },
        ...{ readAtEpochMs: at(60 * k + 90), frozenAtEpochMs: at(60 * k + 100) },
        reading: { kind: 'counts', canary: { requests: 100, bad: [bad] }, stable: { requests: 900, bad: [9] } },
      };
      await fakes.ledger.putWindow('shop-1', record);
    }
    const server = await openWireServer({
      endpoints: [lambdaEndpoint({ status: event => fakes.run('status', event) })],
    });
    const aws = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'lab', AWS_SECRET_ACCESS_KEY: 'lab' };
    const env = { ...aws, AWS_ENDPOINT_URL_LAMBDA: server.url };
    const file = writeLabFile({ env, edge: { url: 'http://127.0.0.1:1' } }, join(folder.path, 'lab.json'));
    const from = ['--from', 'ledger', '--lab', file.path, '--json', json, '--release'];
    try {
      // Act, Assess: bad windows are 1, which straddles, and 5, 6, …
      expect(await backtest(...from, 'shop-1')).toMatchObject({ code: 0, err: '' });
      expect(replays()).toMatchObject([{ release: 'shop-1', judge: 'plan', verdict: 'degraded', window: 6 }]);
      expect(await backtest(...from, 'shop-1', '--judge', 'argo')).toMatchObject({ code: 0 });
      expect(replays()).toMatchObject([{ judge: 'argo', verdict: 'degraded', window: 7 }]);
      expect(await backtest(...from, 'shop-7')).toMatchObject({ code: 2, err: 'the ledger has no release shop-7\n' });
    } finally {
      file.remove();
      await server.close();
    }
  });

  it('judges what CloudWatch still has of a time in the past', async () => {
    // Prepare: ten minutes, the canary in green fails from the third on
    const cloudWatch = await openCloudWatchLab();
    cloudWatch.clock.epochMs = at(86_400);
    for (let k = 0; k < 10; k += 1) {
      cloudWatch.publish('blue', at(60 * k), { good: 891, target5xx: 9 });
      cloudWatch.publish('green', at(60 * k), k < 2 ? { good: 99, target5xx: 1 } : { good: 80, withoutAnswer: 20 });
    }
    const file = writeLabFile(
      { env: cloudWatch.env, edge: { url: 'http://127.0.0.1:1' } },
      join(folder.path, 'aws.json'),
    );
    const where = ['--from', 'cloudwatch', '--lab', file.path, '--workload', 'examples/workload.yaml'];
    const when = ['--start', new Date(at(0)).toISOString(), '--end', `${at(600) / 1000}`];
    try {
      // Act
      const asked = await backtest(...where, ...when, '--canary', 'green', '--guard', 'off', '--json', json);
      // Assess
      expect(asked).toMatchObject({ code: 0, err: '' });
      expect(replays()).toMatchObject([{ release: 'checkout', verdict: 'degraded', window: 3, excessBad: 19 }]);
      expect(await backtest(...where, '--since', '1h', '--canary', 'green')).toMatchObject({
        code: 2,
        err: 'the canary (green) had no request in that time\n',
      });
    } finally {
      file.remove();
      await cloudWatch.close();
    }
  });
});

describe('sluice judges compare --from', () => {
  it('runs all judges on the recorded windows', async () => {
    write(...faulty('r1'));
    const { code, out } = await sluice('judges', 'compare', '--from', csv, '--json');
    expect(code).toBe(0);
    const { replays: all } = JSON.parse(out) as { replays: { judge: string; verdict: string }[] };
    expect(all.map(({ judge }) => judge)).toEqual(['sequential', 'argo', 'flagger', 'kayenta', 'relative']);
    expect(all.every(({ verdict }) => verdict === 'degraded')).toBe(true);
  });
});

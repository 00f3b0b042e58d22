import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fakeSource } from '../../adapters/metrics/fake-source.ts';
import { fakeRouter } from '../../adapters/router/fake-router.ts';
import { lastDayOf } from '../../cli/last-day.ts';
import { mistakesOf, planOf as readPlan } from '../adapters/plan-file/plan-text.ts';
import { at, errors, planOf, shop } from '../support/ledger-lines.ts';
import { makeFolder } from './cli-process.ts';
import { sluice, sluiceIn } from './sluice.ts';

const folder = makeFolder();
afterAll(() => folder.remove());
const [planFile, json] = ['plan.yaml', 'forecast.json'].map(name => join(folder.path, name)) as [string, string];
writeFileSync(
  planFile,
  `apiVersion: sluice/v1
kind: Plan
workload: checkout
strategy: canary
metrics:
  - name: errors
    source: { kind: cloudwatch, bad: failedRequests }
    judge: { kind: sequential, ceiling: auto } # rolls back 1 healthy release in 100 at most, however often it looks
steps:
  - setWeight: 10
  - bake: 5m
  - setWeight: 100
soak: 10m
`,
);

const forecast = (...args: string[]) => sluice('plan', 'forecast', planFile, ...args);
/** The plans in a forecast's text: from their first line to the end of what is printed without a blank line. */
const plansIn = (out: string): string[] =>
  out
    .split(/^(?=apiVersion: )/m)
    .slice(1)
    .map(part => part.split('\n\n')[0] ?? '');
const written = () => JSON.parse(readFileSync(json, 'utf8'));

describe('sluice plan forecast', () => {
  it('says what becomes of healthy releases, how soon a fault is found, where the plan is blind, and what is better', async () => {
    const { code, out, err } = await forecast('--rps', '50', '--failure-rate', '1%', '--json', json);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('checkout: 50 requests a second, of which 1 % fail today');
    expect(out).toMatch(/^A healthy release takes \d+ minutes\. Readiness, hooks and approvals come on top\.$/m);
    expect(out).toMatch(/^ *[\d.]+ % +are promoted, [\d.]+ % after a hold for more data$/m);
    expect(out).toMatch(/^ *[\d.]+ % +are rolled back by mistake; guaranteed: at most 1 %$/m);
    expect(out).toMatch(/^ *[\d.]+ % +have too little data: they are rolled back \(noEvidence\)$/m);
    expect(out).toMatch(
      /^Where this plan is blind\n {2}- at 50 requests a second, 10 % weight and 1 % failures on stable, it takes \d+ minutes of data to see a canary that fails 2 % of requests; this bake lasts 5 minutes: it holds for \d+ minutes$/m,
    );
    expect(out).toMatch(/^A better plan for this traffic\. The shortest steps at these weights: /m);
    const { forecast: made, proposals } = written();
    expect(made.effects.map(({ fault }: { fault: { name: string } }) => fault.name)).toEqual([
      'x1.5',
      'x2',
      'x5',
      'x10',
      '+10 points',
    ]);
    const { promoted, falseAlarms, noEvidence } = made.healthy;
    expect(promoted + falseAlarms + noEvidence).toBeCloseTo(1, 12);
    expect(proposals[0].proposal).toMatchObject({
      kind: 'shortest',
      steps: [{ kind: 'setWeight', weight: 10 }, {}, {}],
    });
  });

  it.each([80, 200])('shows plans that can be pasted as they are, in a terminal of %d columns', async columns => {
    const { out } = await sluiceIn(columns, [
      ...['plan', 'forecast', planFile, '--rps', '50', '--failure-rate', '1%', '--json', json],
    ]);
    const shown = plansIn(out);
    const proven: { text: string; proposal: { steps: unknown } }[] = written().proposals;
    expect(shown).toHaveLength(proven.length);
    expect(shown.length).toBeGreaterThan(0);
    for (const [index, text] of shown.entries()) {
      expect(mistakesOf(text)).toEqual([]);
      expect(readPlan(text)).toEqual(readPlan(proven[index]?.text ?? ''));
    }
  });

  it.each(['0', '0%'])('takes a failure rate of %s for what it is: points are looked for', async rate => {
    const { code, out, err } = await forecast('--rps', '20', '--failure-rate', rate, '--json', json);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('checkout: 20 requests a second, of which 0 % fail today');
    const { forecast: made } = written();
    expect(made.effects.map(({ fault }: { fault: { name: string } }) => fault.name)).toEqual([
      '+0.5 points',
      '+1 point',
      '+2 points',
      '+10 points',
    ]);
    expect(made.healthy).toMatchObject({ promoted: 1, falseAlarms: 0, noEvidence: 0 });
  });

  it('says what would help where there is too little traffic for a better plan', async () => {
    const { code, out } = await forecast('--rps', '0.1', '--failure-rate', '0.1%', '--json', json);
    expect(code).toBe(0);
    expect(out).toContain('A healthy release is not promoted at this traffic (see below).');
    expect(out).toMatch(/100\.0 % +have too little data: they are rolled back \(noEvidence\)/);
    expect(out).toContain('No better plan was found for this traffic. What would help:\n  - ');
    expect(out).not.toContain('A better plan');
    expect(written().proposals).toEqual([]);
  });

  it('looks for another effect where it is told to, and proposes plans that want to see it', async () => {
    const { code } = await forecast('--rps', '300', '--failure-rate', '1%', '--detect', '4', '--json', json);
    expect(code).toBe(0);
    const { proposals } = written();
    expect(proposals.length).toBeGreaterThan(0);
    for (const { text, effect } of proposals) {
      expect(text).toContain('detect: { ratio: 4, ');
      expect(effect.fault.failureRate).toBeCloseTo(0.04, 9);
    }
  });

  it('with the same seed says the same', async () => {
    const asked = ['--rps', '100', '--failure-rate', '0.5%', '--seed', '7'];
    expect(await forecast(...asked)).toEqual(await forecast(...asked));
  });

  it.each([
    ['no traffic', [], '--rps and --failure-rate are wanted'],
    ['no number', ['--rps', 'many', '--failure-rate', '1%'], "--rps: found 'many'; expected a number above 0"],
    [
      'a rate of everything',
      ['--rps', '5', '--failure-rate', '100%'],
      "--failure-rate: found '100%'; expected a share from 0% to below 100%",
    ],
    ['a rate below 0', ['--rps', '5', '--failure-rate=-1%'], "--failure-rate: found '-1%'; expected a share from 0%"],
    ['a rate without a unit', ['--rps', '5', '--failure-rate', '1'], "--failure-rate: found '1'; expected a share"],
    ['a detect of 1', ['--rps', '5', '--failure-rate', '1%', '--detect', '1'], '--detect: found'],
    ['a time that is none', ['--rps', '5', '--failure-rate', '1%', '--within', 'soon'], "--within: found 'soon'"],
  ])('refuses %s, with exit code 2', async (_, args, message) => {
    const { code, err, out } = await forecast(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });
});

describe("a workload's last day", () => {
  const now = at(90_000);
  /** Green is live: 600 requests a minute, of which 6 and 18 failed in turn; blue's past is not asked for. */
  function day() {
    const metrics = fakeSource();
    for (let minute = 0; minute <= 1_600; minute += 1) {
      const target5xx = minute % 2 === 0 ? 6 : 18;
      metrics.publish('green', now - minute * 60_000, { good: 600 - target5xx, target5xx });
      metrics.publish('blue', now - minute * 60_000, { good: 1, target5xx: 99 });
    }
    return metrics;
  }
  const lastDay = (metrics: ReturnType<typeof fakeSource>, live: 'blue' | 'green' = 'green') =>
    lastDayOf(planOf({ metrics: [errors] }), shop, { router: fakeRouter(shop, live), metrics, nowEpochMs: now });

  it('gives the requests a second, the share that failed and how much it varies, of the slot that is live', async () => {
    const traffic = await lastDay(day());
    expect(traffic.requestsPerSecond).toBeCloseTo(10, 6);
    expect(traffic.failureRate).toBeCloseTo(0.02, 6);
    // neighbours differ by 12: a variance of 72 where chance makes 12
    expect(traffic.dispersion).toBeGreaterThan(5);
    expect((await lastDay(day(), 'blue')).failureRate).toBeCloseTo(0.99, 6);
  });

  it('is none where nobody asked anything, or the metrics cannot be read', async () => {
    await expect(lastDay(fakeSource())).rejects.toThrow('shop had no request in its last day');
    const broken = day();
    broken.breakWith('Throttling');
    await expect(lastDay(broken)).rejects.toThrow('the metrics of shop cannot be read');
  });
});

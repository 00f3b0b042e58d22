import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fakeSource } from '../../adapters/metrics/fake-source.ts';
import { fakeRouter } from '../../adapters/router/fake-router.ts';
import { lastDayOf } from '../../cli/last-day.ts';
import { at, errors, planOf, shop } from '../support/story.ts';
import { makeFolder } from './cli-process.ts';
import { sluice } from './sluice.ts';

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
    judge: { kind: sequential, ceiling: auto }
steps:
  - setWeight: 10
  - bake: 5m
  - setWeight: 100
soak: 10m
`,
);

const forecast = (...args: string[]) => sluice('plan', 'forecast', planFile, ...args);

describe('sluice plan forecast', () => {
  it('says how soon a fault is noticed, where the plan is blind, and what would be better', async () => {
    const { code, out, err } = await forecast('--rps', '2000', '--failure-rate', '0.1%', '--json', json);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('2000 requests a second, of which 0.1 % fail today');
    expect(out).toContain(
      'Where this plan is blind\n  - at 2000 requests a second, 10 % and a failure rate of 0.1 % a doubling needs',
    );
    expect(out).toMatch(/A better plan for this traffic\n {2}the shortest steps at these weights/);
    const { forecast: made, proposals } = JSON.parse(readFileSync(json, 'utf8'));
    expect(made.effects.map(({ ratio }: { ratio: number }) => ratio)).toEqual([1.5, 2, 5, 10]);
    expect(proposals[0]).toMatchObject({ kind: 'shortest', steps: [{ kind: 'setWeight', weight: 10 }, {}, {}] });
  });

  it.each([
    ['no traffic', [], '--rps and --failure-rate are wanted'],
    ['no number', ['--rps', 'many', '--failure-rate', '1%'], "--rps: found 'many'; expected a number above 0"],
    ['a rate of 0', ['--rps', '5', '--failure-rate', '0%'], "--failure-rate: found '0%'; expected a share above 0 %"],
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

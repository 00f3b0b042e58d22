import { describe, expect, it } from 'vitest';
import { makeJudge } from '../../comparison/judges.ts';
import { runTasks } from '../../comparison/pool.ts';
import { runTask, type Task } from '../../comparison/run-task.ts';
import { leastExcess, leastRequests, leastWindows, SETTINGS, type Setting } from '../../comparison/settings.ts';
import { canaryRateOf, drawWindow, type Noise, newWindow, type Window } from '../../comparison/traffic.ts';
import {
  argoReference,
  flaggerReference,
  kayentaReference,
  relativeReference,
} from '../../domain/replay/reference-judges.ts';
import { newRandom, type Random } from '../../domain/statistics/random.ts';

const setting: Setting = { baseRate: 0.01, requestsPerSecond: 500, share: 0.1, windowSeconds: 60 };

const task: Task = {
  key: 'one',
  traffic: { setting, ratio: 2, noise: 'binomial' },
  from: 0,
  releases: 40,
  windows: 30,
  horizonWindows: 30,
  alpha: 0.01,
  judges: [
    { kind: 'sequential', profile: 'specification', margin: 1, guard: 'off' },
    { kind: 'argo' },
    { kind: 'flagger' },
    { kind: 'kayenta', first: 10 },
    { kind: 'sprt', ratio: 2 },
  ],
  seed: [1, 2],
};

/** Mean and variance of the canary's and the stable version's failures in a window, over many windows. */
function moments(noise: Noise, windows: number): { mean: number; variance: number }[] {
  const random = newRandom(7, 1);
  const window = newWindow();
  const traffic = { setting, ratio: 2, noise };
  const { faulty } = canaryRateOf(newRandom(7, 2), { ...traffic, noise: 'binomial' });
  const sums = [
    { sum: 0, squares: 0 },
    { sum: 0, squares: 0 },
  ];
  for (let i = 0; i < windows; i += 1) {
    drawWindow(random, traffic, faulty, window);
    for (const [j, value] of [window.canaryBad, window.stableBad].entries()) {
      const of = sums[j];
      if (of === undefined) continue;
      of.sum += value;
      of.squares += value * value;
    }
  }
  return sums.map(({ sum, squares }) => ({ mean: sum / windows, variance: squares / windows - (sum / windows) ** 2 }));
}

describe("the bench's traffic", () => {
  it('lets every request fail by itself: means and variances of Binomial(30000, share x rate)', () => {
    // 30,000 requests, each the canary's with 0.1 and then bad with 0.02, or stable with 0.9 and bad with 0.01
    const [canary, stable] = moments('binomial', 20_000);
    expect(canary?.mean).toBeCloseTo(60, 0);
    expect(relative(canary?.variance, 30_000 * 0.002 * 0.998)).toBeLessThan(0.05);
    expect(stable?.mean).toBeCloseTo(270, 0);
    expect(relative(stable?.variance, 30_000 * 0.009 * 0.991)).toBeLessThan(0.05);
  });

  it('makes clumped failures with the same means and five times the variance', () => {
    const [canary, stable] = moments('clumped', 20_000);
    expect(relative(canary?.mean, 60)).toBeLessThan(0.01);
    expect(relative(stable?.mean, 270)).toBeLessThan(0.01);
    // 5 x the mean given the requests, and the variance of the requests' share: n s (1 - s) rate^2
    expect(relative(canary?.variance, 5 * 60 + 30_000 * 0.09 * 0.02 ** 2)).toBeLessThan(0.05);
    expect(relative(stable?.variance, 5 * 270 + 30_000 * 0.09 * 0.01 ** 2)).toBeLessThan(0.05);
  });

  it('gives versions that differ persistently a ratio of 1 in the median and 10 % of deviation', () => {
    const ratios = Array.from({ length: 5000 }, (_, i) =>
      Math.log(canaryRateOf(newRandom(3, i), { setting, ratio: 1, noise: 'persistent' }).healthy / setting.baseRate),
    );
    const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
    const variance = ratios.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0) / ratios.length;
    expect(Math.abs(mean)).toBeLessThan(0.005);
    expect(Math.sqrt(variance)).toBeCloseTo(0.1, 2);
  });
});

describe("the bench's releases", () => {
  it('come out the same for a seed, in one piece or in several, here or in worker threads', async () => {
    const whole = runTask(task);
    const first = runTask({ ...task, releases: 15 });
    const rest = runTask({ ...task, from: 15, releases: 25 });
    const others = runTask({ ...task, seed: [1, 3] });
    expect(whole.map(({ rolledBack }) => rolledBack)).toEqual(
      first.map(({ rolledBack }, j) => rolledBack + (rest[j]?.rolledBack ?? 0)),
    );
    expect(whole[0]?.canaryRequests).toBe((first[0]?.canaryRequests ?? 0) + (rest[0]?.canaryRequests ?? 0));
    expect(others[0]?.canaryRequests).not.toBe(whole[0]?.canaryRequests);
    const many = { ...task, releases: 1500, judges: task.judges.slice(0, 2) };
    expect(await runTasks([many], 2)).toEqual(await runTasks([many], 0));
  });

  it('are the same whichever judges look at them', () => {
    const alone = runTask({ ...task, judges: task.judges.slice(0, 1) });
    const guarded = { kind: 'sequential', profile: 'specification', margin: 1.25, guard: 'measured' } as const;
    const together = runTask({ ...task, judges: [...task.judges, guarded] });
    expect(together[0]).toEqual(alone[0]);
  });

  it('end when the rules say: Argo with its third bad window, Flagger with the sixth minute, Kayenta at the end', () => {
    // Prepare: 20 % of the canary's requests fail, 1 % of stable's
    const broken: Task = { ...task, traffic: { setting, ratio: 20, noise: 'binomial' }, releases: 10 };
    // Act
    const [ours, argo, flagger, kayenta, oracle] = runTask(broken);
    // Assess: a window is 3,000 canary requests and 3,000 x 0.19 of excess
    expect(ours?.early).toEqual([10, 0, 0]);
    expect(oracle?.early).toEqual([10, 0, 0]);
    expect(argo?.early).toEqual([0, 0, 10]);
    expect(relative(argo?.excess, 10 * 3 * 570)).toBeLessThan(0.05);
    expect(relative(flagger?.excess, 10 * 6 * 570)).toBeLessThan(0.05);
    expect(kayenta?.rolledBack).toBe(10);
    expect(relative(kayenta?.excess, 10 * 30 * 570)).toBeLessThan(0.05);
  });

  it('cost nothing while they are healthy, and from the fault on what its requests make', () => {
    const late = runTask({
      ...task,
      traffic: { ...task.traffic, healthyWindows: 25 },
      releases: 20,
      judges: [{ kind: 'kayenta', first: 20 }],
    });
    // 5 windows of 3,000 canary requests, 1 % more of them bad
    expect(relative(late[0]?.excess, 20 * 5 * 30)).toBeLessThan(0.05);
  });
});

describe("the other tools' judges of the bench, window by window", () => {
  const styles = {
    argo: argoReference,
    relative: relativeReference,
    flagger: flaggerReference,
    kayenta: kayentaReference,
  };

  it.each(['argo', 'relative', 'flagger', 'kayenta'] as const)('decide as %s does on whole releases', kind => {
    const context = { setting, alpha: 0.01, horizonWindows: 30, historyRequests: 1 };
    const decided: (number | null)[] = [];
    const expected: (number | null)[] = [];
    for (const [at, windowSeconds] of [15, 60, 15, 60, 15, 60].entries()) {
      // Prepare: half of them quiet enough for windows without a request
      const of = { baseRate: 0.008, requestsPerSecond: at < 2 ? 0.4 : 40, share: 0.2, windowSeconds };
      const windows = releaseOf(newRandom(9, at), of, 40);
      const stepped = makeJudge(kind === 'kayenta' ? { kind, first: 1 } : { kind }, { ...context, setting: of });
      // Act
      stepped.newRelease([]);
      const found = windows.findIndex(
        (window, i) => stepped.step(window) || (i === windows.length - 1 && stepped.end()),
      );
      decided.push(found < 0 ? null : found + 1);
      expected.push(styles[kind](windows, { windowSeconds }).rollBackAtWindow);
    }
    // Assess
    expect(decided).toEqual(expected);
    expect(decided.some(window => window !== null)).toBe(true);
  });

  function releaseOf(random: Random, of: Setting, count: number): Window[] {
    return Array.from({ length: count }, () => {
      const window = newWindow();
      drawWindow(random, { setting: of, ratio: 2, noise: 'binomial' }, 2 * of.baseRate, window);
      return window;
    });
  }
});

describe('the limit', () => {
  it('is the specification’s: 21.3, 11.9, 4.6 and 3.0 excess failed requests', () => {
    expect([1.5, 2, 5, 10].map(ratio => leastExcess(ratio, 0.01).toFixed(1))).toEqual(['21.3', '11.9', '4.6', '3.0']);
  });

  it('is that of the excess as the share goes to 0, and is rounded up to whole windows', () => {
    const narrow: Setting = { ...setting, share: 1e-6 };
    expect(leastRequests(narrow, 2, 1, 0.01) * 0.01).toBeCloseTo(leastExcess(2, 0.01), 3);
    // by hand: g = 1.1, I = 0.01 (0.2 ln 2 - 1.1 ln 1.1) / 0.1 = 0.0033788; ln 100 / I = 1362.9; 0.45 of 3,000 requests
    expect(leastRequests(setting, 2, 1, 0.01)).toBeCloseTo(1362.95, 1);
    expect(leastWindows(setting, 2, 1, 0.01)).toBe(1);
    expect(leastWindows({ ...setting, requestsPerSecond: 50 }, 2, 1, 0.01)).toBe(5);
  });

  it('has 36 settings', () => {
    expect(new Set(SETTINGS.map(one => JSON.stringify(one))).size).toBe(36);
  });
});

const relative = (value: number | undefined, expected: number): number =>
  Math.abs((value ?? Number.NaN) / expected - 1);

import { describe, expect, it } from 'vitest';
import {
  type ComparisonSettings,
  newComparison,
  stepComparison,
} from '../../../../domain/statistics/sequential/comparison.ts';
import { PROFILES } from '../../../../domain/statistics/sequential/profile.ts';
import {
  type BookWindow,
  bernoulliEvidence,
  healthy,
  inflation,
  mixture,
  most,
  rateEvidence,
  rateInflation,
  ratioEvidence,
  starts,
  window4,
} from './by-the-book.ts';

const K = 4;
// six windows: two more than the plan's
const WINDOWS: BookWindow[] = (
  [
    [500, 3, 4500, 22],
    [510, 6, 4480, 20],
    [490, 19, 4510, 25],
    [505, 0, 4490, 30],
    [700, 11, 2100, 0],
    [900, 9, 100, 1],
  ] as const
).map(window4);

const settingsOf = (more: Partial<ComparisonSettings> = {}): ComparisonSettings => ({
  profile: PROFILES.specification,
  margin: 1.25,
  horizonWindows: K,
  sAlpha: 0.007,
  eAlpha: 0.003,
  thresholds: 1,
  ...more,
});

/** The comparison after each window; `parts` makes the bad requests of further thresholds from those of the first. */
function logsAfter(settings: ComparisonSettings, parts: readonly number[] = [1], margins: readonly number[] = []) {
  const comparison = newComparison(settings);
  return WINDOWS.map(({ nc, xc, nb, xb }, k) => {
    const of = (bad: number) => parts.map(part => Math.floor(bad * part));
    const window = { canaryRequests: nc, canaryBad: of(xc), stableRequests: nb, stableBad: of(xb) };
    expect(stepComparison(comparison, window, margins[k])).toBe(true);
    return { logE: comparison.logE, logHealthy: comparison.logHealthy };
  });
}

/** E of the book after each window. */
const bookAfter = (book: (windows: BookWindow[]) => number): number[] =>
  WINDOWS.map((_, k) => book(WINDOWS.slice(0, k + 1)));

const expectLogs = (logs: readonly number[], values: readonly number[]) => {
  expect(logs).toHaveLength(values.length);
  for (const [k, log] of logs.entries()) expect(log).toBeCloseTo(Math.log(values[k] ?? Number.NaN), 9);
};
const eOf = (list: ReturnType<typeof logsAfter>) => list.map(({ logE }) => logE);
const part = (windows: readonly BookWindow[], share: number) =>
  windows.map(({ nc, xc, nb, xb }) => ({ nc, xc: Math.floor(xc * share), nb, xb: Math.floor(xb * share) }));

describe('E after each window is what the specification sums up', () => {
  it.each([
    ['specification', PROFILES.specification, 0.5, 0.15],
    ['information', PROFILES.information, 0.02, 0.3],
  ] as const)('for the profile %s', (_, profile, first, reserve) => {
    const logs = eOf(logsAfter(settingsOf({ profile })));
    expectLogs(
      logs,
      bookAfter(list => mixture(list, starts(first, reserve, K), (window, j) => ratioEvidence(window, 1.25, 1.25 * j))),
    );
  });

  it('with the guard, where each window is worth less and none more than the half that it may add', () => {
    const logs = eOf(logsAfter(settingsOf({ phi: [1.5], eAlpha: 0.25 })));
    const limit = most(0.25);
    const guarded = (window: BookWindow, j: number) =>
      Math.min(limit, ratioEvidence(window, 1.25, 1.25 * j) / inflation(1.5, window, 1.25));
    // the third window alone would add more: 19 of 44 for a tenth of the requests
    expect(guarded(WINDOWS[2] as BookWindow, 5)).toBe(limit);
    expectLogs(
      logs,
      bookAfter(list => mixture(list, starts(0.5, 0.15, K), guarded)),
    );
  });

  it('with a larger margin in some windows', () => {
    const margins = [8, 8, 1.25, 1.25, 1.25, 1.25];
    const logs = eOf(logsAfter(settingsOf(), [1], margins));
    expectLogs(
      logs,
      bookAfter(list =>
        mixture(list, starts(0.5, 0.15, K), (window, j, k) =>
          ratioEvidence(window, margins[k - 1] ?? 0, (margins[k - 1] ?? 0) * j),
        ),
      ),
    );
  });

  it('with a floor the smaller of the two, each with the start weights of an E-channel alone', () => {
    for (const [floor, phi] of [
      [0.004, undefined],
      [0.011, undefined],
      [0.011, 2],
    ] as const) {
      const logs = eOf(logsAfter(settingsOf({ profile: PROFILES.information, sAlpha: 0, floor, phi: phi && [phi] })));
      expectLogs(
        logs,
        bookAfter(list => {
          const cap = phi === undefined ? Number.POSITIVE_INFINITY : most(0.003);
          const compared = mixture(list, starts(0.5, 0.15, K), (window, j) =>
            Math.min(cap, ratioEvidence(window, 1.25, 1.25 * j) / (phi ? inflation(phi, window, 1.25) : 1)),
          );
          const above = mixture(list, starts(0.5, 0.15, K), (window, j) =>
            Math.min(cap, rateEvidence(window, floor, j) / (phi ? rateInflation(phi, window, floor) : 1)),
          );
          return Math.min(compared, above);
        }),
      );
    }
  });

  it('averaged over the thresholds, of which each has its own dispersion and the smaller with its floor', () => {
    const shares = [1, 0.5];
    const phis = [1.2, 4];
    const settings = { profile: PROFILES.information, thresholds: 2, phi: phis, floor: 0.009, eAlpha: 0.01 };
    const cap = most(0.01);
    expectLogs(
      eOf(logsAfter(settingsOf(settings), shares)),
      bookAfter(list => {
        const each = shares.map((share, t) => {
          const phi = phis[t] ?? 0;
          const compared = mixture(part(list, share), starts(0.5, 0.15, K), (window, j) =>
            Math.min(cap, ratioEvidence(window, 1.25, 1.25 * j) / inflation(phi, window, 1.25)),
          );
          const above = mixture(part(list, share), starts(0.5, 0.15, K), (window, j) =>
            Math.min(cap, rateEvidence(window, 0.009, j) / rateInflation(phi, window, 0.009)),
          );
          return Math.min(compared, above);
        });
        return ((each[0] ?? 0) + (each[1] ?? 0)) / 2;
      }),
    );
  });
});

describe('slow answers', () => {
  // a tenth and a twentieth of the stable version's answers are slow: above and below the 5 % of (c)
  const slow: BookWindow[] = (
    [
      [400, 60, 3600, 430],
      [410, 55, 3590, 350],
      [390, 70, 3610, 380],
    ] as const
  ).map(window4);
  const run = (windows: readonly BookWindow[], more: Partial<ComparisonSettings>) => {
    const comparison = newComparison(settingsOf({ margin: 1, thresholds: 2, sAlpha: 0, ...more }));
    return windows.map(({ nc, xc, nb, xb }) => {
      stepComparison(comparison, {
        canaryRequests: nc,
        canaryBad: [xc, Math.floor(xc / 4)],
        stableRequests: nb,
        stableBad: [xb, Math.floor(xb / 4)],
      });
      return comparison.logE;
    });
  };
  const book = (list: readonly BookWindow[], K_: number, bernoulliFrom: number) => {
    const each = [1, 0.25].map(share => {
      const counted = part(list, share);
      return mixture(counted, starts(0.5, 0.15, K_), (window, j, k) => {
        const before = counted.slice(0, k - 1);
        const rate = before.reduce((sum, { xb }) => sum + xb, 0) / before.reduce((sum, { nb }) => sum + nb, 0);
        return rate > bernoulliFrom ? bernoulliEvidence(window, rate, j) : ratioEvidence(window, 1, j);
      });
    });
    return ((each[0] ?? 0) + (each[1] ?? 0)) / 2;
  };

  it('are judged by the exact form from the second window on where more than 5 % are slow and the margin is 1', () => {
    expectLogs(
      run(slow, {}),
      slow.map((_, k) => book(slow.slice(0, k + 1), K, 0.05)),
    );
  });

  it('are judged by the ratio at 5 % exactly, and where all were slow so far', () => {
    const border = [window4([400, 20, 3600, 180]), window4([400, 30, 3600, 200])];
    expectLogs(
      run(border, {}),
      border.map((_, k) => book(border.slice(0, k + 1), K, 0.05)),
    );
    const all = [window4([40, 40, 360, 360]), window4([40, 30, 360, 200])];
    // of the second threshold a quarter was slow: that one is judged by the exact form
    const byRatio = mixture(all, starts(0.5, 0.15, K), (window, j) => ratioEvidence(window, 1, j));
    const exact = mixture(part(all, 0.25), starts(0.5, 0.15, K), (window, j, k) =>
      k === 1 ? ratioEvidence(window, 1, j) : bernoulliEvidence(window, 0.25, j),
    );
    expectLogs(run(all, {}).slice(1), [(byRatio + exact) / 2]);
  });

  it('are judged by the ratio with a margin above 1, and where there is one threshold alone', () => {
    const byRatio = (list: readonly BookWindow[], w0: number) => {
      const each = [1, 0.25].map(share =>
        mixture(part(list, share), starts(0.5, 0.15, K), (window, j) => ratioEvidence(window, w0, w0 * j)),
      );
      return ((each[0] ?? 0) + (each[1] ?? 0)) / 2;
    };
    expectLogs(
      run(slow, { margin: 1.25 }),
      slow.map((_, k) => byRatio(slow.slice(0, k + 1), 1.25)),
    );
    const one = newComparison(settingsOf({ margin: 1 }));
    for (const { nc, xc, nb, xb } of slow)
      stepComparison(one, { canaryRequests: nc, canaryBad: [xc], stableRequests: nb, stableBad: [xb] });
    expectLogs([one.logE], [mixture(slow, starts(0.5, 0.15, K), (window, j) => ratioEvidence(window, 1, j))]);
  });
});

describe('evidence that the canary is no worse', () => {
  const healthOf = (list: ReturnType<typeof logsAfter>) => list.map(({ logHealthy }) => logHealthy);

  it('is about the whole time, against alternatives below the margin of non-inferiority only', () => {
    for (const nonInferiority of [2, 1.3, 1.25]) {
      expectLogs(
        healthOf(logsAfter(settingsOf({ nonInferiority }))),
        bookAfter(list => healthy(list, nonInferiority)),
      );
    }
  });

  it('is divided by the noise at that margin, and of several thresholds the smallest counts', () => {
    const settings = settingsOf({ nonInferiority: 2, thresholds: 2, phi: [1.5, 3] });
    expectLogs(
      healthOf(logsAfter(settings, [1, 0.25])),
      bookAfter(list => Math.min(healthy(list, 2, 1.5), healthy(part(list, 0.25), 2, 3))),
    );
  });

  it('is none where it is not asked for', () => {
    expect(healthOf(logsAfter(settingsOf()))).toEqual(WINDOWS.map(() => 0));
  });
});

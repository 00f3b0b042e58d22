import { describe, expect, it } from 'vitest';
import { seenOf } from '../../../../domain/judges/sequential/seen-windows.ts';
import {
  addToEnds,
  alarmText,
  comparedText,
  oddsText,
  type StrongestEnds,
  strongestSuffix,
  totalsIn,
  windowsPhrase,
} from '../../../../domain/judges/sequential/words.ts';
import type { Measure } from '../../../../domain/sources/measure.ts';
import { DEFAULT_PROFILE } from '../../../../domain/statistics/sequential/profile.ts';
import { counts, MINUTE, NOON } from '../records.ts';

describe('numbers in a sentence', () => {
  it.each([
    [0.37, '0.37 to 1'],
    [1, '1 to 1'],
    [7.73, '7.7 to 1'],
    [123.4, '123 to 1'],
    [999.7, '1,000 to 1'],
    [1234, '1,200 to 1'],
    [20_123, '20,000 to 1'],
    [1e12, '1,000,000,000,000 to 1'],
    [1.01e12, 'more than 1,000,000,000,000 to 1'],
    [1e300, 'more than 1,000,000,000,000 to 1'],
  ])('odds of %d are told with two or three digits', (odds, text) => expect(oddsText(Math.log(odds))).toBe(text));

  it.each([
    [1, 30, 'in 1 window (30 s)'],
    [3, 15, 'in 3 windows (45 s)'],
    [1, 60, 'in 1 window (1 min)'],
    [2, 45, 'in 2 windows (1.5 min)'],
    [12, 60, 'in 12 windows (12 min)'],
  ])('%d windows of %d s', (windows, seconds, text) => expect(windowsPhrase(windows, seconds)).toBe(text));
});

/** A window at the n-th minute. */
const scored = (n: number, [nc, xc]: [number, number], [nb, xb]: [number, number]) => ({
  startEpochMs: NOON + n * MINUTE,
  canary: counts(nc, xc),
  stable: counts(nb, xb),
});

describe('what was seen', () => {
  it('is summed up by version and threshold', () => {
    const windows = [
      { startEpochMs: NOON, canary: counts(480, 5, 1), stable: counts(9520, 95, 19) },
      { startEpochMs: NOON + MINUTE, canary: counts(20, 2, 1), stable: { requests: 0, bad: [] } },
    ];
    const requests = { canaryRequests: 500, stableRequests: 9520 };
    const seen = seenOf(windows, 2, () => 1.25);
    expect(totalsIn(seen, 0)).toEqual({ ...requests, canaryBad: 7, stableBad: 95 });
    expect(totalsIn(seen, 1)).toEqual({ ...requests, canaryBad: 2, stableBad: 19 });
  });

  const totals = { canaryRequests: 480, canaryBad: 12, stableRequests: 9520, stableBad: 31 };
  it.each<[Measure, number, string]>([
    [{ kind: 'failedRequests' }, 0, 'failed'],
    [{ kind: 'target5xxAndConnectionErrors' }, 0, 'got a 5xx or no connection'],
    [{ kind: 'target4xx' }, 0, 'got a 4xx'],
    [{ kind: 'target3xx' }, 0, 'got a 3xx'],
    [{ kind: 'slowerThan', thresholdsSeconds: [0.3, 1] }, 1, 'took longer than 1 s'],
    [{ kind: 'histogram', buckets: 'b', thresholdsSeconds: [0.3, 1] }, 0, 'took longer than 300 ms'],
    [{ kind: 'counters', requests: 'r', bad: 'b' }, 0, 'were bad'],
  ])('%j says what the requests did', (measure, threshold, action) => {
    // 12/480 = 2.5 %, 31/9520 = 0.3256 %
    expect(comparedText(measure, totals, threshold)).toBe(
      `12 of 480 canary requests ${action}, 31 of 9,520 of stable (7.7 times the rate)`,
    );
  });

  it.each([
    [5, 95, '5 of 480 canary requests failed, 95 of 9,520 of stable (the same rate)'],
    [0, 31, '0 of 480 canary requests failed, 31 of 9,520 of stable (0 times the rate)'],
    [3, 0, '3 of 480 canary requests failed, 0 of 9,520 of stable'],
    [0, 0, '0 of 480 canary requests failed, 0 of 9,520 of stable'],
  ])('%d bad ones against %d', (canaryBad, stableBad, text) => {
    expect(comparedText({ kind: 'failedRequests' }, { ...totals, canaryBad, stableBad }, 0)).toBe(text);
  });
});

describe('the end of the windows that makes the strongest case', () => {
  const settings = { profile: DEFAULT_PROFILE, margin: 1.25, horizonWindows: 30, sAlpha: 0, eAlpha: 1, thresholds: 1 };
  const like = (n: number) => scored(n, [480, 5], [9520, 95]);
  const worse = (n: number) => scored(n, [480, 40], [9520, 95]);
  const startsOf = (windows: ReturnType<typeof scored>[], threshold = 0) => {
    const ends: StrongestEnds = [];
    for (const window of windows) addToEnds(ends, window, threshold, settings);
    const end = strongestSuffix(ends);
    const told = windows.slice(-end.windows);
    const bad = told.reduce((sum, { canary }) => sum + (canary.bad[threshold] ?? 0), 0);
    expect(end).toMatchObject({ windows: told.length, canaryBad: bad, stableRequests: sumOfStable(told) });
    return told.map(({ startEpochMs }) => (startEpochMs - NOON) / MINUTE);
  };
  const sumOfStable = (windows: ReturnType<typeof scored>[]) =>
    windows.reduce((sum, { stable }) => sum + stable.requests, 0);

  it('is what was bad since it began', () => {
    expect(startsOf([like(0), like(1), worse(2), worse(3)])).toEqual([2, 3]);
    expect(startsOf([worse(0), worse(1)])).toEqual([0, 1]);
    expect(startsOf([like(0), like(1)])).toEqual([1]);
  });

  it('takes in a little against it where there is more for it before', () => {
    // at 5 times the margin, 20 of 40 on 5 % of the requests is 20 ln 5 - 40 ln(1.2625/1.0125) = 23.4, on half of them
    // 20 ln 5 - 40 ln(3.625/1.125) = -14.6
    const five = (n: number) => scored(n, [500, 20], [9500, 20]);
    const half = (n: number) => scored(n, [5000, 20], [5000, 20]);
    expect(startsOf([half(0), five(1)])).toEqual([1]);
    expect(startsOf([five(0), half(1), five(2)])).toEqual([0, 1, 2]);
  });

  it('adds up what the windows say', () => {
    expect(startsOf([scored(0, [480, 15], [9520, 95]), worse(1)])).toEqual([0, 1]);
  });

  it('does not begin with a window in which nothing failed', () => {
    expect(startsOf([scored(0, [480, 0], [9520, 0]), worse(1)])).toEqual([1]);
  });

  it('goes by the threshold that is told', () => {
    const two = (n: number, second: number) => ({
      startEpochMs: NOON + n * MINUTE,
      canary: counts(480, 40, second),
      stable: counts(9520, 95, 95),
    });
    expect(startsOf([two(0, 5), two(1, 40)], 1)).toEqual([1]);
    expect(startsOf([two(0, 5), two(1, 40)], 0)).toEqual([0, 1]);
  });
});

describe('how sure an alarm is', () => {
  const settings = { margin: 1.25, sAlpha: 0.0084, ceiling: 0.0135 };
  const text = (channel: 'e' | 's' | 'ceiling', odds: number) =>
    alarmText(
      {
        metric: 'errors',
        channel,
        evidence: {
          ...{ metric: 'errors', startEpochMs: NOON, endEpochMs: NOON + MINUTE, scored: 'comparison', k: 1 },
          ...{ logE: Math.log(odds), logELimit: Math.log(625), logRelease: 0.1 },
          ...{ x: 1204, boundary: 1150, spent: 1 / 1239.3 },
          ...{ logCeiling: Math.log(odds), logCeilingLimit: Math.log(500), logHealthy: 0, logHealthyLimit: 3 },
        },
      },
      settings,
    );

  it('is told by its odds and their limit', () => {
    expect(text('e', 20_123)).toBe('odds against chance 20,000 to 1 (limit 625 to 1)');
    expect(text('e', 625)).toBe('odds against chance 625 to 1 (limit 625 to 1)');
  });

  it('says where it took the other metrics too', () => {
    expect(text('e', 400)).toBe(
      'odds against chance 400 to 1 (limit of this metric alone 625 to 1), too much together with the other metrics',
    );
  });

  it('is told by the count that chance would have brought', () => {
    // 1/0.0084 = 119.05
    expect(text('s', 1)).toBe(
      '1,204 bad ones since the start; a canary at the margin of 1.25 times has 1,150 or more in 1 of 1,239 releases (limit 1 of 119)',
    );
  });

  it('names the ceiling', () => {
    expect(text('ceiling', 900)).toBe('above the ceiling of 1.35 %, odds against chance 900 to 1 (limit 500 to 1)');
  });
});

import { describe, expect, it } from 'vitest';
import { PROFILES } from '../../../../domain/statistics/sequential/profile.ts';
import {
  addTraffic,
  noTraffic,
  type TrafficWindow,
  trafficShareIn,
} from '../../../../domain/statistics/sequential/traffic-share.ts';

const of = (canaryRequests: number, stableRequests: number, weight: number): TrafficWindow => ({
  canaryRequests,
  stableRequests,
  weight,
});
/** docs/statistics.md (d): alternatives to a share of 3/4 of the weight, evidence divided by 3, evenly mixed. */
const logBook = (windows: readonly TrafficWindow[]): number => {
  const parts = [0.75, 0.5, 0.25, 0.1, 0.01].map(part =>
    windows.reduce((sum, { canaryRequests, stableRequests, weight }) => {
      const [least, less] = [0.75 * weight, 0.75 * weight * part];
      const log = canaryRequests * Math.log(less / least) + stableRequests * Math.log((1 - less) / (1 - least));
      return sum + log / 3;
    }, 0),
  );
  return Math.log(parts.reduce((sum, log) => sum + Math.exp(log), 0) / 5);
};
/** The same of a share of at most 5/4 of the weight, or of 1 - 3/4 of stable's: alternatives by which it is so many times larger. */
const logBookOfMore = (windows: readonly TrafficWindow[]): number => {
  const parts = [0.75, 0.5, 0.25, 0.1, 0.01].map(part =>
    windows.reduce((sum, { canaryRequests, stableRequests, weight }) => {
      const most = Math.min(1.25 * weight, 1 - 0.75 * (1 - weight));
      const more = most / part < 1 ? most / part : 1 - (1 - most) * part;
      const log = canaryRequests * Math.log(more / most) + stableRequests * Math.log((1 - more) / (1 - most));
      return sum + log / 3;
    }, 0),
  );
  return Math.log(parts.reduce((sum, log) => sum + Math.exp(log), 0) / 5);
};
function shareOf(windows: readonly TrafficWindow[]) {
  const sums = noTraffic(PROFILES.specification);
  for (const window of windows) addTraffic(sums, window, PROFILES.specification);
  return trafficShareIn(sums, PROFILES.specification);
}

describe('the traffic that reaches the canary', () => {
  it.each([
    ['as its weight says', [of(50, 950, 0.05)]],
    ['less in one window, and at another weight in the next', [of(20, 980, 0.05), of(180, 820, 0.25)]],
    ['nothing', [of(0, 300, 0.05)]],
    ['everything', [of(300, 0, 0.05)]],
  ])('is weighed by the sum of the specification: %s', (_, windows: TrafficWindow[]) => {
    expect(shareOf(windows).logE).toBeCloseTo(Math.max(logBook(windows), logBookOfMore(windows)), 10);
  });

  it('is too little at odds of 100 to 1, not before', () => {
    const none = (n: number) => shareOf([of(0, n, 0.1)]);
    let n = 1;
    while (logBook([of(0, n, 0.1)]) < Math.log(100)) n += 1;
    expect(none(n - 1).wrong).toBeUndefined();
    expect(none(n).wrong).toBe('tooLittle');
  });

  it.each([
    [0.1, 970, 30],
    [0.1, 300, 700],
    [0.01, 60, 940],
    [0.5, 800, 200],
    [0.9, 1000, 0],
  ])('is too much where the canary of weight %d got %d requests, and stable %d', (weight, canary, stable) => {
    expect(shareOf([of(canary, stable, weight)]).wrong).toBe('tooMuch');
  });

  it.each([0.01, 0.1, 0.5, 0.9, 0.99])('is neither where it is as the weight %d says, however many windows', weight => {
    const windows = Array.from({ length: 200 }, () => of(1000 * weight, 1000 * (1 - weight), weight));
    expect(shareOf(windows).wrong).toBeUndefined();
  });

  it('is at most once in a hundred too much by chance at the edge of what is allowed, at odds of 100 to 1', () => {
    let n = 1;
    while (logBookOfMore([of(n, 0, 0.1)]) < Math.log(100)) n += 1;
    expect(shareOf([of(n - 1, 0, 0.1)]).wrong).toBeUndefined();
    expect(shareOf([of(n, 0, 0.1)]).wrong).toBe('tooMuch');
  });

  it('goes on from what an older version kept, which counted one side only', () => {
    const { logsMore: _, ...older } = noTraffic(PROFILES.specification);
    addTraffic(older, of(970, 30, 0.1), PROFILES.specification);
    expect(trafficShareIn(older, PROFILES.specification).wrong).toBe('tooMuch');
  });

  it('is told as what it got, of how many, and what the weights would have given it', () => {
    expect(shareOf([of(20, 980, 0.05), of(180, 820, 0.25)])).toMatchObject({
      canaryRequests: 200,
      requests: 2000,
      expectedRequests: 300,
    });
  });

  it.each([
    ['at weight 0', of(0, 5000, 0)],
    ['at weight 100', of(5000, 0, 1)],
    ['without a request', of(0, 0, 0.5)],
  ])('says nothing %s', (_, window) => {
    const told = { canaryRequests: 0, requests: 0, expectedRequests: 0 };
    expect(shareOf([window])).toMatchObject(told);
    expect(shareOf([window]).logE).toBeCloseTo(0, 12);
    expect(shareOf([window, of(20, 980, 0.05)])).toEqual(shareOf([of(20, 980, 0.05)]));
  });

  it('says nothing before the first window', () => {
    expect(shareOf([])).toEqual({ logE: 0, canaryRequests: 0, requests: 0, expectedRequests: 0 });
  });

  it('stays a number at 10^9 requests', () => {
    const far = shareOf([of(9e8, 1e8, 0.001)]);
    expect(far.wrong).toBe('tooMuch');
    expect(Number.isFinite(far.logE)).toBe(true);
    expect(shareOf([of(1e6, 999e6, 0.999)]).wrong).toBe('tooLittle');
  });
});

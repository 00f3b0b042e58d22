import { expect, it } from 'vitest';
import { normalUpperTail } from '../../../../domain/statistics/kayenta/normal.ts';
import { wouldFind } from '../../../../domain/statistics/sequential/power.ts';
import { PROFILES } from '../../../../domain/statistics/sequential/profile.ts';
import { newSChannel, stepSChannel } from '../../../../domain/statistics/sequential/s-channel.ts';
import { K, settingsOf } from './book-power.ts';

/** Counts that are followed together by the oracle. */
const STEP = 4;

/** The chance that normal counts get to one of the boundaries: their law on a grid around the mean, window by window. */
function normalPower(windows: readonly { mean: number; deviation: number; boundary: number }[]): number {
  // masses by how many steps the sum is above its mean so far
  let live = new Map([[0, 1]]);
  let [found, mean] = [0, 0];
  for (const window of windows) {
    mean += window.mean;
    const reach = Math.ceil((6 * window.deviation) / STEP);
    const tail = (step: number) => normalUpperTail(((step - 0.5) * STEP) / window.deviation);
    const law = Array.from(
      { length: 2 * reach + 1 },
      (_, i) => [i - reach, tail(i - reach) - tail(i - reach + 1)] as const,
    );
    const next = new Map<number, number>();
    for (const [at, mass] of live)
      for (const [more, part] of law) {
        if (mean + (at + more) * STEP >= window.boundary) found += mass * part;
        else next.set(at + more, (next.get(at + more) ?? 0) + mass * part);
      }
    live = next;
  }
  return found;
}

it('the chance to have found a fault is hardly another on cells, where there are very many failures', () => {
  // 40,000, 100,000 and 200,000 bad ones, a quarter of them the canary's: deviations of 87, 162 and 252 together
  const counts = [40_000, 100_000, 200_000];
  const ratio = 1.015;
  const share = (0.25 * ratio) / (1 + 0.25 * (ratio - 1));
  const channel = newSChannel();
  let expected = 0;
  const steps = counts.map((bad, k) => {
    expected += bad / 4;
    stepSChannel(channel, 0, bad, 0.25, 1, 0.007 * PROFILES.specification.spending(k + 1, K, expected));
    return { mean: bad * share, deviation: Math.sqrt(bad * share * (1 - share)), boundary: channel.boundary };
  });
  expect(channel.cell).toBe(2);
  // a rate of 1 % of so many requests that the fault's failures are counted too
  const windows = counts.map(bad => {
    const requests = bad / 0.01 / (1 + 0.25 * (ratio - 1));
    return { canaryRequests: requests / 4, stableRequests: (3 * requests) / 4, margin: 1 };
  });
  const found = (power: number) =>
    wouldFind(settingsOf({ margin: 1 }), windows, { rates: [0.01], faulty: [0.01 * ratio] }, power);
  const book = normalPower(steps);
  expect(book).toBeGreaterThan(0.2);
  expect(book).toBeLessThan(0.8);
  expect(found(book - 0.015)).toBe(true);
  expect(found(book + 0.015)).toBe(false);
});

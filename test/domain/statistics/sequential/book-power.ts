import type { ComparisonSettings } from '../../../../domain/statistics/sequential/comparison.ts';
import { inflationOf } from '../../../../domain/statistics/sequential/dispersion.ts';
import type { SeenWindow } from '../../../../domain/statistics/sequential/power.ts';
import { PROFILES } from '../../../../domain/statistics/sequential/profile.ts';
import { newSChannel, stepSChannel } from '../../../../domain/statistics/sequential/s-channel.ts';
import { inflation, theta } from './by-the-book.ts';

/** The plan's K of these tests. */
export const K = 4;
export const settingsOf = (more: Partial<ComparisonSettings> = {}): ComparisonSettings => ({
  profile: PROFILES.specification,
  margin: 1.25,
  horizonWindows: K,
  sAlpha: 0.007,
  eAlpha: 0.003,
  thresholds: 1,
  ...more,
});
export const times = (count: number, canaryRequests: number, stableRequests: number, margin = 1.25): SeenWindow[] =>
  Array.from({ length: count }, () => ({ canaryRequests, stableRequests, margin }));

/** P(X = x), x from 0, of the binomial or the beta-binomial, by the recurrence of neighbours. */
function lawOf(m: number, share: number, noise: number): Float64Array {
  if (share === 1) return Float64Array.from({ length: m + 1 }, (_, x) => (x === m ? 1 : 0));
  // all or none: the variance of m together cannot be more
  if (noise >= m && m > 1)
    return Float64Array.from({ length: m + 1 }, (_, x) => (x === 0 ? 1 - share : x === m ? share : 0));
  const size = noise === 1 || m <= 1 ? 0 : (m - 1) / (noise - 1) - 1;
  const [a, b] = [share * size, (1 - share) * size];
  const logs = [0];
  for (let x = 0; x < m; x += 1) {
    const ratio =
      size === 0 ? ((m - x) * share) / ((x + 1) * (1 - share)) : ((m - x) * (a + x)) / ((x + 1) * (b + m - 1 - x));
    logs.push((logs[x] ?? 0) + Math.log(ratio));
  }
  const highest = logs.reduce((one, other) => Math.max(one, other));
  const law = Float64Array.from(logs, log => Math.exp(log - highest));
  const total = law.reduce((sum, one) => sum + one, 0);
  return law.map(one => one / total);
}

/** Standard normal quantiles at 95, 85, 75, 65 and 55 % (Abramowitz and Stegun, table 26.5 and 26.6). */
const Z = [1.644853627, 1.036433389, 0.67448975, 0.385320466, 0.125661347];

/** Of all paths together: where failures are few, the mean over ten quantiles of their number, the fewest first. */
export function bookPower(windows: readonly SeenWindow[], rate: number, faulty: number, phi?: number): number {
  const all = windows.reduce((sum, one) => sum + rate * one.stableRequests + faulty * one.canaryRequests, 0);
  if (all >= 60) return powerOfPath(windows, rate, faulty, phi);
  const noise = phi ?? 1;
  // Cornish and Fisher's first correction for the skewness of a Poisson count
  const counts = [...Z.map(z => -z), ...Z.toReversed()].map(z =>
    Math.max(0, all + z * Math.sqrt(all * noise) + (noise * (z * z - 1)) / 6),
  );
  return counts.reduce((sum, count) => sum + powerOfPath(windows, rate, faulty, phi, count / all), 0) / counts.length;
}

/** The chance that such a canary's failures are at the boundary in as many windows as it takes. */
function powerOfPath(windows: readonly SeenWindow[], rate: number, faulty: number, phi?: number, part = 1): number {
  const channel = newSChannel();
  const needed = phi === undefined ? 1 : 2;
  let layers = Array.from({ length: needed }, (_, i) => new Map(i === 0 ? [[0, 1]] : []));
  let [found, carried, expected] = [0, 0, 0];
  for (const [k, { canaryRequests: nc, stableRequests: nb, margin }] of windows.entries()) {
    const wanted = carried + part * (rate * nb + faulty * nc);
    const m = Math.round(wanted);
    carried = wanted - m;
    const counted = { nc, xc: m, nb, xb: 0 };
    const noiseAt = (w: number) => (phi === undefined ? 1 : inflation(phi, counted, w));
    const healthy = theta(counted, margin);
    expected += (m * healthy) / noiseAt(margin);
    const spent = PROFILES.specification.spending(k + 1, K, expected);
    stepSChannel(channel, 0, m, healthy, noiseAt(margin), 0.007 * spent);
    const share = (faulty * nc) / (rate * nb + faulty * nc);
    const noise = phi === undefined ? 1 : inflationOf(phi, 0.1, m, share);
    const law = [...lawOf(m, share, noise).entries()].filter(([, p]) => p > 1e-13);
    const next = layers.map(() => new Map<number, number>());
    for (const [i, layer] of layers.entries())
      for (const [x, mass] of layer)
        for (const [more, p] of law) {
          const crossed = x + more >= channel.boundary;
          if (crossed && i + 1 === needed) found += mass * p;
          else {
            const to = next[crossed ? i + 1 : i];
            to?.set(x + more, (to.get(x + more) ?? 0) + mass * p);
          }
        }
    layers = next;
  }
  return found;
}

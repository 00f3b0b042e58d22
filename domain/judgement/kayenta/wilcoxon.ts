import { normalQuantile, normalUpperTail } from './normal.ts';
import { averageRanks, tieSum } from './ranks.ts';

/** The shift of x against y: x is like y + estimate, and between low and high with the confidence asked for. */
export interface Shift {
  low: number;
  high: number;
  /** Hodges and Lehmann's: the median of all differences x - y. */
  estimate: number;
}

/** R uses the exact distribution for samples smaller than this, where there are no ties. */
const EXACT_BELOW = 50;

/** U: how many pairs have x above y, a tie counting half. */
export function uStatistic(x: readonly number[], y: readonly number[]): number {
  const ranks = averageRanks([...x, ...y]);
  let sum = 0;
  for (let index = 0; index < x.length; index += 1) sum += ranks[index] ?? 0;
  return sum - (x.length * (x.length + 1)) / 2;
}

/**
 * Two-sided p-value of the Mann-Whitney (Wilcoxon rank-sum) test, as R's wilcox.test(x, y) gives it: exact for samples
 * below 50 without ties, else the normal approximation with ties in its variance and a continuity correction.
 * NaN where a sample is empty or all values are equal.
 */
export function mannWhitneyP(
  x: readonly number[],
  y: readonly number[],
  method: 'auto' | 'exact' | 'normal' = 'auto',
): number {
  const [m, n] = [x.length, y.length];
  const u = uStatistic(x, y);
  const ties = tieSum(Float64Array.from([...x, ...y]).sort());
  if (m === 0 || n === 0) return Number.NaN;
  if (method === 'exact' || (method === 'auto' && m < EXACT_BELOW && n < EXACT_BELOW && ties === 0)) {
    const cumulated = cumulativeU(m, n);
    const least = Math.min(Math.floor(u), Math.floor(m * n - u));
    return Math.min(1, 2 * (cumulated[least] ?? 1));
  }
  const sigma = Math.sqrt(((m * n) / 12) * (m + n + 1 - ties / ((m + n) * (m + n - 1))));
  const distance = u - (m * n) / 2;
  const z = (distance - Math.sign(distance) * 0.5) / sigma;
  return sigma === 0 ? Number.NaN : Math.min(1, 2 * normalUpperTail(Math.abs(z)));
}

/**
 * P(U <= u) for u = 0 … m n without ties, by the recursion of Mann and Whitney (1947): the largest value is an x with
 * probability m / (m + n), and then above all n of y. Sums of positive terms only, so nothing cancels.
 */
export function cumulativeU(m: number, n: number): Float64Array {
  // law[j] is that of U for i of x and j of y; i grows in the loop.
  let law: Float64Array[] = Array.from({ length: n + 1 }, () => Float64Array.of(1));
  for (let i = 1; i <= m; i += 1) {
    const next: Float64Array[] = [Float64Array.of(1)];
    for (let j = 1; j <= n; j += 1) {
      const [withX, withY] = [law[j] ?? new Float64Array(), next[j - 1] ?? new Float64Array()];
      const both = new Float64Array(i * j + 1);
      for (let u = 0; u < withX.length; u += 1) both[u + j] = (i / (i + j)) * (withX[u] ?? 0);
      for (let u = 0; u < withY.length; u += 1) both[u] = (both[u] ?? 0) + (j / (i + j)) * (withY[u] ?? 0);
      next.push(both);
    }
    law = next;
  }
  const cumulated = law[n] ?? Float64Array.of(1);
  for (let u = 1; u < cumulated.length; u += 1) cumulated[u] = (cumulated[u] ?? 0) + (cumulated[u - 1] ?? 0);
  return cumulated;
}

/** All x - y, ascending. */
export function differencesOf(x: readonly number[], y: readonly number[]): Float64Array {
  const differences = new Float64Array(x.length * y.length);
  let at = 0;
  for (const a of x) for (const b of y) differences[at++] = a - b;
  return differences.sort();
}

/** R's exact interval (wilcox.test with conf.int, no ties): the differences at the quantiles of U. */
export function exactShift(x: readonly number[], y: readonly number[], confidence: number): Shift {
  const differences = differencesOf(x, y);
  const cumulated = cumulativeU(x.length, y.length);
  // R's qwilcox: the smallest u with P(U <= u) >= alpha / 2, a hair less for rounding; and never 0.
  const found = cumulated.findIndex(p => p >= (1 - confidence) / 2 - 1e-14);
  const quantile = Math.max(1, found);
  return {
    low: differences[quantile - 1] ?? Number.NaN,
    high: differences[differences.length - quantile] ?? Number.NaN,
    estimate: medianOf(differences),
  };
}

const medianOf = (sorted: Float64Array): number => {
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? Number.NaN) + (sorted[Math.floor(half)] ?? Number.NaN)) / 2;
};

/**
 * R's and Kayenta's interval by the normal approximation (kayenta-mannwhitney, MannWhitney.scala): the shifts mu at which
 * the z of x - mu against y, with ties in its variance and a continuity correction, falls through the quantile. That z
 * falls in steps at the differences x - y, so the ends are differences: R and Kayenta look for them with a root finder to
 * 1e-4, here they are exact. Between two differences no x - mu equals a y, so z there is a matter of counting.
 * @throws RangeError a sample is empty
 */
export function normalShift(x: readonly number[], y: readonly number[], confidence: number): Shift {
  if (x.length === 0 || y.length === 0) throw new RangeError('a shift between samples of which one is empty');
  const differences = differencesOf(x, y);
  const pairs = differences.length;
  const at = (count: number): number => differences[Math.min(pairs, Math.max(1, count)) - 1] ?? Number.NaN;
  const [least, most] = [at(1), at(pairs)];
  const estimate = medianOf(differences);
  // All of x equal and all of y: Kayenta adds a noise of 1e-5, whose interval is this in the limit.
  if (least === most) return { low: least, high: most, estimate };
  const samples = samplesOf(x, y);
  const z = normalQuantile(1 - (1 - confidence) / 2);
  const width = z * sigmaOf(samples, samples.ties);
  // Behind the k-th difference U is pairs - k: the first k at which its z is not above the quantile.
  const low = zAtEnd(samples, 'least') <= z ? least : at(Math.ceil(pairs / 2 - 0.5 - width));
  const high = zAtEnd(samples, 'most') >= -z ? most : at(Math.ceil(pairs / 2 + 0.5 + width));
  return { low, high, estimate };
}

interface Samples {
  m: number;
  n: number;
  x: Float64Array;
  y: Float64Array;
  /** Sum of t^3 - t over the ties within x and within y. */
  ties: number;
}

function samplesOf(x: readonly number[], y: readonly number[]): Samples {
  const [a, b] = [Float64Array.from(x).sort(), Float64Array.from(y).sort()];
  return { m: a.length, n: b.length, x: a, y: b, ties: tieSum(a) + tieSum(b) };
}

const sigmaOf = ({ m, n }: Samples, ties: number): number =>
  Math.sqrt(((m * n) / 12) * (m + n + 1 - ties / ((m + n) * (m + n - 1))));

/** z at the least difference, where the least of x - mu equals the greatest of y; or at the most, where it is the other way. */
function zAtEnd(samples: Samples, end: 'least' | 'most'): number {
  const { m, n, x, y } = samples;
  const [xEnd, yEnd] = end === 'least' ? [x[0], y.at(-1)] : [x.at(-1), y[0]];
  const inX = x.filter(value => value === xEnd).length;
  const inY = y.filter(value => value === yEnd).length;
  const cubed = (t: number): number => t ** 3 - t;
  const ties = samples.ties - cubed(inX) - cubed(inY) + cubed(inX + inY);
  const above = end === 'least' ? m * n - (inX * inY) / 2 : (inX * inY) / 2;
  const distance = above - (m * n) / 2;
  return (distance - Math.sign(distance) * 0.5) / sigmaOf(samples, ties);
}

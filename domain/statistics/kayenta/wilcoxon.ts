import { normalQuantile } from './normal.ts';
import { percentileOfSorted } from './percentile.ts';

/** The shift of x against y: x is like y + estimate, and between low and high with the confidence asked for. */
export interface Shift {
  low: number;
  high: number;
  /** Hodges and Lehmann's: the median of all differences x - y. */
  estimate: number;
}

/** U: how many pairs have x above y, a tie counting half. */
export function uStatistic(x: readonly number[], y: readonly number[]): number {
  let u = 0;
  for (const a of x) for (const b of y) u += a > b ? 1 : a === b ? 0.5 : 0;
  return u;
}

/** All x - y, ascending. */
function differencesOf(x: readonly number[], y: readonly number[]): Float64Array {
  const differences = new Float64Array(x.length * y.length);
  let at = 0;
  for (const a of x) for (const b of y) differences[at++] = a - b;
  return differences.sort();
}

/**
 * R's and Kayenta's interval by the normal approximation (kayenta-mannwhitney, MannWhitney.scala): the shifts mu at which
 * the z of x - mu against y, with ties in its variance and a continuity correction, falls through the quantile. That z
 * falls in steps at the differences x - y, so the ends are differences: R and Kayenta look for them with a root finder to
 * 1e-4, here they are exact. Between two differences no x - mu equals a y, so z there is a matter of counting.
 *
 * R looks at z at the least and at the most difference first, where values of x and y tie. That moves no end: with c pairs
 * at the least difference, z there not above the quantile means that k is at most c / 2, and the first c differences are
 * one and the same; at the most likewise. All of x equal and all of y: all differences are one (Kayenta adds a noise of
 * 1e-5, whose interval is this in the limit).
 * @throws RangeError a sample is empty
 */
export function normalShift(x: readonly number[], y: readonly number[], confidence: number): Shift {
  if (x.length === 0 || y.length === 0) throw new RangeError('a shift between samples of which one is empty');
  const differences = differencesOf(x, y);
  const pairs = differences.length;
  const at = (count: number): number => differences[Math.min(pairs, Math.max(1, count)) - 1] ?? Number.NaN;
  const width = normalQuantile(1 - (1 - confidence) / 2) * sigmaOf(x, y);
  // Behind the k-th difference U is pairs - k: the first k at which its z is not above the quantile.
  return {
    low: at(Math.ceil(pairs / 2 - 0.5 - width)),
    high: at(Math.ceil(pairs / 2 + 0.5 + width)),
    estimate: percentileOfSorted(differences, 50),
  };
}

/** Standard deviation of U, less what the ties within x and within y take from it. */
function sigmaOf(x: readonly number[], y: readonly number[]): number {
  const [m, n] = [x.length, y.length];
  return Math.sqrt(((m * n) / 12) * (m + n + 1 - (tieSum(x) + tieSum(y)) / ((m + n) * (m + n - 1))));
}

/** Sum of t^3 - t over the groups of t equal values. */
function tieSum(values: readonly number[]): number {
  const sizes = new Map<number, number>();
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  return [...sizes.values()].reduce((sum, t) => sum + t ** 3 - t, 0);
}

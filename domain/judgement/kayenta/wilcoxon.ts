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
 * @throws RangeError a sample is empty
 */
export function normalShift(x: readonly number[], y: readonly number[], confidence: number): Shift {
  if (x.length === 0 || y.length === 0) throw new RangeError('a shift between samples of which one is empty');
  const differences = differencesOf(x, y);
  const pairs = differences.length;
  const at = (count: number): number => differences[Math.min(pairs, Math.max(1, count)) - 1] ?? Number.NaN;
  const [least, most] = [at(1), at(pairs)];
  const estimate = percentileOfSorted(differences, 50);
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

/** What t equal values take from the variance. */
const tiesOf = (t: number): number => t ** 3 - t;

/** The sum of it over the groups of equal values. */
function tieSum(values: Float64Array): number {
  const sizes = new Map<number, number>();
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  return [...sizes.values()].reduce((sum, t) => sum + tiesOf(t), 0);
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
  const ties = samples.ties - tiesOf(inX) - tiesOf(inY) + tiesOf(inX + inY);
  const above = end === 'least' ? m * n - (inX * inY) / 2 : (inX * inY) / 2;
  const distance = above - (m * n) / 2;
  return (distance - Math.sign(distance) * 0.5) / sigmaOf(samples, ties);
}

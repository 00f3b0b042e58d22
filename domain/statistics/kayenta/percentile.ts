/** Hyndman and Fan's type 7 (R's default): linear between the two neighbours. NaN of nothing. @param percent 0 to 100 */
export const percentileOf = (values: readonly number[], percent: number): number =>
  percentileOfSorted(Float64Array.from(values).sort(), percent);

/** The same of values that ascend already. */
export function percentileOfSorted(sorted: Float64Array, percent: number): number {
  const at = ((sorted.length - 1) * percent) / 100;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (at - Math.floor(at)) * (high - low);
}

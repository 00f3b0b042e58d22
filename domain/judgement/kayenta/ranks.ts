/** Ranks from 1, ties get the average of theirs. */
export function averageRanks(values: readonly number[]): Float64Array {
  const order = Array.from(values, (_, index) => index).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to += 1;
    // Ranks from + 1 … to, on average (from + 1 + to) / 2.
    for (let at = from; at < to; at += 1) ranks[order[at] ?? 0] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}

/** Sum of t^3 - t over the groups of t equal values: what ties take from the variance. `sorted` ascends. */
export function tieSum(sorted: ArrayLike<number>): number {
  let sum = 0;
  for (let from = 0; from < sorted.length; ) {
    let to = from;
    while (to < sorted.length && sorted[to] === sorted[from]) to += 1;
    const t = to - from;
    sum += t ** 3 - t;
    from = to;
  }
  return sum;
}

/** Hyndman and Fan's type 7 (R's default): linear between the two neighbours. NaN of nothing. @param percent 0 to 100 */
export function percentileOf(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = ((sorted.length - 1) * percent) / 100;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (at - Math.floor(at)) * (high - low);
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** A measured figure and what it has to keep. */
export interface Figure {
  name: string;
  unit: string;
  runs: number;
  median: number;
  min: number;
  max: number;
  /** What `decidedBy` is kept when it is at most this; null where nothing is promised. */
  limit: number | null;
  /**
   * `lowest` where every run does the very same work and waits for nobody: what else the computer does can only add to it, so
   * that the quickest run is nearest to what the work takes. The median else.
   */
  decidedBy: 'median' | 'lowest';
  kept: boolean;
}

/** @param measured decidedBy absent: by the median */
export function figureOf(measured: {
  name: string;
  unit: string;
  values: number[];
  limit?: number;
  decidedBy?: Figure['decidedBy'];
}): Figure {
  const { name, unit, values, limit = null, decidedBy = 'median' } = measured;
  const median = medianOf(values);
  const min = Math.min(...values);
  const kept = limit === null || (decidedBy === 'lowest' ? min : median) <= limit;
  return { name, unit, runs: values.length, median, min, max: Math.max(...values), limit, decidedBy, kept };
}

/** For people: four decimals, which a price of some cents needs. */
export const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

/** @throws RangeError of nothing there is no median */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError('there is no median of no values');
  return (upper + lower) / 2;
}

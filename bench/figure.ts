/** A measured figure and what it has to keep. */
export interface Figure {
  name: string;
  unit: string;
  runs: number;
  median: number;
  min: number;
  max: number;
  /** The median is kept when it is at most this; null where nothing is promised. */
  limit: number | null;
  kept: boolean;
}

export function figureOf(measured: { name: string; unit: string; values: number[]; limit?: number }): Figure {
  const { name, unit, values, limit = null } = measured;
  const median = medianOf(values);
  const figure = { name, unit, runs: values.length, median, min: Math.min(...values), max: Math.max(...values), limit };
  return { ...figure, kept: limit === null || median <= limit };
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

import { secondsText } from '../../../domain/judges/words.ts';
import { type LabelledSeries, labelsKey } from './prometheus-series.ts';

/** The buckets of one histogram of one process, by their upper bound in seconds; +Inf counts all. */
export type Buckets = Map<number, LabelledSeries>;

export function bucketsOf(series: readonly LabelledSeries[]): Buckets[] {
  const histograms = new Map<string, Buckets>();
  for (const one of series) {
    const { le, ...labels } = one.labels;
    const bound = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
    if (le === undefined || Number.isNaN(bound)) continue;
    const key = labelsKey(labels);
    const buckets = histograms.get(key) ?? new Map();
    histograms.set(key, buckets.set(bound, one));
  }
  return [...histograms.values()];
}

/**
 * For each threshold the nearest of the bounds that all histograms have; of two equally near the lower, which counts more as
 * slow. Undefined: there is none. `note` says which were taken, where it is not the wanted ones.
 */
export function nearestBounds(
  histograms: readonly Buckets[],
  thresholdsSeconds: readonly number[],
): { seconds: number[]; note?: string } | undefined {
  const [first, ...others] = histograms;
  if (first === undefined || histograms.some(buckets => !buckets.has(Number.POSITIVE_INFINITY))) return undefined;
  const shared = [...first.keys()]
    .filter(bound => Number.isFinite(bound) && others.every(buckets => buckets.has(bound)))
    .sort((a, b) => a - b);
  if (shared.length === 0) return undefined;
  const seconds = thresholdsSeconds.map(threshold =>
    shared.reduce((best, bound) => (Math.abs(bound - threshold) < Math.abs(best - threshold) ? bound : best)),
  );
  const other = seconds.flatMap((bound, index) => {
    const wanted = thresholdsSeconds[index] ?? bound;
    return Math.abs(bound - wanted) < 1e-9
      ? []
      : [`above ${secondsText(bound)}, the histogram's nearest bound to ${secondsText(wanted)}`];
  });
  return other.length === 0 ? { seconds } : { seconds, note: `counted ${other.join(', and ')}` };
}

import { percentileOf } from './percentile.ts';

/** What is made of a window without a value: left out, or 0 (for counters that say nothing where nothing happened). */
export type NanStrategy = 'remove' | 'replace';

/** Kayenta's handleNaNs. */
export const withoutNaN = (values: readonly number[], strategy: NanStrategy): number[] =>
  strategy === 'remove'
    ? values.filter(value => !Number.isNaN(value))
    : values.map(value => (Number.isNaN(value) ? 0 : value));

/**
 * Kayenta's IQRDetector with reduceSensitivity: without the values that are outside both Tukey's fences, `factor`
 * quartile distances beyond the quartiles, and the 1st and 99th percentile.
 */
export function withoutOutliers(values: readonly number[], factor: number): number[] {
  const [p25, p75] = [percentileOf(values, 25), percentileOf(values, 75)];
  const low = Math.min(percentileOf(values, 1), p25 - factor * (p75 - p25));
  const high = Math.max(percentileOf(values, 99), p75 + factor * (p75 - p25));
  return values.filter(value => !(value < low || value > high));
}

import type { Tally } from '../../comparison/tally.ts';
import { upperBound } from '../../domain/statistics/sequential/clopper-pearson.ts';

/** One measured number, beside what it has to keep and what others reach on the same data. */
export interface AnalysisFigure {
  name: string;
  /** Of the profile that is measured. */
  value: number;
  unit: '%' | 'ratio' | 'failed requests' | 'settings' | 'ms' | 's';
  /** 99 %, where it is an estimate. */
  interval?: [number, number];
  limit?: { atMost: number } | { atLeast: number };
  /** `open`: in a quick run the estimate misses its limit by less than chance may do. */
  kept?: boolean | 'open';
  /** The same figure of other judges, by their names. */
  beside?: Record<string, number | null>;
}

export interface Section {
  title: string;
  /** What was run, in a sentence or two. */
  how: string;
  figures: AnalysisFigure[];
  tables?: { title: string; columns: string[]; rows: (string | number | null)[][] }[];
}

/** Clopper and Pearson, two-sided 99 %, as shares of 1. */
export function intervalOf(bad: number, all: number): [number, number] {
  if (all === 0) return [0, 1];
  return [1 - upperBound(all - bad, all, ONE_SIDE), upperBound(bad, all, ONE_SIDE)];
}

const ONE_SIDE = 0.995;
/** Standard deviations to either side that hold 99 % of a normal law. */
const TWO_SIDED_99 = 2.576;

/** @returns the figure with its judgement: in a quick run a limit is missed only where the whole interval misses it */
export function judged(figure: AnalysisFigure, quick: boolean): AnalysisFigure {
  const { value, limit, interval } = figure;
  if (limit === undefined) return figure;
  const meets = (number: number): boolean => ('atMost' in limit ? number <= limit.atMost : number >= limit.atLeast);
  if (meets(value)) return { ...figure, kept: true };
  const best = 'atMost' in limit ? interval?.[0] : interval?.[1];
  return { ...figure, kept: quick && best !== undefined && meets(best) ? 'open' : false };
}

export const percentInterval = ({ rolledBack, releases }: Tally): [number, number] => {
  const [low, high] = intervalOf(rolledBack, releases);
  return [100 * low, 100 * high];
};

/** Mean canary requests until the roll back, and how far it may be off. */
export function canaryRequestsOf({ canaryRequests, canaryRequestsSquared, releases }: Tally): {
  mean: number;
  error: number;
} {
  const mean = canaryRequests / releases;
  const variance = Math.max(0, canaryRequestsSquared / releases - mean * mean);
  return { mean, error: TWO_SIDED_99 * Math.sqrt(variance / releases) };
}

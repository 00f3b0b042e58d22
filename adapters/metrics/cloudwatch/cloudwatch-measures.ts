import { assertNever } from '../../../domain/assert-never.ts';
import { UnusableError } from '../../../domain/errors.ts';
import type { RequestMetricNames } from '../../../domain/routers/request-metrics.ts';
import type { RequestMeasure } from '../../../domain/sources/cloudwatch/facts.ts';
import type { Counts } from '../../../domain/windows/reading.ts';

/** One statistic of what is counted of a slot's requests; the workload's router knows by which name. */
export interface Series {
  counted: keyof RequestMetricNames;
  stat: string;
}

/** The points of one window, and what its series are called there. */
export interface Points {
  names: RequestMetricNames;
  of(series: Series): Point;
}

/**
 * `unsettled`: CloudWatch has not finished with the series, so what is missing from it is not known to be 0; with `fault`: it
 * could not compute the series at all.
 */
export type Point =
  | { kind: 'value'; value: number }
  | { kind: 'missing' }
  | { kind: 'unsettled'; status: string; fault?: string };

export type VersionReading<T> = { kind: 'read'; value: T | null } | { kind: 'noData'; reason: string };

const sum = (counted: Series['counted']): Series => ({ counted, stat: 'Sum' });
const REQUESTS = sum('requests');
const TARGET_5XX = sum('answers5xx');
const TARGET_4XX = sum('answers4xx');
const TARGET_3XX = sum('answers3xx');
const OTHER_ANSWERS = [sum('answers2xx'), TARGET_3XX, TARGET_4XX];
const CONNECTION_ERRORS = sum('connectionErrors');

/**
 * Trimmed count: response times above the threshold, lower bound exclusive, no upper one.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 */
const slowerThan = (thresholdSeconds: number): Series => ({
  counted: 'responseTime',
  stat: `TC(${thresholdSeconds}:)`,
});
const percentile = (percent: number): Series => ({ counted: 'responseTime', stat: `p${percent}` });

/** The series that a measure is made of, for one slot. */
export function seriesOf(measure: RequestMeasure): Series[] {
  switch (measure.kind) {
    case 'failedRequests':
      return [REQUESTS, TARGET_5XX, ...OTHER_ANSWERS, CONNECTION_ERRORS];
    case 'target5xxAndConnectionErrors':
      return [REQUESTS, TARGET_5XX, CONNECTION_ERRORS];
    case 'target4xx':
      return [REQUESTS, TARGET_4XX];
    case 'target3xx':
      return [REQUESTS, TARGET_3XX];
    case 'slowerThan':
      return [REQUESTS, ...measure.thresholdsSeconds.map(slowerThan)];
    case 'percentile':
      return [percentile(measure.percentile)];
    default:
      return assertNever(measure);
  }
}

/** A count that cannot be used, with the sentence that says why. */
class UnusableCountError extends UnusableError {
  override readonly name = 'UnusableCountError';
}

function read(series: Series, points: Points): number | undefined {
  const point = points.of(series);
  if (point.kind === 'missing') return undefined;
  const name = points.names[series.counted];
  const what = series.stat === 'Sum' ? name : `${series.stat} of ${name}`;
  if (point.kind === 'unsettled') throw new UnusableCountError(`CloudWatch answered ${point.status} for ${what}`);
  if (!Number.isFinite(point.value)) throw new UnusableCountError(`${what} is ${point.value}`);
  if (point.value < 0) throw new UnusableCountError(`${what} is negative (${point.value})`);
  return point.value;
}

/**
 * Counts of one version in one window; null where nothing was published for it. A series that is missing is 0 exactly
 * where the count of requests is present: CloudWatch publishes no zeros for the others.
 */
export const countsOf = (
  measure: Exclude<RequestMeasure, { kind: 'percentile' }>,
  points: Points,
): VersionReading<Counts> =>
  guarded(() => {
    const requests = count(REQUESTS, points);
    if (requests === undefined) return null;
    const of = (series: Series) => count(series, points) ?? 0;
    return { requests, bad: badOf(measure, requests, of) };
  });

/** Seconds; null where nothing was published. */
export const percentileOf = (percent: number, points: Points): VersionReading<number> =>
  guarded(() => {
    return read(percentile(percent), points) ?? null;
  });

/** Of a metric of the team's own. */
export const numberOf = (name: string, point: Point): VersionReading<number> => {
  if (point.kind === 'missing') return { kind: 'read', value: null };
  if (point.kind === 'unsettled') return { kind: 'noData', reason: `CloudWatch answered ${point.status} for ${name}` };
  if (!Number.isFinite(point.value)) return { kind: 'noData', reason: `${name} is ${point.value}` };
  return { kind: 'read', value: point.value };
};

function count(series: Series, points: Points): number | undefined {
  const value = read(series, points);
  // CloudWatch keeps response times in bins, and of one that a threshold divides it takes a part
  if (value !== undefined && series.counted === 'responseTime') return Math.round(value);
  if (value !== undefined && !Number.isInteger(value))
    throw new UnusableCountError(`${series.stat} of ${points.names[series.counted]} is not a whole number (${value})`);
  return value;
}

function badOf(
  measure: Exclude<RequestMeasure, { kind: 'percentile' }>,
  requests: number,
  of: (series: Series) => number,
): number[] {
  const atMostRequests = (bad: number, what: string) => {
    // the series of a window do not arrive together: this one is ahead of the count of requests
    if (bad > requests) throw new UnusableCountError(`not consistent yet: ${bad} ${what}, but ${requests} requests`);
    return bad;
  };
  switch (measure.kind) {
    case 'failedRequests': {
      const target5xx = atMostRequests(of(TARGET_5XX), 'answers 5xx');
      const answers = OTHER_ANSWERS.reduce((all, series) => all + of(series), target5xx);
      const withoutAnswer = Math.max(of(CONNECTION_ERRORS), requests - answers);
      // a request can cause several connection errors, one per target that was tried
      return [Math.min(requests, target5xx + withoutAnswer)];
    }
    case 'target5xxAndConnectionErrors':
      return [Math.min(requests, atMostRequests(of(TARGET_5XX), 'answers 5xx') + of(CONNECTION_ERRORS))];
    case 'target4xx':
      return [atMostRequests(of(TARGET_4XX), 'answers 4xx')];
    case 'target3xx':
      return [atMostRequests(of(TARGET_3XX), 'answers 3xx')];
    case 'slowerThan':
      return measure.thresholdsSeconds.map(threshold =>
        atMostRequests(of(slowerThan(threshold)), `answers slower than ${threshold} s`),
      );
    default:
      return assertNever(measure);
  }
}

function guarded<T>(compute: () => T | null): VersionReading<T> {
  try {
    return { kind: 'read', value: compute() };
  } catch (error) {
    if (error instanceof UnusableCountError) return { kind: 'noData', reason: error.message };
    throw error;
  }
}

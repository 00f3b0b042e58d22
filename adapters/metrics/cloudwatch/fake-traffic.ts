import { assertNever } from '../../../domain/assert-never.ts';
import type { RequestMeasure } from '../../../domain/sources/cloudwatch/facts.ts';
import type { Measure } from '../../../domain/sources/measure.ts';
import type { Counts, Reading } from '../../../domain/windows/reading.ts';

/** What one slot did in one window. Its requests are the sum of the five counts. */
export interface Traffic {
  /** Answered 2xx, or 3xx and 4xx where `target3xx` and `target4xx` do not say so. */
  good?: number;
  target3xx?: number;
  target4xx?: number;
  target5xx?: number;
  connectionErrors?: number;
  /** Accepted, then nothing came back. */
  withoutAnswer?: number;
  /** In seconds, of the requests that were answered. */
  responseTimes?: number[];
}

/** What CloudWatch would say of a measure, once everything is published. */
export function readingOfTraffic(measure: Measure, canary: Traffic | undefined, stable: Traffic | undefined): Reading {
  if (measure.kind === 'percentile') {
    const of = (traffic: Traffic | undefined) => percentileOf(measure.percentile, traffic?.responseTimes ?? []);
    return { kind: 'value', canary: of(canary), stable: of(stable) };
  }
  switch (measure.kind) {
    case 'failedRequests':
    case 'target5xxAndConnectionErrors':
    case 'target4xx':
    case 'target3xx':
    case 'slowerThan':
      return { kind: 'counts', canary: countsOf(measure, canary), stable: countsOf(measure, stable) };
    default:
      return { kind: 'noData', reason: `nothing was said of ${measure.kind}` };
  }
}

function countsOf(
  measure: Exclude<RequestMeasure, { kind: 'percentile' }>,
  traffic: Traffic | undefined,
): Counts | null {
  if (traffic === undefined) return null;
  const {
    good = 0,
    target3xx = 0,
    target4xx = 0,
    target5xx = 0,
    connectionErrors = 0,
    withoutAnswer = 0,
    responseTimes = [],
  } = traffic;
  const requests = good + target3xx + target4xx + target5xx + connectionErrors + withoutAnswer;
  switch (measure.kind) {
    case 'failedRequests':
      return { requests, bad: [target5xx + connectionErrors + withoutAnswer] };
    case 'target5xxAndConnectionErrors':
      return { requests, bad: [target5xx + connectionErrors] };
    case 'target4xx':
      return { requests, bad: [target4xx] };
    case 'target3xx':
      return { requests, bad: [target3xx] };
    case 'slowerThan':
      return {
        requests,
        bad: measure.thresholdsSeconds.map(limit => responseTimes.filter(seconds => seconds > limit).length),
      };
    default:
      return assertNever(measure);
  }
}

/** Nearest rank: the smallest time that at least `percent` per cent of the answers do not exceed. */
function percentileOf(percent: number, seconds: number[]): number | null {
  const sorted = seconds.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null;
}

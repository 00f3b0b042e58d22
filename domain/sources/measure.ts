import { assertNever } from '../assert-never.ts';

/** Where a metric comes from, and what is measured there. */
export type MetricSourceSpec =
  | { kind: 'cloudwatch'; measure: CloudWatchMeasure }
  | { kind: 'prometheus'; measure: PrometheusMeasure }
  | { kind: 'json'; measure: JsonMeasure };

export type SourceKind = MetricSourceSpec['kind'];
export type Measure = MetricSourceSpec['measure'];

/** What of the load balancer's metrics is read: all but `percentile` are counts of bad requests; percentile is in seconds. */
export type AlbMeasure =
  | { kind: 'failedRequests' }
  | { kind: 'target5xxAndConnectionErrors' }
  | { kind: 'target4xx' }
  | { kind: 'target3xx' }
  | { kind: 'slowerThan'; thresholdsSeconds: number[] }
  | { kind: 'percentile'; percentile: number };

export type CloudWatchMeasure =
  | AlbMeasure
  /** The state of a CloudWatch alarm, by its name. */
  | { kind: 'alarm'; alarm: string }
  /** A statistic of a metric of the team's own, for both versions. */
  | { kind: 'metricValue'; metric: CloudWatchMetric }
  /** The same for the canary, beside the band in which CloudWatch's model expects it, `width` standard deviations wide. */
  | { kind: 'band'; metric: CloudWatchMetric; width: number };

/** Texts may have variables in them (`templateVariables`). */
export interface CloudWatchMetric {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
  stat: string;
}

/** PromQL with variables in it. */
export type PrometheusMeasure =
  /** Selectors of counters: all requests, and the bad ones. */
  | { kind: 'counters'; requests: string; bad: string }
  /** A selector of a histogram's buckets, in seconds: those above each threshold are the slow ones. */
  | { kind: 'histogram'; buckets: string; thresholdsSeconds: number[] }
  /** One series of each version, evaluated at the window's end. */
  | { kind: 'queryValue'; query: string }
  /** Evaluated at the window's end, about the canary. `series`: whether several are an error. */
  | { kind: 'query'; query: string; series: 'one' | 'many' };

/** What a JSON endpoint says of the canary now; `url` with variables in it. */
export interface JsonMeasure {
  kind: 'json';
  url: string;
  /** RFC 9535. */
  jsonPath: string;
  headers: Record<string, string>;
}

/** The kind of reading that a measure gives (windows/reading.ts), where it gives one at all. */
export type Gives = 'counts' | 'value' | 'result' | 'alarm' | 'band';

export function gives(measure: Measure): Gives {
  switch (measure.kind) {
    case 'failedRequests':
    case 'target5xxAndConnectionErrors':
    case 'target4xx':
    case 'target3xx':
    case 'slowerThan':
    case 'counters':
    case 'histogram':
      return 'counts';
    case 'percentile':
    case 'metricValue':
    case 'queryValue':
      return 'value';
    case 'query':
    case 'json':
      return 'result';
    case 'alarm':
      return 'alarm';
    case 'band':
      return 'band';
    default:
      return assertNever(measure);
  }
}

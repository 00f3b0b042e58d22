import { assertNever } from '../assert-never.ts';
import type { CloudWatchMetric, Measure } from './measure.ts';

/** What a metric measures, for people: "failed requests", "p99 of the response time". */
export function measureText(measure: Measure): string {
  switch (measure.kind) {
    case 'failedRequests':
      return 'failed requests';
    case 'target5xxAndConnectionErrors':
      return 'target 5xx and connection errors';
    case 'target4xx':
      return 'answers 4xx';
    case 'target3xx':
      return 'redirects (answers 3xx)';
    case 'slowerThan':
      return `requests slower than ${times(measure.thresholdsSeconds)}`;
    case 'percentile':
      return `p${measure.percentile} of the response time in seconds`;
    case 'alarm':
      return `the alarm ${measure.alarm}`;
    case 'metricValue':
      return metricText(measure.metric);
    case 'band':
      return `${metricText(measure.metric)} and its band of ${measure.width} standard deviations`;
    case 'counters':
      return `${measure.bad} of ${measure.requests}`;
    case 'histogram':
      return `${measure.buckets} above ${times(measure.thresholdsSeconds)}`;
    case 'queryValue':
    case 'query':
      return measure.query;
    case 'json':
      return `${measure.jsonPath} of ${measure.url}`;
    default:
      return assertNever(measure);
  }
}

const times = (seconds: readonly number[]): string => seconds.map(one => `${Math.round(one * 1000)} ms`).join(', ');

const metricText = ({ namespace, name, stat }: CloudWatchMetric): string => `${stat} of ${namespace}/${name}`;

import { latenciesText, type SourceFacts } from '../source-facts.ts';

/** What of the router's request metrics is read: all but `percentile` are counts of bad requests; percentile is in seconds. */
export type RequestMeasure =
  | { kind: 'failedRequests' }
  | { kind: 'target5xxAndConnectionErrors' }
  | { kind: 'target4xx' }
  | { kind: 'target3xx' }
  | { kind: 'slowerThan'; thresholdsSeconds: number[] }
  | { kind: 'percentile'; percentile: number };

export type CloudWatchMeasure =
  | RequestMeasure
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

const metricText = ({ namespace, name, stat }: CloudWatchMetric): string => `${stat} of ${namespace}/${name}`;

export const cloudwatchFacts: SourceFacts<'cloudwatch', CloudWatchMeasure> = {
  kind: 'cloudwatch',
  // points of an ALB arrive 1 to 3 minutes late, most within 90 s (aws-facts)
  usualLatenessSeconds: 90,
  measures: {
    failedRequests: { gives: 'counts', text: () => 'failed requests', bad: () => 'failed', seesUnanswered: true },
    target5xxAndConnectionErrors: {
      gives: 'counts',
      text: () => 'target 5xx and connection errors',
      bad: () => 'got a 5xx or no connection',
      seesUnanswered: true,
    },
    target4xx: { gives: 'counts', text: () => 'answers 4xx', bad: () => 'got a 4xx', sees4xx: () => true },
    target3xx: { gives: 'counts', text: () => 'redirects (answers 3xx)', bad: () => 'got a 3xx' },
    slowerThan: {
      gives: 'counts',
      text: ({ thresholdsSeconds }) => `requests slower than ${latenciesText(thresholdsSeconds)}`,
      bad: limit => `took longer than ${limit}`,
    },
    percentile: {
      gives: 'value',
      text: ({ percentile }) => `p${percentile} of the response time in seconds`,
      time: ({ percentile }) => `p${percentile}`,
    },
    alarm: { gives: 'alarm', text: ({ alarm }) => `the alarm ${alarm}`, sees4xx: () => true },
    metricValue: { gives: 'value', text: ({ metric }) => metricText(metric), sees4xx: () => true },
    band: {
      gives: 'band',
      text: ({ metric, width }) => `${metricText(metric)} and its band of ${width} standard deviations`,
      sees4xx: () => true,
    },
  },
};

import { assertNever } from '../assert-never.ts';
import type { CloudWatchMeasure, MetricSourceSpec, PrometheusMeasure } from './measure.ts';
import type { PlanInput } from './plan-schema.ts';
import { latencySecondsOf } from './read-checked.ts';

type MetricInput = PlanInput['metrics'][number];
type SourceOf<Kind> = Extract<MetricInput['source'], { kind: Kind }>;

/** What is measured. Everything in `source` has been checked, alone and with its judge. */
export function normaliseSource(source: MetricInput['source'], judge: MetricInput['judge']): MetricSourceSpec {
  switch (source.kind) {
    case 'cloudwatch':
      return { kind: 'cloudwatch', measure: ofCloudWatch(source, judge) };
    case 'prometheus':
      return { kind: 'prometheus', measure: ofPrometheus(source) };
    case 'json': {
      const { url, jsonPath, headers } = source;
      return { kind: 'json', measure: { kind: 'json', url, jsonPath, headers } };
    }
    default:
      return assertNever(source);
  }
}

function ofCloudWatch(
  { bad, value, metric, alarm }: SourceOf<'cloudwatch'>,
  judge: MetricInput['judge'],
): CloudWatchMeasure {
  if (value !== undefined) return { kind: 'percentile', percentile: value.percentile };
  if (alarm !== undefined) return { kind: 'alarm', alarm };
  if (metric !== undefined) {
    return judge.kind === 'anomalyBand'
      ? { kind: 'band', metric, width: judge.width }
      : { kind: 'metricValue', metric };
  }
  if (bad === undefined) throw new Error('a source that measures nothing passed the checks');
  if (typeof bad === 'string') return { kind: bad };
  return { kind: 'slowerThan', thresholdsSeconds: bad.slowerThan.map(latencySecondsOf) };
}

function ofPrometheus(source: SourceOf<'prometheus'>): PrometheusMeasure {
  const { requests, bad, histogram, slowerThan, value, query, series = 'one' } = source;
  if (requests !== undefined && bad !== undefined) return { kind: 'counters', requests, bad };
  if (histogram !== undefined && slowerThan !== undefined) {
    return { kind: 'histogram', buckets: histogram, thresholdsSeconds: slowerThan.map(latencySecondsOf) };
  }
  if (value !== undefined) return { kind: 'queryValue', query: value };
  if (query !== undefined) return { kind: 'query', query, series };
  throw new Error('a source that measures nothing passed the checks');
}

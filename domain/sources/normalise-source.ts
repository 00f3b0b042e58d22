import { assertNever } from '../assert-never.ts';
import { latencySecondsOf } from '../file/read-checked.ts';
import type { CloudWatchMeasure } from './cloudwatch/facts.ts';
import type { MetricSourceSpec } from './measure.ts';
import type { PrometheusMeasure } from './prometheus/facts.ts';
import type { SourceInput } from './source-schema.ts';

type SourceOf<Kind> = Extract<SourceInput, { kind: Kind }>;

/**
 * What is measured. Everything in `source` has been checked, alone and with its judge.
 * @param bandWidth in standard deviations, where the judge compares with the band of a metric and not with its values
 */
export function normaliseSource(source: SourceInput, bandWidth?: number): MetricSourceSpec {
  switch (source.kind) {
    case 'cloudwatch':
      return { kind: 'cloudwatch', measure: ofCloudWatch(source, bandWidth) };
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
  bandWidth: number | undefined,
): CloudWatchMeasure {
  if (value !== undefined) return { kind: 'percentile', percentile: value.percentile };
  if (alarm !== undefined) return { kind: 'alarm', alarm };
  if (metric !== undefined) {
    return bandWidth === undefined ? { kind: 'metricValue', metric } : { kind: 'band', metric, width: bandWidth };
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

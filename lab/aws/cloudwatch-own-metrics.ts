import type { MetricDataQuery, MetricStat } from '@aws-sdk/client-cloudwatch';

/** One metric that is not the load balancer's. */
export interface OwnMetric {
  namespace: string;
  name: string;
  dimensions?: Record<string, string>;
}

/** Metrics that a test or a person puts, minute by minute, and the band that a model would expect each in. */
export interface OwnMetrics {
  put(metric: OwnMetric, minuteEpochMs: number, value: number): void;
  /** What ANOMALY_DETECTION_BAND gives for the metric, at any time; without it a model knows nothing yet. */
  expect(metric: OwnMetric, band: { low: number; high: number }): void;
}

type Points = (startEpochMs: number, periodMs: number) => number | undefined;

export function openOwnMetrics(): OwnMetrics & {
  pointsOf(query: MetricDataQuery, all: MetricDataQuery[]): Points | undefined;
} {
  const values = new Map<string, Map<number, number>>();
  const bands = new Map<string, { low: number; high: number }>();
  return {
    put: (metric, minuteEpochMs, value) => {
      const key = keyOf(metric);
      values.set(key, (values.get(key) ?? new Map()).set(minuteEpochMs, value));
    },
    expect: (metric, band) => void bands.set(keyOf(metric), band),
    pointsOf(query, all) {
      const { pick, id } = bandIn(query.Expression) ?? {};
      if (id !== undefined) {
        const stat = all.find(({ Id }) => Id === id)?.MetricStat;
        const band = stat === undefined ? undefined : bands.get(keyOf(ownOf(stat)));
        // the array of a band is its upper bound and then its lower one
        return () => (band === undefined ? undefined : pick === 'FIRST' ? band.high : band.low);
      }
      if (query.MetricStat === undefined) return undefined;
      const series = values.get(keyOf(ownOf(query.MetricStat)));
      if (series === undefined) return undefined;
      return startEpochMs => series.get(startEpochMs);
    },
  };
}

const ownOf = ({ Metric }: MetricStat): OwnMetric => ({
  namespace: Metric?.Namespace ?? '',
  name: Metric?.MetricName ?? '',
  dimensions: Object.fromEntries((Metric?.Dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value])),
});

const keyOf = ({ namespace, name, dimensions = {} }: OwnMetric): string =>
  JSON.stringify([namespace, name, Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))]);

/** The one expression that the lab knows. */
export function bandIn(expression: string | undefined): { pick: string; id: string } | undefined {
  const [, pick, id] = /^(FIRST|LAST)\(ANOMALY_DETECTION_BAND\((\w+), [\d.]+\)\)$/.exec(expression ?? '') ?? [];
  return pick === undefined || id === undefined ? undefined : { pick, id };
}

import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { otherSlot, type Slot } from '../../../domain/dial.ts';
import { routerOf } from '../../../domain/routers/plan-registry.ts';
import type { RequestMetrics } from '../../../domain/routers/request-metrics.ts';
import type { CloudWatchMeasure, CloudWatchMetric } from '../../../domain/sources/cloudwatch/facts.ts';
import { fillTemplate } from '../../../domain/sources/template.ts';
import type { Workload } from '../../../domain/workload.ts';
import type { ReadRequest } from '../metric-source.ts';
import { templateValues } from '../template-values.ts';
import { type Series, seriesOf } from './cloudwatch-measures.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const MOST_QUERIES_A_CALL = 500;

export const requestKey = (slot: Slot, series: Series): string => `${slot} ${series.counted} ${series.stat}`;
export const metricKey = (slot: Slot, metric: CloudWatchMetric): string => `${slot} ${JSON.stringify(metric)}`;
/** The value and the two bounds of a band, whichever of these is the upper one. */
export const bandKeys = (slot: Slot, metric: CloudWatchMetric, width: number) => {
  const key = `band ${width} ${metricKey(slot, metric)}`;
  return { value: key, bounds: [`${key} first`, `${key} last`] } as const;
};

/** The queries of a look, each once however many metrics need it. */
export interface Queries {
  idOf(key: string): string | undefined;
  /** As few calls as possible; what an expression refers to is in the same one. */
  readonly calls: MetricDataQuery[][];
}

export function queriesOf(request: ReadRequest, measures: CloudWatchMeasure[], lengthMs: number): Queries {
  const { canary } = request;
  const ids = new Map<string, string>();
  const groups: MetricDataQuery[][] = [];
  const add = (...group: [key: string, query: (idOfFirst: string) => Omit<MetricDataQuery, 'Id'>][]) => {
    if (group.some(([key]) => ids.has(key))) return;
    const first = `q${ids.size}`;
    groups.push(
      group.map(([key, query]) => {
        const Id = `q${ids.size}`;
        ids.set(key, Id);
        return { Id, ...query(first) };
      }),
    );
  };
  const stat = (Metric: Metric, Stat: string) => () => ({ MetricStat: { Metric, Period: lengthMs / 1000, Stat } });
  for (const measure of measures) {
    if (measure.kind === 'alarm') continue;
    if (measure.kind === 'band') {
      const keys = bandKeys(canary, measure.metric, measure.width);
      // FIRST and LAST of the array that a band is are its bounds:
      // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
      const bound = (pick: 'FIRST' | 'LAST') => (id: string) => ({
        Expression: `${pick}(ANOMALY_DETECTION_BAND(${id}, ${measure.width}))`,
      });
      add(
        [keys.value, stat(metricFor(request, canary, measure.metric, lengthMs), measure.metric.stat)],
        [keys.bounds[0], bound('FIRST')],
        [keys.bounds[1], bound('LAST')],
      );
      continue;
    }
    for (const slot of [canary, otherSlot(canary)]) {
      if (measure.kind === 'metricValue') {
        const { metric } = measure;
        add([metricKey(slot, metric), stat(metricFor(request, slot, metric, lengthMs), metric.stat)]);
        continue;
      }
      for (const series of seriesOf(measure)) {
        const { namespace: Namespace, names, dimensions } = requestMetricsOf(request.workload);
        const Dimensions = inPairs(dimensions(request.workload.router, slot));
        const Metric = { Namespace, MetricName: names[series.counted], Dimensions };
        add([requestKey(slot, series), stat(Metric, series.stat)]);
      }
    }
  }
  return { idOf: key => ids.get(key), calls: inCalls(groups) };
}

type Metric = NonNullable<NonNullable<MetricDataQuery['MetricStat']>['Metric']>;

function inCalls(groups: MetricDataQuery[][]): MetricDataQuery[][] {
  const calls: MetricDataQuery[][] = [];
  for (const group of groups) {
    const last = calls.at(-1);
    if (last === undefined || last.length + group.length > MOST_QUERIES_A_CALL) calls.push([...group]);
    else last.push(...group);
  }
  return calls;
}

function metricFor(request: ReadRequest, slot: Slot, metric: CloudWatchMetric, lengthMs: number): Metric {
  const values = { ...templateValues(request, slot, lengthMs), ...routeVariables(request.workload, slot) };
  return {
    Namespace: metric.namespace,
    MetricName: metric.name,
    Dimensions: inPairs(metric.dimensions, text => fillTemplate(text, values)),
  };
}

const inPairs = (dimensions: Record<string, string>, filled = (text: string) => text) =>
  Object.entries(dimensions).map(([Name, text]) => ({ Name, Value: filled(text) }));

/** What the workload's router fills into dimensions; nothing where nobody counts a slot's requests in CloudWatch. */
const routeVariables = ({ router }: Workload, slot: Slot): Record<string, string> =>
  routerOf(router).requestMetrics?.values(router, slot) ?? {};

/** @throws TypeError where nobody counts a slot's requests there */
export function requestMetricsOf({ name, router }: Workload): RequestMetrics {
  const { kind, requestMetrics } = routerOf(router);
  if (requestMetrics === undefined) throw new TypeError(`${name}: CloudWatch counts no requests of the router ${kind}`);
  return requestMetrics;
}

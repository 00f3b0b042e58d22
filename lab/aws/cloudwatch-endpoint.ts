import {
  GetMetricData$,
  type GetMetricDataInput,
  type GetMetricDataOutput,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import type { Clock } from '../../adapters/clock.ts';
import type { LoadBalancerMetrics } from '../load-balancer/model.ts';
import { AwsError } from './aws-error.ts';
import { bandIn, type OwnMetrics, openOwnMetrics } from './cloudwatch-own-metrics.ts';
import { openPublisher, type Publishing } from './cloudwatch-publishing.ts';
import { openSeriesFaults, type SeriesFaults } from './cloudwatch-series-faults.ts';
import { parseStatistic, type Statistic } from './cloudwatch-statistics.ts';
import type { SchemaEndpoint } from './endpoint.ts';

const MINUTE_MS = 60_000;
const MOST_QUERIES = 500;

export interface CloudWatchEndpoint extends SchemaEndpoint {
  /** What goes wrong with single series; throttling and the like is the wire server's `faults`. */
  readonly series: SeriesFaults;
  /** Metrics that are not the load balancer's. */
  readonly own: OwnMetrics;
}

/**
 * GetMetricData over the metrics of one load balancer. What is not its own (namespace, name, dimensions) has no points,
 * as on AWS; what AWS refuses is a ValidationError.
 * @param options.pageSize data points a page, to make the answer come in pages; default 100,800, as on AWS
 */
export function cloudWatchEndpoint(options: {
  loadBalancer: { arn: string; metrics: LoadBalancerMetrics };
  clock: Clock;
  publishing: Publishing;
  pageSize?: number;
}): CloudWatchEndpoint {
  const { loadBalancer, clock, publishing, pageSize = 100_800 } = options;
  const samplesOf = openPublisher({ metrics: loadBalancer.metrics, clock, publishing });
  const series = openSeriesFaults(clock);
  const own = openOwnMetrics();

  async function getMetricData(input: GetMetricDataInput): Promise<GetMetricDataOutput> {
    const { StartTime, EndTime, MetricDataQueries = [], MaxDatapoints, NextToken } = input;
    refuseBadQueries(MetricDataQueries);
    if (StartTime === undefined || EndTime === undefined || StartTime >= EndTime)
      throw invalid('The parameter StartTime must be less than the parameter EndTime.');
    const results = MetricDataQueries.map((query): WholeResult => {
      const pointsOf = own.pointsOf(query, MetricDataQueries);
      if (pointsOf !== undefined) return ownResult(query, MetricDataQueries, pointsOf, { StartTime, EndTime });
      const { target, statistic, periodMs, label } = readQuery(query, loadBalancer.arn);
      const points: { at: Date; value: number }[] = [];
      // a start within a minute is rounded down to it
      const from = Math.floor(StartTime.getTime() / MINUTE_MS) * MINUTE_MS;
      const fault = target && series.of(target);
      for (let start = from; target !== undefined && start < EndTime.getTime(); start += periodMs) {
        const samples = samplesOf(target, { startEpochMs: start, periodMs }, fault?.frozenAtEpochMs);
        if (samples === undefined || fault?.missing) continue;
        points.push({ at: new Date(start), value: fault?.nan ? Number.NaN : statistic(samples) });
      }
      return { Id: query.Id, Label: label, points, status: fault?.status ?? 'Complete' };
    });
    return inPages(results, Math.min(pageSize, MaxDatapoints ?? pageSize), NextToken);
  }

  return {
    signingName: 'monitoring',
    operations: { GetMetricData: { schema: GetMetricData$, handle: getMetricData } },
    series,
    own,
  };
}

/** An expression has the period of the metric that it is of. */
function ownResult(
  { Id, Label, Expression, MetricStat }: MetricDataQuery,
  all: MetricDataQuery[],
  valueAt: (startEpochMs: number, periodMs: number) => number | undefined,
  { StartTime, EndTime }: { StartTime: Date; EndTime: Date },
): WholeResult {
  const stat = MetricStat ?? all.find(other => other.Id === bandIn(Expression)?.id)?.MetricStat;
  const periodMs = (stat?.Period ?? 60) * 1000;
  const points: WholeResult['points'] = [];
  for (let start = StartTime.getTime(); start < EndTime.getTime(); start += periodMs) {
    const value = valueAt(start, periodMs);
    if (value !== undefined) points.push({ at: new Date(start), value });
  }
  return { Id, Label: Label ?? stat?.Metric?.MetricName ?? '', points, status: 'Complete' };
}

function refuseBadQueries(queries: MetricDataQuery[]): void {
  if (queries.length > MOST_QUERIES)
    throw invalid(`The collection MetricDataQueries must not have a size greater than ${MOST_QUERIES}.`);
  const ids = new Set<string>();
  for (const { Id = '' } of queries) {
    if (!/^[a-z]\w{0,254}$/.test(Id)) throw invalid(`The value ${Id} for parameter MetricDataQueries.Id is not valid.`);
    if (ids.has(Id)) throw invalid(`The value ${Id} in MetricDataQueries.Id is not unique.`);
    ids.add(Id);
  }
}

function readQuery({ Id, Label, MetricStat }: MetricDataQuery, loadBalancerArn: string) {
  const { Metric, Period, Stat } = MetricStat ?? {};
  if (Metric === undefined) throw invalid(`the lab has no expressions: ${Id} must have a MetricStat`);
  const statistic: Statistic | undefined = parseStatistic(Stat ?? '');
  if (statistic === undefined)
    throw invalid(`The value ${Stat} for parameter MetricDataQueries.Stat is not supported.`);
  if (Period === undefined || Period <= 0 || Period % 60 !== 0)
    throw invalid(`The period of ${Id} must be a multiple of 60, it is ${Period}.`);

  const dimensions = new Map((Metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value]));
  const [prefix = '', loadBalancerName] = loadBalancerArn.split(/loadbalancer\//);
  const targetGroupName = dimensions.get('TargetGroup');
  const known =
    Metric.Namespace === 'AWS/ApplicationELB' &&
    dimensions.get('LoadBalancer') === loadBalancerName &&
    dimensions.size === (targetGroupName === undefined ? 1 : 2);
  const metricName = Metric.MetricName ?? '';
  const targetGroupArn = targetGroupName === undefined ? undefined : prefix + targetGroupName;
  return {
    target: known ? { metricName, targetGroupArn } : undefined,
    statistic,
    periodMs: Period * 1000,
    label: Label ?? metricName,
  };
}

interface WholeResult {
  Id: string | undefined;
  Label: string;
  points: { at: Date; value: number }[];
  status: 'Complete' | 'PartialData' | 'InternalError';
}

/** All the points in the order of the queries, newest first, `pageSize` at a time; the token is where to go on. */
function inPages(results: WholeResult[], pageSize: number, token: string | undefined): GetMetricDataOutput {
  const from = Number(token ?? 0);
  if (!Number.isInteger(from) || from < 0) throw invalid(`The value ${token} for parameter NextToken is not valid.`);
  const to = from + pageSize;
  let before = 0;
  const MetricDataResults = results.map(({ Id, Label, points, status }) => {
    const page = points.toReversed().slice(Math.max(0, from - before), Math.max(0, to - before));
    before += points.length;
    return {
      Id,
      Label,
      Timestamps: page.map(({ at }) => at),
      Values: page.map(({ value }) => value),
      StatusCode: before > to ? ('PartialData' as const) : status,
    };
  });
  return { MetricDataResults, ...(before > to && { NextToken: String(to) }) };
}

const invalid = (message: string) => new AwsError('ValidationError', message);

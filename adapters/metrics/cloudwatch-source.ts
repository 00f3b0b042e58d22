import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandOutput,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { otherSlot, type Slot } from '../../domain/dial.ts';
import type { Reading } from '../../domain/judgement/reading.ts';
import type { Metric } from '../../domain/plan/plan.ts';
import type { Workload } from '../../domain/workload.ts';
import { awsClientConfig, CALL_DEADLINE_MS, describeFailure, type Env } from '../aws-client-config.ts';
import {
  countsOf,
  type Point,
  percentileOf,
  type Series,
  seriesOf,
  type VersionReading,
} from './cloudwatch-measures.ts';
import {
  type MetricReading,
  type MetricSource,
  MetricSourceUnreachableError,
  type ReadRequest,
} from './metric-source.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const MOST_QUERIES_A_CALL = 500;
const PERIOD_MS = 60_000;

/** The load balancer's metrics as AWS/ApplicationELB has them: a minute apart, 1 to 3 minutes late, growing at first. */
export function cloudWatchSource(client: CloudWatchClient): MetricSource {
  return {
    async read(request) {
      const range = rangeOf(request.windows);
      if (range === undefined || request.metrics.length === 0) return [];
      const queries = queriesOf(request, range.lengthMs);
      const points = await fetchPoints(client, queries, range);
      return request.metrics.flatMap(metric =>
        request.windows.map(window => readingOf(request, metric, window, points)),
      );
    },
  };
}

export const openCloudWatchSource = (env: Env): MetricSource =>
  cloudWatchSource(new CloudWatchClient(awsClientConfig(env, 'CLOUDWATCH')));

interface Range {
  startEpochMs: number;
  endEpochMs: number;
  lengthMs: number;
}

/** @throws RangeError for windows that CloudWatch has no period for: its points start at multiples of their length */
function rangeOf(windows: ReadRequest['windows']): Range | undefined {
  const [first] = windows;
  if (first === undefined) return undefined;
  const lengthMs = first.endEpochMs - first.startEpochMs;
  if (lengthMs <= 0 || lengthMs % PERIOD_MS !== 0)
    throw new RangeError(`a CloudWatch window is a multiple of 60 s, not ${lengthMs / 1000} s`);
  for (const { startEpochMs, endEpochMs } of windows)
    if (endEpochMs - startEpochMs !== lengthMs || startEpochMs % lengthMs !== 0)
      throw new RangeError(`the window ${span(startEpochMs, endEpochMs)} is not a whole one of ${lengthMs / 1000} s`);
  return {
    startEpochMs: Math.min(...windows.map(window => window.startEpochMs)),
    endEpochMs: Math.max(...windows.map(window => window.endEpochMs)),
    lengthMs,
  };
}

const keyOf = (slot: Slot, series: Series) => `${slot} ${series.metricName} ${series.stat}`;

/** One query per series and slot, shared by the metrics that need the same one; by key. */
function queriesOf({ workload, canary, metrics }: ReadRequest, lengthMs: number): Map<string, MetricDataQuery> {
  const queries = new Map<string, MetricDataQuery>();
  for (const metric of metrics)
    for (const series of seriesOf(metric.source.measure))
      for (const slot of [canary, otherSlot(canary)]) {
        const key = keyOf(slot, series);
        if (queries.has(key)) continue;
        queries.set(key, {
          Id: `q${queries.size}`,
          MetricStat: {
            Metric: {
              Namespace: 'AWS/ApplicationELB',
              MetricName: series.metricName,
              Dimensions: dimensionsOf(workload, slot),
            },
            Period: lengthMs / 1000,
            Stat: series.stat,
          },
        });
      }
  return queries;
}

function dimensionsOf(workload: Workload, slot: Slot) {
  const ruleArn = workload.router.rules[0];
  // arn:aws:elasticloadbalancing:REGION:ACCOUNT:listener-rule/app/NAME/LBID/LISTENERID/RULEID
  const loadBalancer = /:listener-rule\/(app\/[^/]+\/[^/]+)\//.exec(ruleArn ?? '')?.[1];
  const targetGroup = workload.router.targetGroups[slot].split(':').at(-1);
  if (loadBalancer === undefined || targetGroup === undefined || !targetGroup.startsWith('targetgroup/'))
    throw new TypeError(`${workload.name}: no metrics for the rule ${ruleArn} and the ${slot} target group`);
  return [
    { Name: 'LoadBalancer', Value: loadBalancer },
    { Name: 'TargetGroup', Value: targetGroup },
  ];
}

/** What came back for one series. */
interface Answer {
  status: string;
  byStartEpochMs: Map<number, number>;
}

async function fetchPoints(client: CloudWatchClient, queries: Map<string, MetricDataQuery>, range: Range) {
  const abortSignal = AbortSignal.timeout(CALL_DEADLINE_MS);
  const answers = new Map<string, Answer>();
  const all = [...queries.values()];
  for (let from = 0; from < all.length; from += MOST_QUERIES_A_CALL) {
    const MetricDataQueries = all.slice(from, from + MOST_QUERIES_A_CALL);
    let NextToken: string | undefined;
    do {
      const input = {
        MetricDataQueries,
        StartTime: new Date(range.startEpochMs),
        EndTime: new Date(range.endEpochMs),
        ...(NextToken !== undefined && { NextToken }),
      };
      const page = await client.send(new GetMetricDataCommand(input), { abortSignal }).catch(unreachable);
      addPage(answers, page);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  }
  return (slot: Slot, series: Series, startEpochMs: number): Point => {
    const answer = answers.get(queries.get(keyOf(slot, series))?.Id ?? '');
    const value = answer?.byStartEpochMs.get(startEpochMs);
    if (value !== undefined) return { kind: 'value', value };
    // not asked again here: Look does so in 10 s. Until then nothing is known of what is missing
    if (answer?.status !== 'Complete') return { kind: 'unsettled', status: answer?.status ?? 'nothing' };
    return { kind: 'missing' };
  };
}

function addPage(answers: Map<string, Answer>, page: GetMetricDataCommandOutput): void {
  for (const result of page.MetricDataResults ?? []) {
    if (result.Id === undefined) continue;
    if (result.StatusCode === 'Forbidden')
      throw new MetricSourceUnreachableError(`CloudWatch refuses the metrics: Forbidden`);
    const byStartEpochMs = answers.get(result.Id)?.byStartEpochMs ?? new Map<number, number>();
    // of a series that goes on on the next page the last status counts
    answers.set(result.Id, { status: result.StatusCode ?? 'Complete', byStartEpochMs });
    for (const [index, timestamp] of (result.Timestamps ?? []).entries()) {
      const value = result.Values?.[index];
      if (value !== undefined) byStartEpochMs.set(timestamp.getTime(), value);
    }
  }
}

function unreachable(error: unknown): never {
  throw new MetricSourceUnreachableError(`CloudWatch did not answer: ${describeFailure(error)}`, { cause: error });
}

function readingOf(
  { canary }: ReadRequest,
  metric: Metric,
  window: ReadRequest['windows'][number],
  points: (slot: Slot, series: Series, startEpochMs: number) => Point,
): MetricReading {
  const { startEpochMs, endEpochMs } = window;
  const { measure } = metric.source;
  const of = (slot: Slot) => (series: Series) => points(slot, series, startEpochMs);
  const where = (role: string) => `${metric.name}, ${span(startEpochMs, endEpochMs)}, ${role}: `;
  const both = <T>(
    read: (slot: Slot) => VersionReading<T>,
    make: (canary: T | null, stable: T | null) => Reading,
  ): Reading => {
    const ofCanary = read(canary);
    if (ofCanary.kind === 'noData') return { kind: 'noData', reason: where('canary') + ofCanary.reason };
    const ofStable = read(otherSlot(canary));
    if (ofStable.kind === 'noData') return { kind: 'noData', reason: where('stable') + ofStable.reason };
    return make(ofCanary.value, ofStable.value);
  };
  const reading =
    measure.kind === 'percentile'
      ? both(
          slot => percentileOf(measure.percentile, of(slot)),
          (ofCanary, ofStable) => ({ kind: 'value', canary: ofCanary, stable: ofStable }),
        )
      : both(
          slot => countsOf(measure, of(slot)),
          (ofCanary, ofStable) => ({ kind: 'counts', canary: ofCanary, stable: ofStable }),
        );
  return { metric: metric.name, startEpochMs, endEpochMs, reading };
}

/** `12:00:00Z to 12:01:00Z` */
const span = (startEpochMs: number, endEpochMs: number) => `${timeOf(startEpochMs)} to ${timeOf(endEpochMs)}`;
const timeOf = (epochMs: number) => `${new Date(epochMs).toISOString().slice(11, 19)}Z`;

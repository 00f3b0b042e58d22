import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandOutput,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { otherSlot, type Slot } from '../../../domain/dial.ts';
import type { Metric } from '../../../domain/plan/plan.ts';
import type { CloudWatchMeasure } from '../../../domain/sources/cloudwatch/facts.ts';
import { fillTemplate } from '../../../domain/sources/template.ts';
import type { Reading } from '../../../domain/windows/reading.ts';
import type { Window } from '../../../domain/windows/windows.ts';
import { awsClientConfig, CALL_DEADLINE_MS, describeFailure, type Env } from '../../aws-client-config.ts';
import { wordsOf } from '../../outbound/words-of.ts';
import { type MetricSource, MetricSourceUnreachableError, type ReadRequest } from '../metric-source.ts';
import { spanText } from '../span-text.ts';
import { templateValues } from '../template-values.ts';
import { readAlarms, stateDuring } from './cloudwatch-alarms.ts';
import {
  countsOf,
  numberOf,
  type Point,
  type Points,
  percentileOf,
  type VersionReading,
} from './cloudwatch-measures.ts';
import { bandKeys, metricKey, type Queries, queriesOf, requestKey, requestMetricsOf } from './cloudwatch-queries.ts';

const PERIOD_MS = 60_000;

/**
 * CloudWatch: the requests of slots as the workload's router has them counted (a minute apart, 1 to 3 minutes late, growing at
 * first), metrics of the team's own with their bands, and the states of alarms. One GetMetricData for all metrics.
 * @param alarmsClient where alarms are asked, if not where metrics are (the lab)
 */
export function cloudWatchSource(client: CloudWatchClient, alarmsClient: CloudWatchClient = client): MetricSource {
  return {
    async read(request) {
      const range = rangeOf(request.windows);
      if (range === undefined || request.metrics.length === 0) return [];
      const abortSignal = AbortSignal.timeout(request.withinMs ?? CALL_DEADLINE_MS);
      const queries = queriesOf(request, request.metrics.map(measureOf), range.lengthMs);
      const [points, alarms] = await Promise.all([
        fetchPoints(client, queries, range, abortSignal),
        fetchAlarms(alarmsClient, request, range, abortSignal),
      ]);
      const faults = new Map<string, string>();
      const readings = request.metrics.flatMap(metric =>
        request.windows.map(window => {
          const { startEpochMs, endEpochMs } = window;
          const at: PointOf = key => {
            const point = points(key, startEpochMs);
            if (point.kind === 'unsettled' && point.fault !== undefined) faults.set(metric.name, point.fault);
            return point;
          };
          return {
            metric: metric.name,
            startEpochMs,
            endEpochMs,
            reading: readingOf(request, metric, window, at, alarms),
          };
        }),
      );
      if (faults.size === 0) return readings;
      const because = [...faults].map(([metric, fault]) => `${metric}: ${fault}`).join('; ');
      throw new MetricSourceUnreachableError(because, {
        readings: readings.filter(({ metric }) => !faults.has(metric)),
      });
    },
  };
}

/** @throws TypeError for a metric of another source */
function measureOf({ name, source }: Metric): CloudWatchMeasure {
  if (source.kind !== 'cloudwatch') throw new TypeError(`${name} is read from ${source.kind}, not from CloudWatch`);
  return source.measure;
}

/** @param options.alarmsEnv where alarms are asked, if not where metrics are */
export function openCloudWatchSource(env: Env, { alarmsEnv }: { alarmsEnv?: Env } = {}): MetricSource {
  const clientOf = (from: Env) => new CloudWatchClient(awsClientConfig(from, 'CLOUDWATCH'));
  return cloudWatchSource(clientOf(env), alarmsEnv && clientOf(alarmsEnv));
}

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
      throw new RangeError(
        `the window ${spanText({ startEpochMs, endEpochMs })} is not a whole one of ${lengthMs / 1000} s`,
      );
  return {
    startEpochMs: Math.min(...windows.map(window => window.startEpochMs)),
    endEpochMs: Math.max(...windows.map(window => window.endEpochMs)),
    lengthMs,
  };
}

/** What came back for one series. */
interface Answer {
  status: string;
  /** CloudWatch could not compute it: its own fault, whatever there is of it. */
  fault?: string;
  byStartEpochMs: Map<number, number>;
}

type PointOf = (key: string) => Point;

async function fetchPoints(client: CloudWatchClient, queries: Queries, range: Range, abortSignal: AbortSignal) {
  const answers = new Map<string, Answer>();
  for (const MetricDataQueries of queries.calls) {
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
  return (key: string, startEpochMs: number): Point => {
    const answer = answers.get(queries.idOf(key) ?? '');
    if (answer?.fault !== undefined) return { kind: 'unsettled', status: answer.status, fault: answer.fault };
    const value = answer?.byStartEpochMs.get(startEpochMs);
    if (value !== undefined) return { kind: 'value', value };
    // not asked again here: Look does so in 10 s. Until then nothing is known of what is missing
    if (answer?.status !== 'Complete') return { kind: 'unsettled', status: answer?.status ?? 'nothing' };
    return { kind: 'missing' };
  };
}

type Alarms = (metric: Metric & { alarm: string }, window: Window) => Reading;

/** Of a plan without alarms nothing is asked. */
async function fetchAlarms(
  client: CloudWatchClient,
  request: ReadRequest,
  range: Range,
  abortSignal: AbortSignal,
): Promise<Alarms> {
  const values = templateValues(request, request.canary, range.lengthMs);
  const measures = request.metrics.map(measureOf);
  const names = measures.flatMap(measure => (measure.kind === 'alarm' ? [fillTemplate(measure.alarm, values)] : []));
  const alarms =
    names.length === 0
      ? new Map()
      : await readAlarms(client, [...new Set(names)], range.startEpochMs, abortSignal).catch(unreachable);
  return ({ alarm }, window) => {
    const name = fillTemplate(alarm, values);
    const found = alarms.get(name);
    if (found === undefined) return { kind: 'noData', reason: `there is no alarm ${name}` };
    const state = stateDuring(found, window);
    if (state !== undefined) return { kind: 'alarm', state };
    return { kind: 'noData', reason: `CloudWatch's history of the alarm ${name} is not there yet` };
  };
}

function addPage(answers: Map<string, Answer>, page: GetMetricDataCommandOutput): void {
  for (const result of page.MetricDataResults ?? []) {
    if (result.Id === undefined) continue;
    const { byStartEpochMs = new Map<number, number>(), fault = faultOf(result) } = answers.get(result.Id) ?? {};
    // of a series that goes on on the next page the last status counts
    const status = result.StatusCode ?? 'Complete';
    answers.set(result.Id, { status, byStartEpochMs, ...(fault !== undefined && { fault }) });
    for (const [index, timestamp] of (result.Timestamps ?? []).entries()) {
      const value = result.Values?.[index];
      if (value !== undefined) byStartEpochMs.set(timestamp.getTime(), value);
    }
  }
}

/** `Forbidden` and `InternalError` come beside what other series gave, with a message at most. */
function faultOf({ StatusCode, Label, Messages = [] }: MetricDataResult): string | undefined {
  if (StatusCode !== 'Forbidden' && StatusCode !== 'InternalError') return undefined;
  const said = Messages.map(({ Code, Value }) => [Code, Value].filter(part => part !== undefined).join(' '));
  const words = said.length === 0 ? '' : `: ${wordsOf(said.join('; '))}`;
  return `CloudWatch does not answer for ${Label ?? 'a metric'}: ${StatusCode}${words}`;
}

function unreachable(error: unknown): never {
  throw new MetricSourceUnreachableError(`CloudWatch did not answer: ${describeFailure(error)}`, { cause: error });
}

function readingOf(request: ReadRequest, metric: Metric, window: Window, at: PointOf, alarms: Alarms): Reading {
  const { canary } = request;
  const measure = measureOf(metric);
  const noData = (role: string, reason: string): Reading => ({
    kind: 'noData',
    reason: `${metric.name}, ${spanText(window)}, ${role}: ${reason}`,
  });
  const both = <T>(
    read: (slot: Slot) => VersionReading<T>,
    make: (canary: T | null, stable: T | null) => Reading,
  ): Reading => {
    const ofCanary = read(canary);
    if (ofCanary.kind === 'noData') return noData('canary', ofCanary.reason);
    const ofStable = read(otherSlot(canary));
    if (ofStable.kind === 'noData') return noData('stable', ofStable.reason);
    return make(ofCanary.value, ofStable.value);
  };
  const values = (read: (slot: Slot) => VersionReading<number>): Reading =>
    both(read, (ofCanary, ofStable) => ({ kind: 'value', canary: ofCanary, stable: ofStable }));
  if (measure.kind === 'alarm') return alarms({ ...metric, alarm: measure.alarm }, window);
  if (measure.kind === 'metricValue') {
    const { metric: named } = measure;
    return values(slot => numberOf(named.name, at(metricKey(slot, named))));
  }
  if (measure.kind === 'band') {
    const { name } = measure.metric;
    const keys = bandKeys(canary, measure.metric, measure.width);
    const value = numberOf(name, at(keys.value));
    if (value.kind === 'noData') return noData('canary', value.reason);
    const [first, last] = keys.bounds.map(key => numberOf(`the band of ${name}`, at(key)));
    if (first?.kind !== 'read' || last?.kind !== 'read') {
      return noData(
        'canary',
        [first, last].flatMap(one => (one?.kind === 'noData' ? [one.reason] : []))[0] ?? 'no band',
      );
    }
    const [one, other] = [first.value, last.value];
    const bounds =
      one === null || other === null
        ? { low: null, high: null }
        : { low: Math.min(one, other), high: Math.max(one, other) };
    return { kind: 'band', value: value.value, ...bounds };
  }
  const { names } = requestMetricsOf(request.workload);
  const of = (slot: Slot): Points => ({ names, of: series => at(requestKey(slot, series)) });
  if (measure.kind === 'percentile') return values(slot => percentileOf(measure.percentile, of(slot)));
  return both(
    slot => countsOf(measure, of(slot)),
    (ofCanary, ofStable) => ({ kind: 'counts', canary: ofCanary, stable: ofStable }),
  );
}

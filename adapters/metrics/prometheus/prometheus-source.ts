import { storedResult } from '../../../domain/conditions/result-value.ts';
import { otherSlot, type Slot } from '../../../domain/dial.ts';
import { judgeRunOf } from '../../../domain/judges/run-registry.ts';
import type { Metric } from '../../../domain/plan/plan.ts';
import type { PrometheusMeasure } from '../../../domain/sources/prometheus/facts.ts';
import { fillTemplate } from '../../../domain/sources/template.ts';
import type { Reading } from '../../../domain/windows/reading.ts';
import type { Window } from '../../../domain/windows/windows.ts';
import { CALL_DEADLINE_MS, type Env } from '../../aws-client-config.ts';
import { NoAnswerError } from '../../outbound/http-client.ts';
import type { SourceAskOptions } from '../ask-source.ts';
import {
  type MetricReading,
  type MetricSource,
  MetricSourceUnreachableError,
  type ReadRequest,
} from '../metric-source.ts';
import { spanText } from '../span-text.ts';
import { templateValues } from '../template-values.ts';
import { type PrometheusApi, prometheusApi, type QueryAnswer } from './prometheus-api.ts';
import { prometheusCounts } from './prometheus-counts.ts';
import { reachOf } from './prometheus-series.ts';

/** `loopback`: takes a server on this computer, for the lab. */
export type PrometheusOptions = Omit<SourceAskOptions, 'signal'>;

/**
 * Prometheus, or Amazon Managed Prometheus, as the workload names it. A fault of one metric's query does not lose the others.
 * @param env AWS credentials and region, where requests are signed
 */
export function openPrometheusSource(env: Env, options: PrometheusOptions = {}): MetricSource {
  return {
    async read(request) {
      const [first] = request.windows;
      if (first === undefined || request.metrics.length === 0) return [];
      const server = request.workload.sources?.prometheus;
      if (server === undefined) throw new MetricSourceUnreachableError(`${request.workload.name} names no Prometheus`);
      const api = prometheusApi(server, env, {
        ...options,
        signal: AbortSignal.timeout(request.withinMs ?? CALL_DEADLINE_MS),
      });
      const settled = await Promise.allSettled(request.metrics.map(metric => readMetric(api, request, metric)));
      const readings: MetricReading[] = [];
      const faults: { because: string; cause: unknown }[] = [];
      for (const [index, outcome] of settled.entries()) {
        if (outcome.status === 'fulfilled') readings.push(...outcome.value);
        else if (!(outcome.reason instanceof NoAnswerError)) throw outcome.reason;
        else
          faults.push({ because: `${request.metrics[index]?.name}: ${outcome.reason.message}`, cause: outcome.reason });
      }
      if (faults.length === 0) return readings;
      const because = faults.map(fault => fault.because).join('; ');
      throw new MetricSourceUnreachableError(because, { cause: faults[0]?.cause, readings });
    },
  };
}

/** Raw samples of more windows than this, of many pods, would be more than one answer may hold: a release reads 90 at its start. */
const WINDOWS_A_QUERY = 20;

async function readMetric(api: PrometheusApi, request: ReadRequest, metric: Metric): Promise<MetricReading[]> {
  const { windows, canary } = request;
  const measure = measureOf(metric);
  const windowMs = (windows[0]?.endEpochMs ?? 0) - (windows[0]?.startEpochMs ?? 0);
  const fill = (text: string, slot: Slot) => fillTemplate(text, templateValues(request, slot, windowMs));
  const named = (window: Window, said: Pick<MetricReading, 'reading' | 'settled'>): MetricReading => {
    const { reading } = said;
    const where = `${metric.name}, ${spanText(window)}`;
    const told: Reading = reading.kind === 'noData' ? { ...reading, reason: `${where}: ${reading.reason}` } : reading;
    return { metric: metric.name, ...window, ...said, reading: told };
  };
  const readings: MetricReading[] = [];
  if (measure.kind === 'counters' || measure.kind === 'histogram') {
    for (let from = 0; from < windows.length; from += WINDOWS_A_QUERY) {
      const some = windows.slice(from, from + WINDOWS_A_QUERY);
      const readingOf = await prometheusCounts(api, measure, canary, reachOf(some, windowMs), fill);
      readings.push(...some.map(window => named(window, readingOf(window))));
    }
    return readings;
  }
  for (const window of windows) {
    const at = (slot: Slot) => api.query(fill(measure.query, slot), window.endEpochMs);
    if (measure.kind === 'query') {
      const reading = resultOf(await at(canary), measure.series, asksForNaN(metric.judge));
      readings.push(named(window, { reading }));
      continue;
    }
    const [ofCanary, ofStable] = (await Promise.all([at(canary), at(otherSlot(canary))])).map(numberOf);
    readings.push(named(window, { reading: valuesOf(ofCanary, ofStable) }));
  }
  return readings;
}

/** @throws TypeError for a metric of another source */
function measureOf({ name, source }: Metric): PrometheusMeasure {
  if (source.kind !== 'prometheus') throw new TypeError(`${name} is read from ${source.kind}, not from Prometheus`);
  return source.measure;
}

/** A condition that asks isNaN wants to see it; any other compares with it, which is false for bad as for good. */
const asksForNaN = (judge: Metric['judge']): boolean => judgeRunOf(judge).asksForNaN?.(judge) === true;

const noData = (reason: string): Reading => ({ kind: 'noData', reason });
const SHOWN_AT_MOST = 3;

function resultOf(answer: QueryAnswer, series: 'one' | 'many', keepNaN: boolean): Reading {
  if (answer.kind === 'scalar') {
    if (Number.isNaN(answer.value) && !keepNaN) return noData('the query gives NaN');
    return { kind: 'result', result: storedResult(answer.value) };
  }
  if (answer.kind === 'noData') return answer;
  if (answer.kind !== 'vector') return noData(`the query gives a ${answer.kind}: a scalar or a vector is wanted`);
  const problem = problemOf(answer, series);
  if (problem !== undefined) return noData(problem);
  const values = answer.series.map(({ value }) => value);
  if (values.some(Number.isNaN) && !keepNaN) return noData('the query gives NaN');
  return { kind: 'result', result: storedResult(values) };
}

function problemOf({ series }: Extract<QueryAnswer, { kind: 'vector' }>, wanted: 'one' | 'many'): string | undefined {
  if (series.length === 0) return 'no series: the metric or one of its labels does not exist';
  if (wanted === 'many' || series.length === 1) return undefined;
  const shown = series.slice(0, SHOWN_AT_MOST).map(({ labels }) => JSON.stringify(labels));
  return `${series.length} series where one is needed: ${shown.join(', ')}${series.length > SHOWN_AT_MOST ? ', …' : ''}`;
}

type OneNumber = { kind: 'number'; value: number | null } | { kind: 'noData'; reason: string };

function numberOf(answer: QueryAnswer): OneNumber {
  if (answer.kind === 'scalar') return finite(answer.value);
  if (answer.kind === 'noData') return answer;
  if (answer.kind !== 'vector') return { kind: 'noData', reason: `the query gives a ${answer.kind}, not one number` };
  if (answer.series.length === 0) return { kind: 'number', value: null };
  const problem = problemOf(answer, 'one');
  return problem === undefined ? finite(answer.series[0]?.value ?? Number.NaN) : { kind: 'noData', reason: problem };
}

const finite = (value: number): OneNumber =>
  Number.isFinite(value) ? { kind: 'number', value } : { kind: 'noData', reason: `the query gives ${value}` };

function valuesOf(canary: OneNumber | undefined, stable: OneNumber | undefined): Reading {
  if (canary?.kind !== 'number') return noData(`canary: ${canary?.reason ?? 'nothing'}`);
  if (stable?.kind !== 'number') return noData(`stable: ${stable?.reason ?? 'nothing'}`);
  return { kind: 'value', canary: canary.value, stable: stable.value };
}

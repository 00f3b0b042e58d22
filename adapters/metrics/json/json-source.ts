import {
  isTooDeep,
  MAX_RESULT_DEPTH,
  type ResultValue,
  storedResult,
} from '../../../domain/conditions/result-value.ts';
import type { Metric } from '../../../domain/plan/plan.ts';
import type { JsonMeasure } from '../../../domain/sources/json/facts.ts';
import { fillTemplate } from '../../../domain/sources/template.ts';
import type { Reading } from '../../../domain/windows/reading.ts';
import { CALL_DEADLINE_MS, type Env } from '../../aws-client-config.ts';
import { type HttpRequest, NoAnswerError, requestText } from '../../outbound/http-client.ts';
import { andWords } from '../../outbound/words-of.ts';
import { askSource, type SourceAskOptions } from '../ask-source.ts';
import {
  type MetricReading,
  type MetricSource,
  MetricSourceUnreachableError,
  type ReadRequest,
} from '../metric-source.ts';
import { templateValues } from '../template-values.ts';
import { JsonPathError, jsonPathValue } from './json-path.ts';

/** A check's answer is a few numbers; what it keeps in the ledger's windows is bounded too. */
const LARGEST_ANSWER_BYTES = 1_000_000;
const LARGEST_RESULT_CHARACTERS = 10_000;

/** `loopback`: takes http:// on this computer, for the lab. */
export type JsonOptions = Omit<SourceAskOptions, 'signal'>;

/**
 * Endpoints that answer with JSON. What one says is about now: it is the reading of the window that ended last, and no other
 * window has one; it is asked once a look, and what it said first is what it said of that window.
 */
export function openJsonSource(_: Env, options: JsonOptions = {}): MetricSource {
  return {
    async read(request) {
      const last = request.windows.toSorted((a, b) => a.endEpochMs - b.endEpochMs).at(-1);
      if (last === undefined) return [];
      const signal = AbortSignal.timeout(request.withinMs ?? CALL_DEADLINE_MS);
      const readings: MetricReading[] = [];
      const faults: { because: string; cause: unknown }[] = [];
      const asked = request.metrics.map(async metric => {
        try {
          const reading = await readMetric(request, metric, { ...options, signal });
          readings.push({ metric: metric.name, ...last, reading, settled: { canary: true, stable: true } });
        } catch (error) {
          if (!(error instanceof NoAnswerError)) throw error;
          faults.push({ because: `${metric.name}: ${error.message}`, cause: error });
        }
      });
      await Promise.all(asked);
      if (faults.length === 0) return readings;
      const because = faults.map(fault => fault.because).join('; ');
      throw new MetricSourceUnreachableError(because, { cause: faults[0]?.cause, readings });
    },
  };
}

async function readMetric(
  request: ReadRequest,
  metric: Metric,
  options: JsonOptions & { signal: AbortSignal },
): Promise<Reading> {
  const { jsonPath, headers, url: template } = measureOf(metric);
  const [window] = request.windows;
  const windowMs = window === undefined ? 0 : window.endEpochMs - window.startEpochMs;
  const url = fillTemplate(template, templateValues(request, request.canary, windowMs), encodeURIComponent);
  const asked: HttpRequest = { method: 'GET', url, headers: { accept: 'application/json', ...headers } };
  const what = requestText(asked);
  const { status, text } = await askSource(asked, { largestBytes: LARGEST_ANSWER_BYTES, ...options });
  if (status !== 200) throw new NoAnswerError(`${what} answered ${status}${andWords(text)}`);
  const answer = parse(text, what);
  if (isTooDeep(answer)) {
    return { kind: 'noData', reason: `${metric.name}: ${what} answered with more than ${MAX_RESULT_DEPTH} levels` };
  }
  const value = found(jsonPath, answer);
  if (value instanceof JsonPathError) {
    return { kind: 'noData', reason: `${metric.name}: ${jsonPath} over what ${what} answered ${value.message}` };
  }
  if (value === undefined) return { kind: 'noData', reason: `${metric.name}: ${what} answered nothing at ${jsonPath}` };
  const result = storedResult(value);
  if (JSON.stringify(result).length > LARGEST_RESULT_CHARACTERS) {
    return {
      kind: 'noData',
      reason: `${metric.name}: more than ${LARGEST_RESULT_CHARACTERS} characters at ${jsonPath}`,
    };
  }
  return { kind: 'result', result };
}

function found(jsonPath: string, answer: ResultValue): ResultValue | JsonPathError | undefined {
  try {
    return jsonPathValue(jsonPath, answer);
  } catch (error) {
    if (error instanceof JsonPathError) return error;
    throw error;
  }
}

function parse(text: string, what: string): ResultValue {
  try {
    return JSON.parse(text) as ResultValue;
  } catch (error) {
    throw new NoAnswerError(`${what} answered with what is not JSON${andWords(text)}`, { cause: error });
  }
}

/** @throws TypeError for a metric of another source */
function measureOf({ name, source }: Metric): JsonMeasure {
  if (source.kind !== 'json') throw new TypeError(`${name} is read from ${source.kind}, not from a JSON endpoint`);
  return source.measure;
}

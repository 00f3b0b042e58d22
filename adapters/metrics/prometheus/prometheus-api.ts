import * as z from 'zod';
import type { PrometheusServer } from '../../../domain/sources/prometheus/facts.ts';
import type { Env } from '../../aws-client-config.ts';
import { sharedTagHint } from '../../denied.ts';
import { type HttpRequest, NoAnswerError } from '../../outbound/http-client.ts';
import { andWords, wordsOf } from '../../outbound/words-of.ts';
import { askSource, type SourceAskOptions } from '../ask-source.ts';
import { signForAps } from './sign-for-aps.ts';

export type Labels = Record<string, string>;
export interface Sample {
  atEpochMs: number;
  value: number;
}

/** What the instant query API answers. https://prometheus.io/docs/prometheus/latest/querying/api/ */
export type QueryAnswer =
  | { kind: 'scalar'; value: number }
  | { kind: 'vector'; series: { labels: Labels; value: number }[] }
  /** Of a range selector: raw samples, oldest first. */
  | { kind: 'matrix'; series: { labels: Labels; samples: Sample[] }[] }
  | { kind: 'string' }
  /** It answered, and says itself that something is missing, or what it has are no numbers. */
  | { kind: 'noData'; reason: string };

export interface PrometheusApi {
  /** @throws NoAnswerError with the reason, also where the query is refused */
  query(promql: string, atEpochMs: number): Promise<QueryAnswer>;
}

/*
 * Read with a few words of zod only: its records, tuples and unions would be 10 kB more in the bundle of Look, in which an
 * answer with a hundred thousand samples is read, too.
 */
const answerSchema = z.object({
  status: z.string(),
  data: z.object({ resultType: z.string(), result: z.unknown() }).optional(),
  errorType: z.string().optional(),
  error: z.string().optional(),
  /** Of Prometheus and what answers like it: a store or a shard that did not answer, samples that were left out. */
  warnings: z.array(z.string()).nullish(),
  infos: z.array(z.string()).nullish(),
  /** Of VictoriaMetrics, Thanos and Mimir. */
  isPartial: z.boolean().nullish(),
});

const VALUES: Record<string, number> = {
  NaN: Number.NaN,
  '+Inf': Number.POSITIVE_INFINITY,
  '-Inf': Number.NEGATIVE_INFINITY,
};

function sampleOf(point: unknown): Sample {
  const [seconds, text] = listOf(point);
  const value = typeof text === 'string' ? (VALUES[text] ?? Number(text === '' ? 'x' : text)) : undefined;
  if (typeof seconds !== 'number' || value === undefined || (Number.isNaN(value) && text !== 'NaN')) {
    throw undocumented(`the sample ${JSON.stringify(point)}`);
  }
  return { atEpochMs: Math.round(seconds * 1000), value };
}

function seriesOf<T>(entry: unknown, key: string, read: (value: unknown) => T): T & { labels: Labels } {
  const { metric, [key]: value } = Object(entry) as Record<string, unknown>;
  if (typeof metric !== 'object' || metric === null) throw undocumented('a series without labels');
  const labels: Labels = {};
  for (const [name, label] of Object.entries(metric)) labels[name] = String(label);
  return { labels, ...read(value) };
}

function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw undocumented(typeof value);
}

const undocumented = (what: string) => new NoAnswerError(`Prometheus answered what it does not document: ${what}`);

/** @param options.loopback allows a server on this computer, for the lab */
export function prometheusApi(server: PrometheusServer, env: Env, options: SourceAskOptions = {}): PrometheusApi {
  const url = `${server.url.replace(/\/+$/, '')}/api/v1/query`;
  return {
    async query(promql, atEpochMs) {
      // POST: a query with many pods in it is longer than an address may be
      const request: HttpRequest = {
        method: 'POST',
        url,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ query: promql, time: String(atEpochMs / 1000) }).toString(),
      };
      const signed = server.sigv4 ? await signForAps(request, env) : request;
      const answer = await askSource(signed, { ...options, http: !server.sigv4 });
      if (server.sigv4 && answer.status === 403) {
        throw new NoAnswerError(`Prometheus answered 403${sharedTagHint(`the workspace of ${server.url}`)}`);
      }
      return parse(answer);
    },
  };
}

function parse({ status, text }: { status: number; text: string }): QueryAnswer {
  const parsed = answerSchema.safeParse(jsonOf(text, status));
  if (status !== 200) {
    const { errorType, error } = parsed.data ?? {};
    if (error !== undefined) throw new NoAnswerError(`Prometheus refused: ${errorType}: ${error}`);
    throw new NoAnswerError(`Prometheus answered ${status}${andWords(text)}`);
  }
  const { data } = parsed.data ?? {};
  if (data === undefined) throw undocumented('no data');
  const incomplete = incompleteness(parsed.data ?? {});
  if (incomplete !== undefined) return { kind: 'noData', reason: incomplete };
  const isNative = listOf(data.resultType === 'scalar' || data.resultType === 'string' ? [] : data.result).find(
    hasHistogram,
  );
  if (isNative !== undefined) return { kind: 'noData', reason: nativeHistogram(isNative) };
  switch (data.resultType) {
    case 'scalar':
      return { kind: 'scalar', value: sampleOf(data.result).value };
    case 'vector':
      return {
        kind: 'vector',
        series: listOf(data.result).map(one => seriesOf(one, 'value', point => ({ value: sampleOf(point).value }))),
      };
    case 'matrix':
      return {
        kind: 'matrix',
        series: listOf(data.result).map(one =>
          seriesOf(one, 'values', points => ({ samples: listOf(points).map(sampleOf) })),
        ),
      };
    case 'string':
      return { kind: 'string' };
    default:
      throw undocumented(`a result of type ${data.resultType}`);
  }
}

/** What an answer says of itself that is not whole; undefined: nothing. What is there is then no count of anything. */
function incompleteness({
  warnings,
  infos,
  isPartial,
}: Pick<z.infer<typeof answerSchema>, 'warnings' | 'infos' | 'isPartial'>): string | undefined {
  const said = [...(warnings ?? []), ...(infos ?? []).filter(info => OF_MISSING_DATA.test(info))];
  if (said.length === 0 && isPartial !== true) return undefined;
  const why = said.length === 0 ? 'isPartial' : wordsOf(said.join('; '));
  return `Prometheus says that its answer is not whole: ${why}`;
}

/** Other infos are advice about the query, such as that a counter's name ends in _total. */
const OF_MISSING_DATA = /partial|incomplete|missing|unavailable|ignored|dropped|truncated|exceed|limit/i;

const hasHistogram = (entry: unknown): boolean => {
  const { histogram, histograms } = Object(entry) as Record<string, unknown>;
  return histogram !== undefined || (Array.isArray(histograms) && histograms.length > 0);
};

function nativeHistogram(entry: unknown): string {
  const { labels } = seriesOf(entry, '', () => ({}));
  return `${labels.__name__ ?? 'the result'} is a native histogram, of which no counts are read: scrape its classic buckets too (always_scrape_classic_histograms), or ask a query with histogram_fraction`;
}

function jsonOf(text: string, status: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new NoAnswerError(`Prometheus answered ${status} with what is not JSON${andWords(text)}`, { cause: error });
  }
}

import * as z from 'zod';
import type { PrometheusServer } from '../../domain/workload.ts';
import type { Env } from '../aws-client-config.ts';
import { type AskOptions, ask, type HttpRequest, NoAnswerError, refusalOf } from './http-request.ts';
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
  | { kind: 'string' };

export interface PrometheusApi {
  /** @throws NoAnswerError with the reason, also where the query is refused */
  query(promql: string, atEpochMs: number): Promise<QueryAnswer>;
}

const VALUES: Record<string, number> = { '+Inf': Number.POSITIVE_INFINITY, Inf: Number.POSITIVE_INFINITY };
const pointSchema = z.tuple([z.number(), z.string()]).transform(
  ([seconds, text]): Sample => ({
    atEpochMs: Math.round(seconds * 1000),
    value: VALUES[text] ?? (text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text)),
  }),
);
const labelsSchema = z.record(z.string(), z.string());
const answerSchema = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.object({ resultType: z.literal('scalar'), result: pointSchema }),
    z.object({ resultType: z.literal('string'), result: z.unknown() }),
    z.object({
      resultType: z.literal('vector'),
      result: z.array(z.object({ metric: labelsSchema, value: pointSchema })),
    }),
    z.object({
      resultType: z.literal('matrix'),
      result: z.array(z.object({ metric: labelsSchema, values: z.array(pointSchema) })),
    }),
  ]),
});
const refusalSchema = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() });

/** @param options.loopback allows a server on this computer, for the lab */
export function openPrometheusApi(
  server: PrometheusServer,
  env: Env,
  options: AskOptions & { loopback?: boolean } = {},
): PrometheusApi {
  const refused = refusalOf(server.url, { loopback: options.loopback ?? false, http: !server.sigv4 });
  const url = `${server.url.replace(/\/+$/, '')}/api/v1/query`;
  return {
    async query(promql, atEpochMs) {
      if (refused !== undefined) throw new NoAnswerError(refused);
      // POST: a query with many pods in it is longer than an address may be
      const request: HttpRequest = {
        method: 'POST',
        url,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ query: promql, time: String(atEpochMs / 1000) }).toString(),
      };
      return parse(await ask(server.sigv4 ? await signForAps(request, env) : request, options));
    },
  };
}

function parse({ status, text }: { status: number; text: string }): QueryAnswer {
  const json = jsonOf(text, status);
  const refusal = refusalSchema.safeParse(json);
  if (refusal.success) throw new NoAnswerError(`Prometheus refused: ${refusal.data.errorType}: ${refusal.data.error}`);
  if (status !== 200) throw new NoAnswerError(`Prometheus answered ${status}`);
  const answer = answerSchema.safeParse(json);
  if (!answer.success) {
    throw new NoAnswerError(`Prometheus answered what it does not document: ${z.prettifyError(answer.error)}`);
  }
  const { data } = answer.data;
  switch (data.resultType) {
    case 'scalar':
      return { kind: 'scalar', value: data.result.value };
    case 'vector':
      return { kind: 'vector', series: data.result.map(({ metric, value: { value } }) => ({ labels: metric, value })) };
    case 'matrix':
      return { kind: 'matrix', series: data.result.map(({ metric, values }) => ({ labels: metric, samples: values })) };
    default:
      return { kind: 'string' };
  }
}

function jsonOf(text: string, status: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new NoAnswerError(`Prometheus answered ${status} with what is not JSON`, { cause: error });
  }
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type StandInSeries = { labels: Record<string, string>; samples: [epochMs: number, value: number | string][] };
type Answer = { resultType: string; result: unknown };

export interface PrometheusStandIn {
  url: string;
  series: StandInSeries[];
  /** What a query that is no range selector answers, by its text. */
  answers: Map<string, Answer | ((epochSeconds: number) => Answer)>;
  /** Every query that was asked, oldest first. */
  asked: { query: string; time: number; headers: IncomingMessage['headers'] }[];
  /** What an answer says beside its data: warnings, infos, isPartial. */
  saying: object;
  /** In place of an answer, until it is set back to undefined. */
  fault: ((response: ServerResponse) => void) | undefined;
  close(): Promise<void>;
}

/** As much of Prometheus' instant query API as the source asks: range selectors over raw samples, and canned answers. */
export async function openPrometheusStandIn(): Promise<PrometheusStandIn> {
  const server = createServer(async (request, response) => {
    const form = new URLSearchParams(await text(request));
    const [query, time] = [form.get('query') ?? '', Number(form.get('time'))];
    standIn.asked.push({ query, time, headers: request.headers });
    if (standIn.fault !== undefined) return standIn.fault(response);
    const data = answerTo(query, time);
    const body =
      data === undefined
        ? { status: 'error', errorType: 'bad_data', error: `1:1: parse error: ${query}` }
        : { status: 'success', data, ...standIn.saying };
    response.writeHead(data === undefined ? 400 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  function answerTo(query: string, time: number): Answer | undefined {
    const canned = standIn.answers.get(query);
    if (canned !== undefined) return typeof canned === 'function' ? canned(time) : canned;
    const counted = /^count_over_time\((.*)\)$/s.exec(query)?.[1];
    if (counted !== undefined) return countOf(answerTo(counted, time));
    const [, name, matchers = '', seconds] = /^([\w:]+)(?:\{(.*)\})?\[(\d+)s\]$/s.exec(query) ?? [];
    if (name === undefined) return undefined;
    const fits = [...matchers.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*")/g)].map(
      ([, label = '', operator, value = '']) => {
        const wanted = JSON.parse(value) as string;
        const isLike = new RegExp(`^(?:${wanted})$`);
        return ({ labels }: StandInSeries) => {
          const found = labels[label] ?? '';
          const holds = operator?.endsWith('~') ? isLike.test(found) : found === wanted;
          return operator?.startsWith('!') ? !holds : holds;
        };
      },
    );
    const from = time * 1000 - Number(seconds) * 1000;
    const result = standIn.series
      .filter(one => one.labels.__name__ === name && fits.every(matches => matches(one)))
      .map(({ labels, samples }) => ({
        metric: labels,
        values: samples
          .filter(([epochMs]) => epochMs > from && epochMs <= time * 1000)
          .map(([epochMs, value]) => [epochMs / 1000, String(value)]),
      }))
      .filter(({ values }) => values.length > 0);
    return { resultType: 'matrix', result };
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const standIn: PrometheusStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    series: [],
    answers: new Map(),
    saying: {},
    asked: [],
    fault: undefined,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return standIn;
}

/** count_over_time of what a range selector answers. */
function countOf(matrix: Answer | undefined): Answer {
  const series = (matrix?.result ?? []) as { metric: Record<string, string>; values: unknown[] }[];
  const result = series.map(({ metric: { __name__: _, ...metric }, values }) => ({
    metric,
    value: [0, String(values.length)],
  }));
  return { resultType: 'vector', result };
}

/** A series with a sample every so many seconds. @param values the samples; undefined: the scrape failed */
export function scraped(
  labels: Record<string, string>,
  fromEpochMs: number,
  everySeconds: number,
  values: (number | string | undefined)[],
): StandInSeries {
  const samples = values.flatMap((value, index): StandInSeries['samples'] =>
    value === undefined ? [] : [[fromEpochMs + index * everySeconds * 1000, value]],
  );
  return { labels, samples };
}

import { latenciesText, type SourceFacts } from '../source-facts.ts';

/** PromQL with variables in it. */
export type PrometheusMeasure =
  /** Selectors of counters: all requests, and the bad ones. */
  | { kind: 'counters'; requests: string; bad: string }
  /** A selector of a histogram's buckets, in seconds: those above each threshold are the slow ones. */
  | { kind: 'histogram'; buckets: string; thresholdsSeconds: number[] }
  /** One series of each version, evaluated at the window's end. */
  | { kind: 'queryValue'; query: string }
  /** Evaluated at the window's end, about the canary. `series`: whether several are an error. */
  | { kind: 'query'; query: string; series: 'one' | 'many' };

/** A Prometheus, or a workspace of Amazon Managed Prometheus. */
export interface PrometheusServer {
  /** Without `/api/v1/query`. */
  url: string;
  /** Requests are signed for AWS: a workspace of Amazon Managed Prometheus wants that. */
  sigv4: boolean;
}

export const prometheusFacts: SourceFacts<'prometheus', PrometheusMeasure> = {
  kind: 'prometheus',
  // a look right after a window's end finds the first scrape past it, or finds it 10 s later
  usualLatenessSeconds: 5,
  measures: {
    counters: {
      gives: 'counts',
      text: ({ requests, bad }) => `${bad} of ${requests}`,
      // code=~"5.." does not, code=~"[45].." and code!~"2.." do; other labels are the team's own
      sees4xx: ({ bad }) => /4/.test(bad) || !/5/.test(bad),
    },
    histogram: {
      gives: 'counts',
      text: ({ buckets, thresholdsSeconds }) => `${buckets} above ${latenciesText(thresholdsSeconds)}`,
      bad: limit => `took longer than ${limit}`,
    },
    queryValue: { gives: 'value', text: ({ query }) => query, sees4xx: () => true },
    query: { gives: 'result', text: ({ query }) => query, sees4xx: () => true },
  },
};

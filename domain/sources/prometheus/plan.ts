import type * as z from 'zod';
import { latencySecondsOf } from '../../file/checked-units.ts';
import type { Draft } from '../../file/draft.ts';
import type { SourcePlanKind } from '../source-plan-kind.ts';
import { TEMPLATE_VARIABLES } from '../template.ts';
import { prometheusCaveats } from './caveats.ts';
import { type PrometheusMeasure, prometheusFacts } from './facts.ts';
import { prometheusSchema } from './schema.ts';
import { checkSelectors } from './selectors.ts';
import { checkServer, serverSchema } from './server.ts';

type Source = Draft<z.input<typeof prometheusSchema>>;

const textsOf = (source: Source, keys: readonly ('requests' | 'bad' | 'histogram' | 'value' | 'query')[]) =>
  keys.flatMap(key => {
    const text = source[key];
    return text === undefined ? [] : [{ path: [key], text, known: TEMPLATE_VARIABLES }];
  });

export const prometheus = {
  facts: prometheusFacts,
  title: 'Prometheus',
  schema: prometheusSchema,
  groups: [
    { keys: ['requests', 'bad'], gives: ['counts'] },
    { keys: ['histogram', 'slowerThan'], gives: ['counts'] },
    { keys: ['value'], gives: ['value'] },
    { keys: ['query'], gives: ['result'] },
  ],
  templates: source => textsOf(source, ['requests', 'bad', 'histogram', 'value', 'query']),
  compared: source =>
    textsOf(source, ['requests', 'bad', 'histogram', 'value']).map(({ text, ...rest }) => ({ ...rest, texts: [text] })),
  checkKeys: (at, given) =>
    given('series') && !given('query')
      ? [{ path: [...at, 'series'], at: 'key', found: 'series without query', expected: 'series with query only' }]
      : [],
  checkTexts: checkSelectors,
  timeUnit: ({ query, value }) => timeUnitOf(query ?? value ?? ''),
  measureOf: ({ requests, bad, histogram, slowerThan, value, query, series = 'one' }) => {
    if (requests !== undefined && bad !== undefined) return { kind: 'counters', requests, bad };
    if (histogram !== undefined && slowerThan !== undefined) {
      return { kind: 'histogram', buckets: histogram, thresholdsSeconds: slowerThan.map(latencySecondsOf) };
    }
    if (value !== undefined) return { kind: 'queryValue', query: value };
    if (query !== undefined) return { kind: 'query', query, series };
    throw new Error('a source that measures nothing passed the checks');
  },
  // two looks, or two scrapes of 30 s, after a window's end
  verdictSeconds: { earliest: 20, latest: 60 },
  caveats: prometheusCaveats,
  ofWorkload: { schema: serverSchema, check: checkServer },
  permissions: [
    {
      actions: ['aps:QueryMetrics'],
      on: { tagged: { service: 'aps', resource: 'workspace' } },
      because:
        'a workspace is named by a workload, whose stack adds nothing to a role: any workspace of this account whose tag gives it to this control plane',
    },
  ],
  keepsPast: true,
} as const satisfies SourcePlanKind<'prometheus', typeof prometheusSchema, PrometheusMeasure>;

/** Of a quantile of a histogram of answers, whose name ends with its unit. */
function timeUnitOf(query: string): 'seconds' | 'milliseconds' | undefined {
  const [, unit] =
    /^[\s(]*histogram_quantile\b.*?\b\w*(?:http|rpc|request|response|latency)\w*_(seconds|milliseconds|ms)_bucket\b/is.exec(
      query,
    ) ?? [];
  // what is computed from it has a unit of its own
  if (unit === undefined || /[*/+]|(?<![\w-])-/.test(query.replaceAll(/"[^"]*"|'[^']*'/g, ''))) return undefined;
  return unit === 'seconds' ? 'seconds' : 'milliseconds';
}

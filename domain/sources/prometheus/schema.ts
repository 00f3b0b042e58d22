import * as z from 'zod';
import { slowerThan, text } from '../source-fields.ts';

const query = "a query in PromQL, such as 'max(queue_depth)'";
const selector = 'a selector of a counter, such as \'http_requests_total{slot="${slot}"}\'';

export const prometheusSchema = z
  .strictObject({
    kind: z
      .literal('prometheus')
      .meta({ description: "Prometheus or Amazon Managed Prometheus: the workload's sources.prometheus." }),
    requests: text(selector)
      .meta({
        description:
          'Selector of the counters of all requests of one version, with `bad`. Variables here and in every query: ${namespace}, ${workload}, ${slot}, ${revision}, ${window}.',
        examples: ['http_requests_total{namespace="${namespace}",slot="${slot}"}'],
      })
      .optional(),
    bad: text(selector)
      .meta({
        description: 'Selector of the counters of the bad ones among them.',
        examples: ['http_requests_total{namespace="${namespace}",slot="${slot}",code=~"5.."}'],
      })
      .optional(),
    histogram: text("a selector of a histogram's buckets, in seconds")
      .meta({
        description:
          "Selector of a histogram's buckets, in seconds, with `slowerThan`. Counted above the nearest bound that there is; the verdict says which.",
        examples: ['http_request_duration_seconds_bucket{slot="${slot}"}'],
      })
      .optional(),
    slowerThan: slowerThan.optional(),
    value: text(query)
      .meta({
        description: 'A query that gives one series for each version, evaluated at the end of the window.',
        examples: ['sum(rate(cpu_seconds_total{slot="${slot}"}[${window}]))'],
      })
      .optional(),
    query: text(query)
      .meta({
        description:
          'Any query, evaluated for the canary at the end of the window, for a threshold: a scalar is a number, a vector a list.',
        examples: ['max(queue_depth{slot="${slot}"})'],
      })
      .optional(),
    series: z
      .enum(['one', 'many'])
      .meta({ description: 'Of query: whether several series are allowed. Absent: one.', examples: ['many'] })
      .optional(),
  })
  .meta({ description: 'Prometheus' });

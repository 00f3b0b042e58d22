import * as z from 'zod';
import { expectedAddress } from '../address.ts';
import type { Draft } from '../file/draft.ts';
import { latency } from '../file/field-schemas.ts';

const slowerThan = z
  .array(latency, { error: 'a list of times such as [300ms, 1s]' })
  .min(1, { error: 'at least one time' })
  .max(5, { error: 'at most 5 times' })
  .meta({ description: 'Answers slower than each of these are counted.', examples: [['300ms', '1s']] });

/** @param example as `what`, in a mistake, e.g. `a query such as up` */
const text = (what: string, maxLength = 4000) =>
  z
    .string({ error: what })
    .min(1)
    .max(maxLength, { error: `${what}, at most ${maxLength} characters` });

const metricSchema = z
  .strictObject({
    namespace: text("the metric's namespace, such as Shop", 255).meta({
      description: "The metric's namespace.",
      examples: ['Shop'],
    }),
    name: text("the metric's name", 255).meta({ description: "The metric's name.", examples: ['OrdersPlaced'] }),
    dimensions: z
      .record(z.string(), text('the value of a dimension', 1024), { error: 'a map of dimensions' })
      .default({})
      .meta({
        description:
          'Its dimensions. Variables: ${namespace}, ${workload}, ${slot}, ${revision}, ${window}, ${loadBalancer} and ${targetGroup} (as AWS/ApplicationELB has them).',
        examples: [{ Service: '${workload}' }],
      }),
    stat: z
      .string({ error: 'a statistic such as Average, Sum or p99' })
      .regex(/^[A-Za-z][A-Za-z0-9.:()%]{0,63}$/)
      .default('Average')
      .meta({ description: 'The statistic.', examples: ['Sum'] }),
  })
  .meta({ description: 'Another metric than those of the load balancer: a value of each version.' });

const cloudwatchSchema = z
  .strictObject({
    kind: z.literal('cloudwatch').meta({ description: "The load balancer's metrics in CloudWatch, by target group." }),
    bad: z
      .union(
        [
          z.enum(['failedRequests', 'target5xxAndConnectionErrors', 'target4xx', 'target3xx']),
          z.strictObject({ slowerThan }),
        ],
        { error: 'failedRequests, target5xxAndConnectionErrors, target4xx, target3xx or { slowerThan: [300ms] }' },
      )
      .meta({
        description:
          'Which requests are bad: failedRequests (5xx, and requests that got no answer), target5xxAndConnectionErrors (where clients that hang up are common), target4xx (answers 400 to 499, such as those of a route that is gone), target3xx (answers 300 to 399, such as those of a redirect that leads back to itself), or those slower than given times. One of bad, value, metric and alarm.',
        examples: ['failedRequests'],
      })
      .optional(),
    value: z
      .strictObject({
        percentile: z
          .number({ error: 'a number from 1 to below 100, such as 99' })
          .min(1)
          .lt(100)
          .meta({ title: 'percentile', description: 'Percentile of the response time, in seconds.', examples: [99] }),
      })
      .meta({ description: 'A value instead of a count of bad requests.' })
      .optional(),
    metric: metricSchema.optional(),
    alarm: text('the name of a CloudWatch alarm', 255)
      .meta({
        description: 'The state of this alarm, for the alarm judge. Variables as in a query.',
        examples: ['${workload}-latency'],
      })
      .optional(),
  })
  .meta({ description: 'CloudWatch' });

const query = "a query in PromQL, such as 'max(queue_depth)'";
const selector = 'a selector of a counter, such as \'http_requests_total{slot="${slot}"}\'';

const prometheusSchema = z
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

const urlError = expectedAddress({ http: false });

const jsonSchema = z
  .strictObject({
    kind: z.literal('json').meta({ description: 'An endpoint that answers with JSON, asked with GET.' }),
    url: text(urlError, 2048).meta({
      description:
        'Its address. Variables as in a query. No secrets in it or in the headers: the plan is shown and kept.',
      examples: ['https://checks.example.com/${workload}/${slot}'],
    }),
    jsonPath: text("a JSONPath such as '$.data.ok'", 1000).meta({
      description: 'What of the answer is the result (RFC 9535). Of a path that can match several: a list.',
      examples: ['$.data.errors'],
    }),
    headers: z
      .record(
        z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, { error: 'the name of a header' }),
        z
          .string({ error: "the header's value" })
          .regex(/^[\x20-\x7e]{0,1024}$/, { error: "the header's value, of printable ASCII characters" }),
        { error: 'a map of headers' },
      )
      .default({})
      .meta({ description: 'Headers of the request. Not for secrets.', examples: [{ accept: 'application/json' }] }),
  })
  .meta({ description: 'JSON endpoint' });

/** Where the measurements of a metric come from. */
export const sourceSchema = z
  .discriminatedUnion('kind', [cloudwatchSchema, prometheusSchema, jsonSchema], {
    error: 'a source: cloudwatch, prometheus or json',
  })
  .meta({ description: 'Where the measurements come from.' });

/** A source as it is written and valid, defaults filled in. */
export type SourceInput = z.output<typeof sourceSchema>;

/** A source in the words of its file, part by part valid or absent. */
export type SourceDraft = Draft<z.input<typeof sourceSchema>>;

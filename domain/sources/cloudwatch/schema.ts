import * as z from 'zod';
import { ROUTER_VARIABLES } from '../../routers/request-metrics-registry.ts';
import { slowerThan, text } from '../source-fields.ts';
import { TEMPLATE_VARIABLES } from '../template.ts';

const variables = (names: readonly string[]): string => names.map(name => `\${${name}}`).join(', ');

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
        description: `Its dimensions. Variables: ${variables(TEMPLATE_VARIABLES)}, and of the workload's router, as CloudWatch has them: ${variables(ROUTER_VARIABLES)}.`,
        examples: [{ Service: '${workload}' }],
      }),
    stat: z
      .string({ error: 'a statistic such as Average, Sum or p99' })
      .regex(/^[A-Za-z][A-Za-z0-9.:()%]{0,63}$/)
      .default('Average')
      .meta({ description: 'The statistic.', examples: ['Sum'] }),
  })
  .meta({ description: 'Another metric than those of the load balancer: a value of each version.' });

export const cloudwatchSchema = z
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

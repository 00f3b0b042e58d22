import * as z from 'zod';
import { count, share } from '../../file/field-schemas.ts';

/** Below 10 requests one bad one is more than 10 %: a window like that says nothing about a service. */
const DEFAULTS = { failureLimit: 0, minRequests: 10 } as const;

const timesError = 'a number above 0, such as 1.2';
const atLeastError = 'a number above 0 and at most 1, such as 0.99';

export const relativeSchema = z
  .strictObject({
    kind: z.literal('relative').meta({ description: 'The canary against stable over the same seconds.' }),
    max: z
      .number({ error: timesError })
      .gt(0)
      .max(100, { error: 'at most 100' })
      .meta({
        title: 'ratio',
        description:
          "The canary's bad share (or value) may be at most this many times the stable version's. One of max and min.",
        examples: [1.2],
      })
      .optional(),
    min: z
      .number({ error: atLeastError })
      .gt(0)
      .max(1)
      .meta({
        title: 'fraction',
        description: "The canary's share of good requests must be at least this many times the stable version's.",
        examples: [0.99],
      })
      .optional(),
    failureLimit: count(0)
      .default(DEFAULTS.failureLimit)
      .meta({ description: 'Windows worse than that which are still allowed.', examples: [1] }),
    minRequests: count(1)
      .default(DEFAULTS.minRequests)
      .meta({ description: 'Windows with fewer canary requests say nothing.', examples: [50] }),
    ceiling: share
      .meta({
        description:
          'Where stable gets no traffic there is nothing to compare with: the bad share that is then too much. For counts only.',
        examples: ['5%'],
      })
      .optional(),
  })
  .meta({ description: 'A ratio to the stable version.' });

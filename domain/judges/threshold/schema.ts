import * as z from 'zod';
import { count, duration } from '../../file/field-schemas.ts';

/** Argo Rollouts' own, whose counting this is: the first failure is one too many, the fifth fault in a row is. */
const DEFAULTS = {
  failureLimit: 0,
  inconclusiveLimit: 0,
  consecutiveErrorLimit: 4,
  consecutiveSuccessLimit: 0,
  initialDelay: '0s',
} as const;

const condition = (when: string, example: string) =>
  z
    .string({ error: "a condition such as 'result[0] < 0.01'" })
    .min(1)
    .max(1000, { error: 'a condition of at most 1000 characters' })
    .meta({ description: `${when} At least one of the two conditions.`, examples: [example] });

export const thresholdSchema = z
  .strictObject({
    kind: z
      .literal('threshold')
      .meta({ description: "Argo Rollouts' counting: a limit is broken when it is exceeded." }),
    successCondition: condition('A measurement that meets it is good.', 'result[0] < 0.01').optional(),
    failureCondition: condition(
      'A measurement that meets it is bad; one that meets neither says nothing.',
      'result[0] > 0.05',
    ).optional(),
    interval: duration({ min: 1 })
      .meta({
        description: "Between two measurements: a multiple of the plan's window, which is what it is where absent.",
        examples: ['2m'],
      })
      .optional(),
    initialDelay: duration({ min: 0 })
      .default(DEFAULTS.initialDelay)
      .meta({ description: 'From the first weight above 0 to the first measurement.', examples: ['30s'] }),
    count: count(1)
      .meta({
        description: 'Measurements after which this metric is done. Absent: as long as the analysis lasts.',
        examples: [10],
      })
      .optional(),
    failureLimit: count(-1)
      .default(DEFAULTS.failureLimit)
      .meta({ description: 'Bad measurements that are still allowed; -1: any number.', examples: [1] }),
    consecutiveSuccessLimit: count(0)
      .default(DEFAULTS.consecutiveSuccessLimit)
      .meta({
        description:
          'So many good measurements in a row and the metric is done and healthy; until then it is inconclusive. 0: no such limit.',
        examples: [4],
      }),
    inconclusiveLimit: count(0)
      .default(DEFAULTS.inconclusiveLimit)
      .meta({ description: 'Measurements between the conditions that are still allowed.', examples: [2] }),
    consecutiveErrorLimit: count(0)
      .default(DEFAULTS.consecutiveErrorLimit)
      .meta({ description: 'Faults of the source in a row that are still allowed.', examples: [4] }),
  })
  .meta({ description: 'A fixed limit on the canary alone.' });

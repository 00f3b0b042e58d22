import * as z from 'zod';
import { count, duration, label, share } from '../file/field-schemas.ts';
import { oneOf } from '../file/issue.ts';
import { sourceSchema } from '../sources/source-schema.ts';
import { alarmSchema, anomalyBandSchema } from './cloudwatch-judge-schema.ts';
import { DEFAULTS } from './defaults.ts';
import { flaggerSchema, mannWhitneySchema } from './other-judges-schema.ts';
import { sequentialSchema } from './sequential-schema.ts';

const condition = (when: string, example: string) =>
  z
    .string({ error: "a condition such as 'result[0] < 0.01'" })
    .min(1)
    .max(1000, { error: 'a condition of at most 1000 characters' })
    .meta({ description: `${when} At least one of the two conditions.`, examples: [example] });

const thresholdSchema = z
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
      .default(DEFAULTS.threshold.initialDelay)
      .meta({ description: 'From the first weight above 0 to the first measurement.', examples: ['30s'] }),
    count: count(1)
      .meta({
        description: 'Measurements after which this metric is done. Absent: as long as the analysis lasts.',
        examples: [10],
      })
      .optional(),
    failureLimit: count(-1)
      .default(DEFAULTS.threshold.failureLimit)
      .meta({ description: 'Bad measurements that are still allowed; -1: any number.', examples: [1] }),
    consecutiveSuccessLimit: count(0)
      .default(DEFAULTS.threshold.consecutiveSuccessLimit)
      .meta({
        description:
          'So many good measurements in a row and the metric is done and healthy; until then it is inconclusive. 0: no such limit.',
        examples: [4],
      }),
    inconclusiveLimit: count(0)
      .default(DEFAULTS.threshold.inconclusiveLimit)
      .meta({ description: 'Measurements between the conditions that are still allowed.', examples: [2] }),
    consecutiveErrorLimit: count(0)
      .default(DEFAULTS.threshold.consecutiveErrorLimit)
      .meta({ description: 'Faults of the source in a row that are still allowed.', examples: [4] }),
  })
  .meta({ description: 'A fixed limit on the canary alone.' });

const timesError = 'a number above 0, such as 1.2';
const atLeastError = 'a number above 0 and at most 1, such as 0.99';

const relativeSchema = z
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
      .default(DEFAULTS.relative.failureLimit)
      .meta({ description: 'Windows worse than that which are still allowed.', examples: [1] }),
    minRequests: count(1)
      .default(DEFAULTS.relative.minRequests)
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

export const AVAILABLE_JUDGES = [
  'sequential',
  'threshold',
  'relative',
  'flagger',
  'mannWhitney',
  'alarm',
  'anomalyBand',
] as const;

export const metricSchema = z
  .strictObject({
    name: label.meta({ description: 'Its name, used once in the plan.', examples: ['errors'] }),
    source: sourceSchema,
    judge: z
      .discriminatedUnion(
        'kind',
        [
          sequentialSchema,
          thresholdSchema,
          relativeSchema,
          flaggerSchema,
          mannWhitneySchema,
          alarmSchema,
          anomalyBandSchema,
        ],
        { error: `a judge: ${oneOf(AVAILABLE_JUDGES)}` },
      )
      .prefault({ kind: 'sequential' })
      .meta({ description: 'What makes of measurements a verdict. Absent: sequential, as its defaults are.' }),
  })
  .meta({ description: 'One metric.' });

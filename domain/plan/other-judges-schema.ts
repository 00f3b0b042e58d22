import * as z from 'zod';
import { count, duration, label, share } from '../file/field-schemas.ts';
import { parseShare } from '../file/units.ts';
import { DEFAULTS } from './defaults.ts';

const { flagger, mannWhitney, kayenta } = DEFAULTS;

const rangeError = "a number, in Flagger's units: per cent of good requests, milliseconds, or the value as it is";

export const flaggerSchema = z
  .strictObject({
    kind: z.literal('flagger').meta({
      description: "Flagger's thresholdRange and its counting: the failed check that reaches the threshold rolls back.",
    }),
    thresholdRange: z
      .strictObject(
        {
          min: z
            .number({ error: rangeError })
            .meta({ title: 'rangeEnd', description: 'A check with a value below it fails.', examples: [99] })
            .optional(),
          max: z
            .number({ error: rangeError })
            .meta({ title: 'rangeEnd', description: 'A check with a value above it fails.', examples: [500] })
            .optional(),
        },
        { error: 'a range: { min: 99 }' },
      )
      .meta({
        description:
          'What the value must lie in. At least one of min and max. Of counts the value is the per cent of good requests (0 to 100), of a percentile milliseconds, else it is as it is.',
        examples: [{ min: 99 }],
      }),
    threshold: count(1)
      .default(flagger.threshold)
      .meta({ description: 'Failed checks that roll back; no good check takes one back.', examples: [5] }),
    interval: duration({ min: 1 })
      .meta({
        description: "Between two checks: a multiple of the plan's window, which is what it is where absent.",
        examples: ['1m'],
      })
      .optional(),
  })
  .meta({ description: "Flagger's way: a fixed range of the canary alone." });

const partError = 'a number from 0 to 1, such as 0.25';
const confidenceError = 'a confidence of at least 50% and below 100%, such as 98% or 0.98';
const effectError = 'a number, 0 or more';

const effect = (meaning: string) =>
  z
    .number({ error: effectError })
    .min(0)
    .meta({ title: 'fraction', description: meaning, examples: [1.5] })
    .optional();

export const mannWhitneySchema = z
  .strictObject({
    kind: z.literal('mannWhitney').meta({
      description: "Kayenta's judge: the values of all windows of both versions, compared again in every run.",
    }),
    interval: duration({ min: 1 })
      .meta({
        description: `From one run to the next: a multiple of the plan's window. Absent: ${mannWhitney.intervalWindows} windows.`,
        examples: ['10m'],
      })
      .optional(),
    direction: z
      .enum(['increase', 'decrease', 'either'])
      .default(mannWhitney.direction)
      .meta({ description: 'Which change is bad. In Kayenta it is either where nothing is said: improvements too.' }),
    tolerance: z
      .number({ error: partError })
      .min(0)
      .max(1)
      .default(mannWhitney.tolerance)
      .meta({
        title: 'fraction',
        description: 'The interval of the shift must lie further from 0 than this part of the estimated shift.',
        examples: [0.25],
      }),
    confidence: share
      .refine(value => (parseShare(value) ?? 0) >= 0.5, { error: confidenceError })
      .default(mannWhitney.confidence)
      .meta({ description: 'Of the interval of the shift.', examples: ['98%'] }),
    nanStrategy: z
      .enum(['remove', 'replace'])
      .default(mannWhitney.nanStrategy)
      .meta({ description: 'A window without a value: left out, or taken for 0.' }),
    outliers: z
      .enum(['keep', 'remove'])
      .default(mannWhitney.outliers)
      .meta({ description: 'Values far outside the quartiles: kept, or left out.' }),
    outlierFactor: z
      .number({ error: 'a number above 0, such as 3' })
      .gt(0)
      .default(mannWhitney.outlierFactor)
      .meta({
        title: 'ratio',
        description: 'How many quartile distances outside is far, for outliers: remove.',
        examples: [3],
      }),
    effectSize: z
      .strictObject({
        measure: z.enum(['meanRatio', 'cles']).default(mannWhitney.measure).meta({
          description:
            "The canary's mean over the stable version's, or (cles) the chance that a value of the canary is the larger one.",
        }),
        allowedIncrease: effect('An increase counts from this effect on. Absent: any (1, of cles 0.5).'),
        allowedDecrease: effect('A decrease counts up to this effect. Absent: any (1, of cles 0.5).'),
        criticalIncrease: effect('From this effect on an increase of a critical metric fails everything. Absent: any.'),
        criticalDecrease: effect('Up to this effect a decrease of a critical metric fails everything. Absent: any.'),
      })
      .prefault({})
      .meta({ description: 'How large a difference must be to count.' }),
    critical: z
      .boolean()
      .default(mannWhitney.critical)
      .meta({ description: 'Its failure makes the score 0, whatever the other metrics say.' }),
    groups: z
      .array(label, { error: 'a list of names of groups' })
      .min(1, { error: 'at least one group' })
      .default([...mannWhitney.groups])
      .meta({
        description: 'The groups of the score that it counts for; kayenta.groups weighs them.',
        examples: [['errors']],
      }),
  })
  .meta({ description: "Kayenta's way: a rank test of all windows." });

const scoreError = 'a number from 0 to 100';
const score = z.number({ error: scoreError }).min(0).max(100).meta({ title: 'percent' });

export const kayentaSchema = z
  .strictObject({
    pass: score.default(kayenta.pass).meta({ description: 'From this score on a run passes.', examples: [95] }),
    marginal: score
      .default(kayenta.marginal)
      .meta({ description: 'Below this score a run fails and rolls back; up to pass it holds.', examples: [75] }),
    groups: z
      .record(label, score, { error: 'a map of groups and their weights, 0 to 100' })
      .default({})
      .meta({
        description: 'Weights of groups in the score, 0 to 100; groups that are not named share what is left of 100.',
        examples: [{ errors: 60, latency: 40 }],
      }),
  })
  .meta({ description: 'How the metrics with the judge mannWhitney are scored together.' })
  .optional();

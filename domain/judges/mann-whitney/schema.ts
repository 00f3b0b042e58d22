import * as z from 'zod';
import { duration, label, share } from '../../file/field-schemas.ts';
import { parseShare } from '../../file/units.ts';

/**
 * NetflixACAJudge's own, but for the direction (there either, which rolls improvements back). 10 windows: of fewer than 5 of
 * each version the test cannot be sure at 98 % whatever it sees, and every run is one more chance of a false alarm.
 */
export const DEFAULTS = {
  direction: 'increase',
  tolerance: 0.25,
  confidence: '98%',
  nanStrategy: 'remove',
  outliers: 'keep',
  outlierFactor: 3,
  measure: 'meanRatio',
  critical: false,
  groups: ['all'],
  intervalWindows: 10,
} as const;

/** The thresholds of Kayenta's own examples. */
export const SCORES = { pass: 95, marginal: 75 } as const;

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
        description: `From one run to the next: a multiple of the plan's window. Absent: ${DEFAULTS.intervalWindows} windows.`,
        examples: ['10m'],
      })
      .optional(),
    direction: z
      .enum(['increase', 'decrease', 'either'])
      .default(DEFAULTS.direction)
      .meta({ description: 'Which change is bad. In Kayenta it is either where nothing is said: improvements too.' }),
    tolerance: z
      .number({ error: partError })
      .min(0)
      .max(1)
      .default(DEFAULTS.tolerance)
      .meta({
        title: 'fraction',
        description: 'The interval of the shift must lie further from 0 than this part of the estimated shift.',
        examples: [0.25],
      }),
    confidence: share
      .refine(value => (parseShare(value) ?? 0) >= 0.5, { error: confidenceError })
      .default(DEFAULTS.confidence)
      .meta({ description: 'Of the interval of the shift.', examples: ['98%'] }),
    nanStrategy: z
      .enum(['remove', 'replace'])
      .default(DEFAULTS.nanStrategy)
      .meta({ description: 'A window without a value: left out, or taken for 0.' }),
    outliers: z
      .enum(['keep', 'remove'])
      .default(DEFAULTS.outliers)
      .meta({ description: 'Values far outside the quartiles: kept, or left out.' }),
    outlierFactor: z
      .number({ error: 'a number above 0, such as 3' })
      .gt(0)
      .default(DEFAULTS.outlierFactor)
      .meta({
        title: 'ratio',
        description: 'How many quartile distances outside is far, for outliers: remove.',
        examples: [3],
      }),
    effectSize: z
      .strictObject({
        measure: z.enum(['meanRatio', 'cles']).default(DEFAULTS.measure).meta({
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
      .default(DEFAULTS.critical)
      .meta({ description: 'Its failure makes the score 0, whatever the other metrics say.' }),
    groups: z
      .array(label, { error: 'a list of names of groups' })
      .min(1, { error: 'at least one group' })
      .default([...DEFAULTS.groups])
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
    pass: score.default(SCORES.pass).meta({ description: 'From this score on a run passes.', examples: [95] }),
    marginal: score
      .default(SCORES.marginal)
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

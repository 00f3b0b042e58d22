import * as z from 'zod';
import { duration, share } from '../../file/field-schemas.ts';
import { PERCENT_PATTERN, parseShare } from '../../file/units.ts';

/** What the judge means where a plan says nothing: a margin of 1.25 and the guard keep false roll backs below alpha. */
export const DEFAULTS = { margin: 1.25, guard: 'on', warmUp: { margin: 8, for: '60s' } } as const;

/** The same of the plan's own keys that its metrics share (docs/statistics.md). */
export const PLAN_DEFAULTS = {
  alpha: '1%',
  // One point more of failures is what a team would call worse, whether stable fails or not; at ten nobody would wait.
  detect: { ratio: 2, atLeast: '1%', power: '80%', gross: '10%' },
  promoteEarly: { beta: '5%', nonInferiority: 2, after: '5m' },
} as const;

const chanceError = 'a share above 0 and below 1, such as 1% or 0.01';
const chance = share.refine(value => (parseShare(value) ?? 0) > 0, { error: chanceError });

const times = ({ least, exclusive }: { least: number; exclusive: boolean }) => {
  const error = exclusive ? `a number above ${least}, such as 2` : `a number, ${least} or more, such as 1.25`;
  const number = z.number({ error });
  const limited = exclusive ? number.gt(least) : number.min(least);
  return limited.max(100, { error: 'at most 100' }).meta({ title: 'ratio' });
};

const ceilingError = 'auto, or a share above 0 and below 1, such as 5% or 0.05';
const ceilingShare = z
  .union([z.string().regex(PERCENT_PATTERN, { error: ceilingError }), z.number()], { error: ceilingError })
  .refine(value => {
    const parsed = parseShare(value) ?? 1;
    return parsed > 0 && parsed < 1;
  })
  .meta({ title: 'share' });

const partError = 'a share from 0 to 1, such as 0.7 or 70%';

export const sequentialSchema = z
  .strictObject({
    kind: z.literal('sequential').meta({
      description:
        'The canary against stable over the same seconds, at any number of looks, with a kept promise on false roll backs (statistics.md). The judge of a metric that names none.',
    }),
    margin: times({ least: 1, exclusive: false })
      .default(DEFAULTS.margin)
      .meta({
        description:
          "The bad share of the canary may be this many times the stable version's. 1 is the most sensitive.",
        examples: [1.5],
      }),
    share: z
      .union([z.string(), z.number()], { error: partError })
      .refine(value => parseShare(value) !== undefined)
      .meta({
        title: 'share',
        description:
          "The part of the plan's alpha that this metric has. Absent: what the others leave, in equal parts. They sum to 1.",
        examples: [0.7],
      })
      .optional(),
    ceiling: z
      .union([z.literal('auto'), ceilingShare], { error: ceilingError })
      .meta({
        description:
          "Where stable gets no traffic there is nothing to compare with: the bad share that is then too much. auto takes it from the stable version's last windows, times the margin.",
        examples: ['auto'],
      })
      .optional(),
    floor: chance
      .meta({
        description: 'Rolls back only where the bad share is worse than stable and above this one as well.',
        examples: ['0.1%'],
      })
      .optional(),
    guard: z
      .enum(['on', 'off'])
      .default(DEFAULTS.guard)
      .meta({
        description:
          "Allows for counts that vary more than chance alone (retries, clumped failures), as the stable version's did before the release; two windows must agree.",
        examples: ['off'],
      }),
    warmUp: z
      .strictObject({
        margin: times({ least: 1, exclusive: false })
          .default(DEFAULTS.warmUp.margin)
          .meta({ description: 'The margin during the warm-up.', examples: [8] }),
        for: duration({ min: 1 })
          .default(DEFAULTS.warmUp.for)
          .meta({ description: 'From the first weight above 0: windows that begin in it.', examples: ['60s'] }),
      })
      .meta({ description: 'A larger margin at the beginning, for caches that are cold. Absent: none.' })
      .optional(),
  })
  .meta({ description: 'The sequential detector.' });

export const alphaSchema = chance.default(PLAN_DEFAULTS.alpha).meta({
  description:
    'The chance that a healthy release is rolled back, however often it is looked at: one promise for all sequential metrics together.',
  examples: ['1%'],
});

export const detectSchema = z
  .strictObject({
    ratio: times({ least: 1, exclusive: true })
      .default(PLAN_DEFAULTS.detect.ratio)
      .meta({
        description: 'How many times as bad as the stable version. Above the margin of every metric.',
        examples: [2],
      }),
    atLeast: share.default(PLAN_DEFAULTS.detect.atLeast).meta({
      description:
        "And at least so many points of requests more than the stable version's: what matters where stable seldom or never fails. 0% looks at the ratio alone.",
      examples: ['1%'],
    }),
    power: chance
      .default(PLAN_DEFAULTS.detect.power)
      .meta({ description: 'With what probability such a canary would have been found by now.', examples: ['80%'] }),
    gross: chance.default(PLAN_DEFAULTS.detect.gross).meta({
      description:
        "A fault of so many points more than the stable version's must have been seen in any case. After a hold a release goes on only where it would have been, and says what would not; else `hold.then` applies.",
      examples: ['10%'],
    }),
  })
  .default({ ...PLAN_DEFAULTS.detect })
  .meta({
    description:
      'The effect that matters, max(ratio x the bad share of stable, that share + atLeast): a step that is over goes on once such a canary would have been found; until then it holds.',
  });

export const promoteEarlySchema = z
  .strictObject({
    beta: chance
      .default(PLAN_DEFAULTS.promoteEarly.beta)
      .meta({ description: 'The chance that a canary which is too bad is taken for healthy.', examples: ['5%'] }),
    nonInferiority: times({ least: 1, exclusive: true })
      .default(PLAN_DEFAULTS.promoteEarly.nonInferiority)
      .meta({ description: 'Too bad is this many times as bad as the stable version.', examples: [2] }),
    after: duration({ min: 0 })
      .default(PLAN_DEFAULTS.promoteEarly.after)
      .meta({ description: 'A bake lasts at least this long.', examples: ['5m'] }),
  })
  .meta({ description: '`healthy` ends a bake early. Absent: a bake always lasts its time.' })
  .optional();

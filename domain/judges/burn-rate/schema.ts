import * as z from 'zod';
import { count, duration } from '../../file/field-schemas.ts';
import { parseShare } from '../../file/units.ts';

/**
 * The two of "The Site Reliability Workbook", chapter 5, that page: 2 % of a month's budget in an hour, 5 % in six; the short
 * one a twelfth of the long. Below 100 requests one bad one is more than 1 %, which says nothing of an objective of 99.9 %.
 */
const DEFAULTS = {
  windows: [
    { long: '1h', short: '5m', budget: '2%' },
    { long: '6h', short: '30m', budget: '5%' },
  ],
  minRequests: 100,
};

const objectiveError =
  'an objective above 0% and below 100%, such as 99.9%: at 100% there is no budget that could be burnt';
const overError = 'whole days from 1d to 365d, such as 30d';
const budgetError = 'a share of the budget above 0% and below 100%, such as 2%';

const above0 = (error: string) =>
  z
    .union([z.string(), z.number()], { error })
    .refine(value => (parseShare(value) ?? 0) > 0 && (parseShare(value) ?? 1) < 1, { error })
    .meta({ title: 'share' });

export const burnRateSchema = z
  .strictObject({
    kind: z.literal('burnRate').meta({
      description:
        "An SLO's error budget: rolls back where the canary burns it too fast in a long and in a short window (Google's SRE workbook, chapter 5). The canary alone, at any weight.",
    }),
    objective: above0(objectiveError).meta({
      description: 'The share of good requests that the SLO asks for.',
      examples: ['99.9%'],
    }),
    over: z
      .string({ error: overError })
      .regex(/^(?:[1-9]|[1-9]\d|[12]\d\d|3[0-5]\d|36[0-5])d$/, { error: overError })
      .meta({ title: 'days', description: 'The time that the SLO is kept over.', examples: ['30d'] }),
    windows: z
      .array(
        z
          .strictObject({
            long: duration({ min: 1 }).meta({
              description: "What must burn too fast: at most 1440 of the plan's windows.",
              examples: ['1h'],
            }),
            short: duration({ min: 1 }).meta({
              description: 'What must burn as fast, so that it is still so.',
              examples: ['5m'],
            }),
            budget: above0(budgetError).meta({
              description: 'The share of the budget that the long window may burn: with `over` it gives the burn rate.',
              examples: ['2%'],
            }),
          })
          .meta({ description: 'A pair of windows.' }),
        { error: 'a list of pairs: [{ long: 1h, short: 5m, budget: 2% }]' },
      )
      .min(1, { error: 'at least one pair of windows' })
      .max(4, { error: 'at most 4 pairs of windows' })
      .default(DEFAULTS.windows)
      .meta({ description: 'Each pair rolls back by itself. A release that is younger is judged by what there is.' }),
    minRequests: count(1)
      .default(DEFAULTS.minRequests)
      .meta({ description: 'With fewer canary requests in its long window a pair says nothing.', examples: [500] }),
  })
  .meta({ description: 'The burn rate of an SLO.' });

import * as z from 'zod';
import { count, duration } from '../../file/field-schemas.ts';

/** Flagger's own (GetAnalysisThreshold): where nothing is said the first failed check rolls back. */
const DEFAULTS = { threshold: 1 } as const;

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
      .default(DEFAULTS.threshold)
      .meta({ description: 'Failed checks that roll back; no good check takes one back.', examples: [5] }),
    interval: duration({ min: 1 })
      .meta({
        description: "Between two checks: a multiple of the plan's window, which is what it is where absent.",
        examples: ['1m'],
      })
      .optional(),
  })
  .meta({ description: "Flagger's way: a fixed range of the canary alone." });

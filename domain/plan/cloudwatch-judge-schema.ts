import * as z from 'zod';
import { count } from '../file/field-schemas.ts';
import { DEFAULTS } from './defaults.ts';

export const alarmSchema = z
  .strictObject({
    kind: z.literal('alarm').meta({
      description: 'The state of a CloudWatch alarm: ALARM is bad, OK is good, INSUFFICIENT_DATA says neither.',
    }),
    failureLimit: count(0)
      .default(DEFAULTS.alarm.failureLimit)
      .meta({ description: 'Windows in ALARM that are still allowed.', examples: [1] }),
  })
  .meta({ description: 'A CloudWatch alarm as a check.' });

const widthError = 'a number above 0 and at most 100, such as 2';

export const anomalyBandSchema = z
  .strictObject({
    kind: z
      .literal('anomalyBand')
      .meta({ description: "A metric against the band that CloudWatch's anomaly detection expects it in." }),
    width: z
      .number({ error: widthError })
      .gt(0)
      .max(100)
      .default(DEFAULTS.anomalyBand.width)
      .meta({ description: 'Half the width of the band, in standard deviations.', examples: [3] }),
    bad: z
      .enum(['above', 'below', 'outside'])
      .default(DEFAULTS.anomalyBand.bad)
      .meta({ description: 'Which side of the band is bad.', examples: ['above'] }),
    failureLimit: count(0)
      .default(DEFAULTS.anomalyBand.failureLimit)
      .meta({ description: 'Windows on that side that are still allowed.', examples: [2] }),
  })
  .meta({ description: "CloudWatch's model of normal." });

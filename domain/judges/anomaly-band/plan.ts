import * as z from 'zod';
import { count } from '../../file/field-schemas.ts';
import type { JudgePlanKind } from '../judge-plan-kind.ts';
import { allowedText, failureLimitCaveats } from '../words.ts';

/** The canary's value against the band that CloudWatch's model of normal expects. */
export interface AnomalyBandJudgeSpec {
  kind: 'anomalyBand';
  /** Which side of the band is bad. */
  bad: 'above' | 'below' | 'outside';
  /** Windows outside that are still allowed: broken when exceeded. */
  failureLimit: number;
}

/** AWS' own for a band is 2 standard deviations: one window in twenty of a healthy service is outside it. */
const DEFAULTS = { width: 2, bad: 'outside', failureLimit: 1 } as const;

const widthError = 'a number above 0 and at most 100, such as 2';

const anomalyBandSchema = z
  .strictObject({
    kind: z
      .literal('anomalyBand')
      .meta({ description: "A metric against the band that CloudWatch's anomaly detection expects it in." }),
    width: z
      .number({ error: widthError })
      .gt(0)
      .max(100)
      .default(DEFAULTS.width)
      .meta({ description: 'Half the width of the band, in standard deviations.', examples: [3] }),
    bad: z
      .enum(['above', 'below', 'outside'])
      .default(DEFAULTS.bad)
      .meta({ description: 'Which side of the band is bad.', examples: ['above'] }),
    failureLimit: count(0)
      .default(DEFAULTS.failureLimit)
      .meta({ description: 'Windows on that side that are still allowed.', examples: [2] }),
  })
  .meta({ description: "CloudWatch's model of normal." });

export const anomalyBandPlan: JudgePlanKind<typeof anomalyBandSchema, AnomalyBandJudgeSpec> = {
  kind: 'anomalyBand',
  schema: anomalyBandSchema,
  reads: ['band'],
  alone: 'always',
  calledElsewhere: { 'anomaly anomalyDetection': 'anomalyBand' },
  row: { against: "CloudWatch's model", reads: 'a metric', promise: 'none' },
  normalise: ({ kind, bad, failureLimit }) => ({ kind, bad, failureLimit }),
  bandWidth: ({ width }) => width,
  text: ({ judge }, what) => `${what}, bad if ${judge.bad}; ${allowedText(judge.failureLimit)}`,
  caveats: ({ judge }) => failureLimitCaveats(judge),
};

import * as z from 'zod';
import { count } from '../../file/field-schemas.ts';
import type { JudgePlanKind } from '../judge-plan-kind.ts';
import { allowedText, failureLimitCaveats } from '../words.ts';

/** The state of a CloudWatch alarm: ALARM is bad, OK is good, INSUFFICIENT_DATA says neither. */
export interface AlarmJudgeSpec {
  kind: 'alarm';
  /** Windows in ALARM that are still allowed: broken when exceeded. */
  failureLimit: number;
}

const alarmSchema = z
  .strictObject({
    kind: z.literal('alarm').meta({
      description: 'The state of a CloudWatch alarm: ALARM is bad, OK is good, INSUFFICIENT_DATA says neither.',
    }),
    failureLimit: count(0)
      .default(0)
      .meta({ description: 'Windows in ALARM that are still allowed.', examples: [1] }),
  })
  .meta({ description: 'A CloudWatch alarm as a check.' });

export const alarmPlan: JudgePlanKind<typeof alarmSchema, AlarmJudgeSpec> = {
  kind: 'alarm',
  schema: alarmSchema,
  reads: ['alarm'],
  alone: 'always',
  row: { against: 'what the alarm says', reads: 'an alarm', promise: 'none' },
  normalise: judge => judge,
  text: ({ judge }, what) => `${what}, good if OK, bad if ALARM; ${allowedText(judge.failureLimit)}`,
  // with none allowed the source's own caveat says all: whatever triggers the alarm rolls back
  caveats: ({ judge }) => (judge.failureLimit === 0 ? [] : failureLimitCaveats(judge)),
};

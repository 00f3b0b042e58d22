import * as z from 'zod';
import { secondsOf } from '../../file/checked-units.ts';
import { count, duration, label } from '../../file/field-schemas.ts';
import { durationText } from '../../file/units.ts';
import { checkNames } from '../check-names.ts';
import type { StepPlanKind } from '../step-plan-kind.ts';

export interface ApprovalStep {
  kind: 'approval';
  name: string;
  groups: string[];
  required: number;
  notTheStarter: boolean;
  withinSeconds: number;
}

/** How long an approval is open that names no time, and the question of a hold. */
export const APPROVAL_WITHIN = '4h';
const DEFAULTS = { required: 1, notTheStarter: false, within: APPROVAL_WITHIN } as const;

const schema = z
  .strictObject({
    name: label.meta({ description: 'Its name, used once in the plan.', examples: ['go-live'] }),
    groups: z
      .array(z.string({ error: 'the name of a group' }).min(1), {
        error: 'a list of groups',
      })
      .min(1, { error: 'at least one group that may approve' })
      .meta({ description: 'Who may approve.', examples: [['payments-leads']] }),
    required: count(1)
      .default(DEFAULTS.required)
      .meta({ description: 'How many people must.', examples: [1] }),
    notTheStarter: z
      .boolean()
      .default(DEFAULTS.notTheStarter)
      .meta({ description: 'Whoever started the release does not count.', examples: [true] }),
    within: duration({ min: 1 })
      .default(DEFAULTS.within)
      .meta({ description: 'Without it by then the release rolls back.', examples: ['4h'] }),
  })
  .meta({ description: 'Waits for people, at this weight; the metrics go on judging.' });

export const approvalPlan = {
  kind: 'approval',
  schema,
  normalise: ({ within, ...rest }) => ({ kind: 'approval', ...rest, withinSeconds: secondsOf(within) }),
  facts: ({ kind: _, ...asks }) => ({ isGate: true, asks }),
  text: ({ name, required, groups, withinSeconds, notTheStarter }) =>
    `approval ${name}: ${required} of ${groups.join(', ')} within ${durationText(withinSeconds)}${notTheStarter ? ', not by the starter' : ''}`,
  label: ({ name }) => `approval ${name}`,
  caveats: ['The deadline does not run while an approval is open, nor during a hold for more data.'],
  check: drafted => checkNames('approval', drafted),
} satisfies StepPlanKind<typeof schema, ApprovalStep>;

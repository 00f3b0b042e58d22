import * as z from 'zod';
import { expectedAddress } from '../../addresses/address.ts';
import { secondsOf } from '../../file/checked-units.ts';
import { count, duration, label } from '../../file/field-schemas.ts';
import { durationText } from '../../file/units.ts';
import { plural } from '../../judges/words.ts';
import { checkNames } from '../check-names.ts';
import type { StepPlanKind } from '../step-plan-kind.ts';

export interface HookStep {
  kind: 'hook';
  name: string;
  url: string;
  timeoutSeconds: number;
  /** Further attempts after the first. */
  retries: number;
}

const DEFAULTS = { timeout: '5m', retries: 0 } as const;
const urlError = expectedAddress({ http: false });

const schema = z
  .strictObject({
    name: label.meta({ description: 'Its name, used once in the plan.', examples: ['smoke'] }),
    url: z
      .url({ protocol: /^https?$/, error: urlError, abort: true })
      .max(2048, { error: 'an address of at most 2048 characters' })
      .meta({
        description: 'Called with POST, over https. No secrets in it: the plan is shown and kept.',
        examples: ['https://hooks.example.com/smoke'],
      }),
    timeout: duration({ min: 1 })
      .default(DEFAULTS.timeout)
      .meta({ description: 'How long one attempt may take.', examples: ['5m'] }),
    retries: count(0)
      .max(10, { error: 'a whole number from 0 to 10' })
      .default(DEFAULTS.retries)
      .meta({ description: 'Further attempts after the first.', examples: [2] }),
  })
  .meta({ description: 'Asks an address of yours; a refusal rolls back.' });

export const hookPlan = {
  kind: 'hook',
  schema,
  normalise: ({ name, url, timeout, retries }) => ({
    ...{ kind: 'hook', name, url, timeoutSeconds: secondsOf(timeout), retries },
  }),
  facts: () => ({ isGate: true, seesAnswers: true }),
  text: ({ name, url, timeoutSeconds, retries }) =>
    `hook ${name}: POST ${url} (timeout ${durationText(timeoutSeconds)}, ${plural(retries + 1, 'attempt')})`,
  label: ({ name }) => `hook ${name}`,
  check: drafted => checkNames('hook', drafted),
} satisfies StepPlanKind<typeof schema, HookStep>;

/** The hook that a step calls; undefined: it is another kind of step. */
export const hookOf = (step: { kind: string } | undefined): HookStep | undefined =>
  step?.kind === hookPlan.kind ? (step as HookStep) : undefined;

import * as z from 'zod';
import { expectedAddress } from '../addresses/address.ts';
import { count, duration, label } from '../file/field-schemas.ts';
import { DEFAULTS } from './defaults.ts';

const urlError = expectedAddress({ http: false });

export const hookSchema = z
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
      .default(DEFAULTS.hook.timeout)
      .meta({ description: 'How long one attempt may take.', examples: ['5m'] }),
    retries: count(0)
      .max(10, { error: 'a whole number from 0 to 10' })
      .default(DEFAULTS.hook.retries)
      .meta({ description: 'Further attempts after the first.', examples: [2] }),
  })
  .meta({ description: 'Asks an address of yours; a refusal rolls back.' });

export const approvalSchema = z
  .strictObject({
    name: label.meta({ description: 'Its name, used once in the plan.', examples: ['go-live'] }),
    groups: z
      .array(z.string({ error: 'the name of a group' }).min(1), {
        error: 'a list of groups',
      })
      .min(1, { error: 'at least one group that may approve' })
      .meta({ description: 'Who may approve.', examples: [['payments-leads']] }),
    required: count(1)
      .default(DEFAULTS.approval.required)
      .meta({ description: 'How many people must.', examples: [1] }),
    notTheStarter: z
      .boolean()
      .default(DEFAULTS.approval.notTheStarter)
      .meta({ description: 'Whoever started the release does not count.', examples: [true] }),
    within: duration({ min: 1 })
      .default(DEFAULTS.approval.within)
      .meta({ description: 'Without it by then the release rolls back.', examples: ['4h'] }),
  })
  .meta({ description: 'Waits for people, at this weight; the metrics go on judging.' });

import type * as z from 'zod';
import { abort } from './abort.ts';
import { approve } from './approve.ts';
import { audit } from './audit.ts';
import { recordLive } from './record-live.ts';
import { start } from './start.ts';
import { startWithPlan } from './start-with-plan.ts';
import { status } from './status.ts';
import { takePush } from './take-push.ts';
import { undo } from './undo.ts';

/**
 * Every operation of a control plane, by its name: what it takes, what it answers, whether it acts. The CLI asks by it, and a
 * handler parses by the same schema. Lambdas import the file of their own operation alone.
 * @example OPERATIONS.abort.input.parse({ releaseId: 'checkout-42', by: 'ann', because: 'it is slow' })
 */
export const OPERATIONS = {
  abort,
  approve,
  audit,
  'record-live': recordLive,
  start,
  'start-with-plan': startWithPlan,
  status,
  'take-push': takePush,
  undo,
} as const;

export type OperationName = keyof typeof OPERATIONS;
/** What a caller hands to it. */
export type OperationInput<Name extends OperationName> = z.input<(typeof OPERATIONS)[Name]['input']>;
/** What it answers. */
export type OperationOutput<Name extends OperationName> = z.output<(typeof OPERATIONS)[Name]['output']>;

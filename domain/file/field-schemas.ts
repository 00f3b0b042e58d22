import * as z from 'zod';
import {
  DURATION_PATTERN,
  LATENCY_PATTERN,
  PERCENT_PATTERN,
  parseDurationSeconds,
  parseLatencySeconds,
  parseShare,
} from './units.ts';

// Where a check names no error of its own it has that of what it is a check of.

/** A duration in text. @param min shortest, in seconds */
export function duration({ min }: { min: number }) {
  const error = `a duration such as 90s, 5m, 2h or 1h30m${min > 0 ? ', above 0s' : ''}`;
  return z
    .string({ error })
    .regex(DURATION_PATTERN, { abort: true })
    .refine(text => (parseDurationSeconds(text) ?? -1) >= min, { error: `${error}, at most 8760h` })
    .meta({ title: 'duration' });
}

const latencyError = 'a time such as 300ms, 1s or 1.5s, above 0';
export const latency = z
  .string({ error: latencyError })
  .regex(LATENCY_PATTERN, { abort: true })
  .refine(text => (parseLatencySeconds(text) ?? 0) > 0)
  .meta({ title: 'latency' });

const shareError = 'a share from 0 to below 1, such as 5% or 0.05';
export const share = z
  .union([z.string().regex(PERCENT_PATTERN, { error: shareError }), z.number()], { error: shareError })
  .refine(value => (parseShare(value) ?? 1) < 1)
  .meta({ title: 'share' });

const weightError = 'a number from 0 to 100 with at most one decimal';
export const weight = z
  .number({ error: weightError })
  .min(0)
  .max(100)
  .refine(value => Math.abs(value * 10 - Math.round(value * 10)) < 1e-9)
  .meta({ title: 'percent', description: 'Per cent of requests that the canary gets from now on.', examples: [5] });

export const count = (min: number) => {
  const error = `a whole number, ${min} or more`;
  return z.int({ error }).min(min).max(100_000, { error: 'at most 100000' });
};

const nameError = 'a name of lower-case letters, digits and dashes that starts with a letter, at most 57 characters';
/** Names a workload. With `-green` behind it it is a Kubernetes name of at most 63 characters. */
export const name = z.string({ error: nameError }).regex(/^[a-z](?:[-a-z0-9]{0,55}[a-z0-9])?$/);

const labelError = 'a name of letters, digits, dashes and underscores, at most 63 characters';
/** Names a metric, a hook or an approval. */
export const label = z.string({ error: labelError }).regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/);

const RELEASE_EVENTS = ['started', 'approvalNeeded', 'promoted', 'rolledBack', 'rejected', 'held'] as const;
export const events = z
  .array(z.enum(RELEASE_EVENTS), { error: 'a list of events' })
  .min(1, { error: 'at least one event' });

import * as z from 'zod';
import { latency } from '../file/field-schemas.ts';

/** Limits of response times: each of them counts the answers that took longer. */
export const slowerThan = z
  .array(latency, { error: 'a list of times such as [300ms, 1s]' })
  .min(1, { error: 'at least one time' })
  .max(5, { error: 'at most 5 times' })
  .meta({ description: 'Answers slower than each of these are counted.', examples: [['300ms', '1s']] });

/** @param what in a mistake, e.g. `a query such as up` */
export const text = (what: string, maxLength = 4000) =>
  z
    .string({ error: what })
    .min(1)
    .max(maxLength, { error: `${what}, at most ${maxLength} characters` });

/** Names of metrics in a sentence: "errors, slow". */
export const namesText = (metrics: readonly { name: string }[]): string => metrics.map(({ name }) => name).join(', ');

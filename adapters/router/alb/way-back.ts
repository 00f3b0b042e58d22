import * as z from 'zod';
import type { Slot } from '../../../domain/dial.ts';
import { RouterRuleError } from '../errors.ts';
import type { WayBack } from '../router.ts';

/** Of every rule all its actions; the preview rule goes back too: its header must not keep reaching a slot that is being emptied. */
const wayBackSchema = z.looseObject({
  kind: z.literal('alb'),
  /** Absent in no version so far, and not needed to go back. */
  stable: z.enum(['blue', 'green']).optional(),
  rules: z.array(z.looseObject({ arn: z.string(), actions: z.array(z.unknown()) })),
});

export type AlbWayBack = z.infer<typeof wayBackSchema>;

export const wayBackOf = (stable: Slot, rules: { arn: string; actions: unknown[] }[]): WayBack => ({
  kind: 'alb',
  stable,
  rules,
});

/** A way back as this version or an older one has planned it. @throws RouterRuleError it is none */
export function parseWayBack(wayBack: WayBack): AlbWayBack {
  const parsed = wayBackSchema.safeParse(wayBack);
  if (parsed.success) return parsed.data;
  throw new RouterRuleError(`the way back cannot be read: ${z.prettifyError(parsed.error)}`, { cause: parsed.error });
}

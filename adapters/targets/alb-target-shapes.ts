import * as z from 'zod';
import { RouterRuleError } from '../router/errors.ts';
import type { TargetCounts } from './targets.ts';

/** ELB's states as the counts know them. */
const COUNTED_AS: Record<string, keyof TargetCounts> = {
  initial: 'initial',
  healthy: 'healthy',
  unhealthy: 'unhealthy',
  draining: 'draining',
  'unhealthy.draining': 'draining',
  unused: 'unused',
  // not health-checked either, because the checks are turned off
  unavailable: 'unused',
};

/** @param states as DescribeTargetHealth names them; of one that we do not know nobody can say how it is, as of an unused one */
export function countTargets(states: readonly (string | undefined)[]): TargetCounts {
  const counts: TargetCounts = { healthy: 0, initial: 0, unhealthy: 0, draining: 0, unused: 0 };
  for (const state of states) counts[COUNTED_AS[state ?? ''] ?? 'unused'] += 1;
  return counts;
}

const seconds = z.coerce.number().int().nonnegative();
const attributesSchema = z.object({
  'deregistration_delay.timeout_seconds': seconds,
  'stickiness.enabled': z.enum(['true', 'false']).default('false'),
  'stickiness.type': z.string().optional(),
  'stickiness.lb_cookie.duration_seconds': seconds.optional(),
  'stickiness.app_cookie.duration_seconds': seconds.optional(),
});

/**
 * What a target group's attributes say about draining. Stickiness 0: off.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
 * @throws RouterRuleError attributes that no ALB target group has
 */
export function drainingOf(
  arn: string,
  attributes: Record<string, string | undefined>,
): { deregistrationDelaySeconds: number; stickinessSeconds: number } {
  const parsed = attributesSchema.safeParse(attributes);
  if (!parsed.success) {
    throw new RouterRuleError(`target group ${arn}: ${z.prettifyError(parsed.error)}`, { cause: parsed.error });
  }
  const found = parsed.data;
  const cookieSeconds =
    found['stickiness.type'] === 'app_cookie'
      ? found['stickiness.app_cookie.duration_seconds']
      : found['stickiness.lb_cookie.duration_seconds'];
  return {
    deregistrationDelaySeconds: found['deregistration_delay.timeout_seconds'],
    stickinessSeconds: found['stickiness.enabled'] === 'true' ? (cookieSeconds ?? 0) : 0,
  };
}

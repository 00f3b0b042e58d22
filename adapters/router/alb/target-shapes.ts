import * as z from 'zod';
import type { Draining } from '../../../domain/routers/draining.ts';
import { RouterRuleError } from '../errors.ts';
import type { TargetCounts, TargetState } from '../targets.ts';

/** ELB's states as the counts know them. */
const COUNTED_AS: Record<string, TargetState> = {
  initial: 'initial',
  healthy: 'healthy',
  unhealthy: 'unhealthy',
  draining: 'draining',
  'unhealthy.draining': 'draining',
  unused: 'unused',
  // not health-checked either, because the checks are turned off
  unavailable: 'unused',
};

/** What a load balancer says of one target. */
export interface HealthSaid {
  State?: string | undefined;
  /** `Target.Timeout`, `Target.ResponseCodeMismatch`, `Elb.RegistrationInProgress`, …; absent where it is healthy. */
  Reason?: string | undefined;
  /** `Health checks failed with these codes: [404]` */
  Description?: string | undefined;
}

/** Reasons that a sentence tells, the commonest first; and characters of each. */
const REASONS_TOLD = 3;
const REASON_MOST = 200;

/**
 * Why targets are not healthy, in the load balancer's own words; undefined where all are, or are leaving.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html
 */
export function reasonsOf(targets: readonly HealthSaid[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { State = 'of an unknown state', Reason, Description } of targets) {
    if (State === 'healthy' || COUNTED_AS[State] === 'draining') continue;
    const said = [Reason, Description === undefined ? undefined : `(${Description})`].filter(
      text => text !== undefined,
    );
    const text = [State, ...(said.length > 0 ? [said.join(' ')] : [])].join(': ').slice(0, REASON_MOST);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  if (counts.size === 0) return undefined;
  const told = [...counts].sort((a, b) => b[1] - a[1]).slice(0, REASONS_TOLD);
  const more = counts.size > REASONS_TOLD ? [`and ${counts.size - REASONS_TOLD} more reasons`] : [];
  return [...told.map(([text, count]) => `${count} ${text}`), ...more].join('; ');
}

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
export function drainingOf(arn: string, attributes: Record<string, string | undefined>): Draining {
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
    connectionsSeconds: found['deregistration_delay.timeout_seconds'],
    clientsSeconds: found['stickiness.enabled'] === 'true' ? (cookieSeconds ?? 0) : 0,
  };
}

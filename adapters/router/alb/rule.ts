import type { Action, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import * as z from 'zod';
import { SLOTS, type Slot } from '../../../domain/dial.ts';
import type { AlbRouting } from '../../../domain/routers/alb/plan.ts';
import { RouterRuleError } from '../errors.ts';
import { authenticates } from './standing-rule.ts';
import type { AlbWeights } from './weights.ts';

/** Loose: what we do not look at goes back as it came, because ModifyRule replaces the whole list of actions. */
const actionSchema = z.looseObject({
  Type: z.string(),
  TargetGroupArn: z.string().optional(),
  Order: z.int().optional(),
  AuthenticateOidcConfig: z.looseObject({}).optional(),
  ForwardConfig: z
    .looseObject({
      TargetGroups: z.array(z.looseObject({ TargetGroupArn: z.string(), Weight: z.int().optional() })).optional(),
      TargetGroupStickinessConfig: z
        .looseObject({ Enabled: z.boolean().optional(), DurationSeconds: z.int().optional() })
        .optional(),
    })
    .optional(),
});
type ParsedAction = z.infer<typeof actionSchema>;

const ruleSchema = z.looseObject({
  RuleArn: z.string(),
  Actions: z.array(actionSchema),
  Conditions: z
    .array(
      z.looseObject({
        Field: z.string(),
        HttpHeaderConfig: z.looseObject({ HttpHeaderName: z.string(), Values: z.array(z.string()) }).optional(),
      }),
    )
    .default([]),
});

/** A listener rule that carries a workload's dial, or its preview. */
export interface AlbRule {
  arn: string;
  /** By slot; a rule that forwards to one group alone has 1 there and 0 for the other. */
  weights: AlbWeights;
  /** Slots whose groups it names. */
  slots: Slot[];
  /** How long a cookie keeps a client on a slot; 0: no rule stickiness. */
  stickinessSeconds: number;
  httpHeaders: { name: string; values: string[] }[];
  /** All actions of the rule with its forward action set to these groups and its stickiness as it is. */
  actionsFor(groups: { slot: Slot; weight: number }[]): Action[];
}

/**
 * @throws RouterRuleError names the rule and what was found: no forward action, more than the workload's two groups, a
 * group that is not one of them
 */
export function parseAlbRule(described: Rule, routing: AlbRouting): AlbRule {
  const parsed = ruleSchema.safeParse(described);
  if (!parsed.success) {
    throw new RouterRuleError(`rule ${described.RuleArn}: ${z.prettifyError(parsed.error)}`, { cause: parsed.error });
  }
  const { RuleArn: arn, Actions: actions, Conditions: conditions } = parsed.data;
  const refuse = (found: string): never => {
    throw new RouterRuleError(`rule ${arn} cannot have Sluice's traffic weights: ${found}`);
  };
  const forward =
    actions.find(action => action.Type === 'forward') ??
    refuse(`its actions are [${actions.map(action => action.Type).join(', ')}], none of them a forward`);
  const groups = groupsOf(forward);
  if (groups.length === 0 || groups.length > SLOTS.length) {
    refuse(`it forwards to ${groups.length} target groups (${groups.map(group => group.arn).join(', ')})`);
  }
  const weights: AlbWeights = { blue: 0, green: 0 };
  const slots: Slot[] = [];
  for (const group of groups) {
    const slot = SLOTS.find(candidate => routing.targetGroups[candidate] === group.arn);
    if (slot === undefined) refuse(`it forwards to ${group.arn}, which is no target group of the workload`);
    else {
      slots.push(slot);
      weights[slot] = groups.length === 1 ? 1 : group.weight;
    }
  }
  const stickiness = forward.ForwardConfig?.TargetGroupStickinessConfig;
  const stickinessSeconds = stickiness?.Enabled === true ? (stickiness.DurationSeconds ?? 0) : 0;
  return {
    arn,
    weights,
    slots,
    stickinessSeconds,
    httpHeaders: conditions.flatMap(({ Field, HttpHeaderConfig: header }) =>
      Field === 'http-header' && header !== undefined ? [{ name: header.HttpHeaderName, values: header.Values }] : [],
    ),
    actionsFor: wanted =>
      actions.map(action =>
        action === forward
          ? forwardTo(
              wanted.map(({ slot, weight }) => ({ arn: routing.targetGroups[slot], weight })),
              { order: action.Order, stickinessSeconds },
            )
          : sendBack(action),
      ),
  };
}

/** As people read it. */
export const ruleText = (arn: string): string => `rule ${arn}`;

/** The actions that a way back carried as JSON. @throws RouterRuleError */
export function parseActions(ruleArn: string, actions: unknown[]): Action[] {
  const parsed = z.array(actionSchema).min(1).safeParse(actions);
  if (parsed.success) return parsed.data as Action[];
  throw new RouterRuleError(`way back of rule ${ruleArn}: ${z.prettifyError(parsed.error)}`, { cause: parsed.error });
}

/**
 * A way back's actions behind what authenticates in the rule now: somebody may have changed that since it was planned, and who may
 * come is none of a release's business. ELB refuses to keep a secret that is no longer there, so what was planned would not do.
 */
export function behindAuthenticationOf(described: Rule, planned: Action[]): Action[] {
  const now = z.array(actionSchema).safeParse(described.Actions ?? []);
  if (!now.success) return planned;
  const first = now.data.filter(action => authenticates(action as Action)).map(sendBack);
  const rest = planned.filter(action => !authenticates(action));
  if (first.length === 0) return rest;
  const last = Math.max(...first.map(({ Order = 1 }) => Order));
  return [...first, ...rest.map((action, index) => ({ ...action, Order: last + 1 + index }))];
}

function groupsOf({ TargetGroupArn: only, ForwardConfig }: ParsedAction): { arn: string; weight: number }[] {
  const listed = (ForwardConfig?.TargetGroups ?? []).map(group => ({
    arn: group.TargetGroupArn,
    weight: group.Weight ?? 1, // what ELB takes where a rule was made without one
  }));
  return listed.length === 0 && only !== undefined ? [{ arn: only, weight: 1 }] : listed;
}

/** No TargetGroupArn at the top: ELB refuses it beside two groups, and does not need it beside one. */
function forwardTo(
  groups: { arn: string; weight: number }[],
  { order, stickinessSeconds }: { order: number | undefined; stickinessSeconds: number },
): Action {
  return {
    Type: 'forward',
    ...(order !== undefined && { Order: order }),
    ForwardConfig: {
      TargetGroups: groups.map(({ arn, weight }) => ({ TargetGroupArn: arn, Weight: weight })),
      // stays on where it was on, one group or two: turning it off is refused where a target group is itself sticky
      TargetGroupStickinessConfig:
        stickinessSeconds > 0 ? { Enabled: true, DurationSeconds: stickinessSeconds } : { Enabled: false },
    },
  };
}

/** An action beside the forward, as ModifyRule wants it again: DescribeRules leaves out the OIDC client's secret. */
function sendBack(action: ParsedAction): Action {
  const oidc = action.AuthenticateOidcConfig;
  return {
    ...action,
    ...(oidc !== undefined && { AuthenticateOidcConfig: { ...oidc, UseExistingClientSecret: true } }),
  } as Action;
}

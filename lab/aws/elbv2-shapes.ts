import type {
  Action,
  RuleCondition as SdkCondition,
  Rule as SdkRule,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ForwardAction, Rule, RuleCondition, TargetHealth } from '../load-balancer/model.ts';
import { AwsError } from './aws-error.ts';

/** At most so many target groups in one forward action ("Target groups per action" in ELB's quotas). */
const MAX_TARGET_GROUPS = 5;
const MAX_STICKINESS_SECONDS = 604_800;

export const describeRule = (rule: Rule): SdkRule => ({
  RuleArn: rule.arn,
  Priority: String(rule.priority),
  IsDefault: rule.priority === 'default',
  Conditions: rule.conditions.map(describeCondition),
  Actions: [describeAction(rule.action)],
});

function describeAction(action: Rule['action']): Action {
  if ('fixedStatus' in action) {
    return { Type: 'fixed-response', Order: 1, FixedResponseConfig: { StatusCode: String(action.fixedStatus) } };
  }
  const { enabled, durationSeconds } = action.stickiness;
  const only = action.targetGroups.length === 1 ? action.targetGroups[0] : undefined;
  return {
    Type: 'forward',
    Order: 1,
    // ELB names a single group at the top as well, whichever way it was written
    ...(only !== undefined && { TargetGroupArn: only.arn }),
    ForwardConfig: {
      TargetGroups: action.targetGroups.map(({ arn, weight }) => ({ TargetGroupArn: arn, Weight: weight })),
      TargetGroupStickinessConfig: enabled ? { Enabled: true, DurationSeconds: durationSeconds } : { Enabled: false },
    },
  };
}

function describeCondition(condition: RuleCondition): SdkCondition {
  const Values = [...condition.values];
  switch (condition.field) {
    case 'http-header':
      return { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: condition.name, Values } };
    case 'host-header':
      return { Field: 'host-header', Values, HostHeaderConfig: { Values } };
    case 'path-pattern':
      return { Field: 'path-pattern', Values, PathPatternConfig: { Values } };
  }
}

export function parseConditions(conditions: readonly SdkCondition[]): RuleCondition[] {
  return conditions.map(({ Field: field, Values, HttpHeaderConfig, HostHeaderConfig, PathPatternConfig }) => {
    if (field === 'http-header') {
      const name = HttpHeaderConfig?.HttpHeaderName;
      if (name === undefined) throw new AwsError('ValidationError', 'An http-header condition must name the header');
      return { field, name, values: required(HttpHeaderConfig?.Values) };
    }
    if (field === 'host-header') return { field, values: required(HostHeaderConfig?.Values ?? Values) };
    if (field === 'path-pattern') return { field, values: required(PathPatternConfig?.Values ?? Values) };
    throw new AwsError(
      'ValidationError',
      `Condition field '${field}' must be one of [http-header, host-header, path-pattern]`,
    );
  });
}

function required(values: readonly string[] | undefined): string[] {
  if (values === undefined || values.length === 0) {
    throw new AwsError('ValidationError', 'A condition value must be specified');
  }
  return [...values];
}

/** The one action of a rule. @throws AwsError where ELB would refuse it */
export function parseActions(actions: readonly Action[]): Rule['action'] {
  const [action, ...others] = actions;
  if (action === undefined || others.length > 0) {
    throw new AwsError('ValidationError', 'A rule must have exactly one forward, redirect, or fixed-response action');
  }
  if (action.Type === 'fixed-response') return { fixedStatus: Number(action.FixedResponseConfig?.StatusCode) };
  if (action.Type !== 'forward') {
    throw new AwsError('InvalidLoadBalancerAction', `the lab's load balancer has no action of type '${action.Type}'`);
  }
  return parseForward(action);
}

function parseForward({ TargetGroupArn: only, ForwardConfig }: Action): ForwardAction {
  const named = ForwardConfig?.TargetGroups ?? (only === undefined ? [] : [{ TargetGroupArn: only }]);
  const targetGroups = named.map(({ TargetGroupArn: arn = '', Weight: weight = 1 }) => ({ arn, weight }));
  if (targetGroups.length === 0) throw new AwsError('ValidationError', 'A forward action must have a target group');
  if (only !== undefined && targetGroups.some(group => group.arn !== only)) {
    throw new AwsError('InvalidLoadBalancerAction', 'TargetGroupArn must be the only target group of ForwardConfig');
  }
  if (targetGroups.length > MAX_TARGET_GROUPS) {
    throw new AwsError('InvalidLoadBalancerAction', `A forward action has at most ${MAX_TARGET_GROUPS} target groups`);
  }
  if (new Set(targetGroups.map(group => group.arn)).size < targetGroups.length) {
    throw new AwsError('InvalidLoadBalancerAction', 'The target groups of a forward action must be unique');
  }
  for (const { weight } of targetGroups) {
    if (Number.isInteger(weight) && weight >= 0 && weight <= 999) continue;
    throw new AwsError('ValidationError', `Weight '${weight}' must be an integer from 0 to 999`);
  }
  const { Enabled: enabled = false, DurationSeconds: durationSeconds } =
    ForwardConfig?.TargetGroupStickinessConfig ?? {};
  if (enabled && durationSeconds === undefined) {
    throw new AwsError('ValidationError', 'DurationSeconds must be specified where target group stickiness is enabled');
  }
  const inRange = durationSeconds === undefined || (durationSeconds >= 1 && durationSeconds <= MAX_STICKINESS_SECONDS);
  if (!inRange) {
    throw new AwsError(
      'ValidationError',
      `DurationSeconds '${durationSeconds}' must be from 1 to ${MAX_STICKINESS_SECONDS}`,
    );
  }
  return { targetGroups, stickiness: { enabled, durationSeconds: durationSeconds ?? 1 } };
}

export const describeHealth = ({ host, port, state, reason }: TargetHealth): TargetHealthDescription => ({
  Target: { Id: host, Port: port },
  HealthCheckPort: String(port),
  TargetHealth: { State: state, ...(reason !== undefined && { Reason: reason as never }) },
});

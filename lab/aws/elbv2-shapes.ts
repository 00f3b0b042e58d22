import { isIP } from 'node:net';
import type {
  Action,
  RuleCondition as SdkCondition,
  Rule as SdkRule,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Authentication, ForwardAction, Rule, RuleCondition, TargetHealth } from '../load-balancer/model.ts';
import { AwsError } from './aws-error.ts';
import { describeAuthentication, isAuthentication, parseAuthentication } from './elbv2-authentication.ts';

/** At most so many target groups in one forward action ("Target groups per action" in ELB's quotas). */
const MAX_TARGET_GROUPS = 5;
const MAX_STICKINESS_SECONDS = 604_800;
/** "Condition values per rule" in ELB's quotas, over all of its conditions. */
const MAX_CONDITION_VALUES = 5;

const CONDITION_FIELDS = [
  'http-header',
  'host-header',
  'path-pattern',
  'http-request-method',
  'query-string',
  'source-ip',
];

export const describeRule = (rule: Rule): SdkRule => ({
  RuleArn: rule.arn,
  Priority: String(rule.priority),
  IsDefault: rule.priority === 'default',
  Conditions: rule.conditions.map(describeCondition),
  Actions: [
    ...(rule.authenticate === undefined ? [] : [describeAuthentication(rule.authenticate)]),
    { ...describeAction(rule.action), Order: rule.authenticate === undefined ? 1 : 2 },
  ],
});

function describeAction(action: Rule['action']): Action {
  if ('fixedStatus' in action) {
    return { Type: 'fixed-response', FixedResponseConfig: { StatusCode: String(action.fixedStatus) } };
  }
  const { enabled, durationSeconds } = action.stickiness;
  const only = action.targetGroups.length === 1 ? action.targetGroups[0] : undefined;
  return {
    Type: 'forward',
    // ELB names a single group at the top as well, whichever way it was written
    ...(only !== undefined && { TargetGroupArn: only.arn }),
    ForwardConfig: {
      TargetGroups: action.targetGroups.map(({ arn, weight }) => ({ TargetGroupArn: arn, Weight: weight })),
      TargetGroupStickinessConfig: enabled ? { Enabled: true, DurationSeconds: durationSeconds } : { Enabled: false },
    },
  };
}

function describeCondition(condition: RuleCondition): SdkCondition {
  if (condition.field === 'query-string') {
    const pairs = condition.values.map(({ key, value }) => ({ ...(key !== undefined && { Key: key }), Value: value }));
    return { Field: 'query-string', QueryStringConfig: { Values: pairs } };
  }
  const Values = [...condition.values];
  switch (condition.field) {
    case 'http-header':
      return { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: condition.name, Values } };
    case 'host-header':
      return { Field: 'host-header', Values, HostHeaderConfig: { Values } };
    case 'path-pattern':
      return { Field: 'path-pattern', Values, PathPatternConfig: { Values } };
    case 'http-request-method':
      return { Field: 'http-request-method', HttpRequestMethodConfig: { Values } };
    case 'source-ip':
      return { Field: 'source-ip', SourceIpConfig: { Values } };
  }
}

/** @throws AwsError where ELB would refuse them */
export function parseConditions(conditions: readonly SdkCondition[]): RuleCondition[] {
  const parsed = conditions.map(parseCondition);
  const values = parsed.reduce((sum, condition) => sum + condition.values.length, 0);
  if (values <= MAX_CONDITION_VALUES) return parsed;
  throw new AwsError(
    'ValidationError',
    `A rule can have at most ${MAX_CONDITION_VALUES} condition values, not ${values}`,
  );
}

function parseCondition(condition: SdkCondition): RuleCondition {
  const { Field: field, Values, HttpHeaderConfig } = condition;
  switch (field) {
    case 'http-header': {
      const name = HttpHeaderConfig?.HttpHeaderName;
      if (name === undefined) throw new AwsError('ValidationError', 'An http-header condition must name the header');
      return { field, name, values: required(HttpHeaderConfig?.Values) };
    }
    case 'host-header':
      return { field, values: required(condition.HostHeaderConfig?.Values ?? Values) };
    case 'path-pattern':
      return { field, values: required(condition.PathPatternConfig?.Values ?? Values) };
    case 'http-request-method':
      return { field, values: required(condition.HttpRequestMethodConfig?.Values) };
    case 'source-ip':
      return { field, values: required(condition.SourceIpConfig?.Values).map(requireCidr) };
    case 'query-string': {
      const pairs = required(condition.QueryStringConfig?.Values);
      return {
        field,
        values: pairs.map(({ Key: key, Value: value = '' }) => ({ ...(key !== undefined && { key }), value })),
      };
    }
    default:
      throw new AwsError(
        'ValidationError',
        `Condition field '${field}' must be one of [${CONDITION_FIELDS.join(', ')}]`,
      );
  }
}

function requireCidr(cidr: string): string {
  const [address = '', bits] = cidr.split('/');
  const most = isIP(address) === 6 ? 128 : 32;
  if (isIP(address) !== 0 && bits !== undefined && /^\d+$/.test(bits) && Number(bits) <= most) return cidr;
  throw new AwsError('ValidationError', `The source IP '${cidr}' must be in CIDR notation`);
}

function required<T>(values: readonly T[] | undefined): T[] {
  if (values === undefined || values.length === 0) {
    throw new AwsError('ValidationError', 'A condition value must be specified');
  }
  return [...values];
}

/**
 * What a rule does, in front of it who may come.
 * @param before what authenticates in the rule that is changed: its secret may be kept
 * @throws AwsError where ELB would refuse it
 */
export function parseActions(
  actions: readonly Action[],
  before?: Authentication,
): Pick<Rule, 'action' | 'authenticate'> {
  if (actions.length > 1 && new Set(actions.map(({ Order }) => Order ?? '')).size < actions.length) {
    throw new AwsError('ValidationError', 'Each action of a rule with several must have an order of its own');
  }
  const inOrder = actions.toSorted((a, b) => (a.Order ?? 0) - (b.Order ?? 0));
  const action = inOrder.pop();
  if (action === undefined || inOrder.length > 1 || inOrder.some(({ Type }) => !isAuthentication(Type))) {
    throw new AwsError('ValidationError', 'A rule must have exactly one forward, redirect, or fixed-response action');
  }
  const [first] = inOrder;
  return {
    action: parseLast(action),
    ...(first !== undefined && { authenticate: parseAuthentication(first, before) }),
  };
}

function parseLast(action: Action): Rule['action'] {
  if (action.Type === 'fixed-response') return { fixedStatus: Number(action.FixedResponseConfig?.StatusCode) };
  if (isAuthentication(action.Type)) {
    throw new AwsError(
      'InvalidLoadBalancerAction',
      'The last action of a rule must be forward, redirect, or fixed-response',
    );
  }
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

import type * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Rule } from '../load-balancer/model.ts';
import { AwsError } from './aws-error.ts';
import { describeRule, parseActions, parseConditions } from './elbv2-shapes.ts';
import { type ResourceTags, tagsOf } from './elbv2-tags.ts';
import { type ControlledLoadBalancer, groupOf, type TargetGroupAttributes } from './elbv2-targets.ts';

/** The operations of listener rules. */
export function ruleOperations(
  loadBalancer: ControlledLoadBalancer,
  attributes: TargetGroupAttributes,
  tags: ResourceTags = {},
) {
  const ruleOf = (arn: string | undefined): Rule => {
    const found = loadBalancer.rules().find(rule => rule.arn === arn);
    if (found === undefined) throw new AwsError('RuleNotFound', 'One or more rules not found');
    return found;
  };
  const checked = (given: Pick<Rule, 'action' | 'authenticate'>): Pick<Rule, 'action' | 'authenticate'> => {
    const { action } = given;
    if ('fixedStatus' in action) return given;
    for (const { arn } of action.targetGroups) groupOf(loadBalancer, arn);
    const sticky = action.targetGroups.some(({ arn }) => attributes[arn]?.['stickiness.enabled'] === 'true');
    if (action.targetGroups.length > 1 && sticky && !action.stickiness.enabled) {
      throw new AwsError(
        'InvalidLoadBalancerAction',
        'You must enable group stickiness on a rule where one of its target groups has target stickiness enabled',
      );
    }
    return given;
  };
  return {
    async describe({ RuleArns, ListenerArn }: elb.DescribeRulesCommandInput): Promise<elb.DescribeRulesOutput> {
      if (RuleArns !== undefined && RuleArns.length > 0) return { Rules: RuleArns.map(ruleOf).map(describeRule) };
      if (ListenerArn === undefined) throw new AwsError('ValidationError', 'A listener or rules must be specified');
      requireListener(loadBalancer, ListenerArn);
      return { Rules: loadBalancer.rules().map(describeRule) };
    },

    /** Replaces the whole list of actions, or of conditions; leaves alone what the call does not name. */
    async modify({ RuleArn, Actions, Conditions }: elb.ModifyRuleCommandInput): Promise<elb.ModifyRuleOutput> {
      const rule = ruleOf(RuleArn);
      if (rule.priority === 'default') {
        throw new AwsError('OperationNotPermitted', 'Default rules cannot be modified; modify the listener');
      }
      const { authenticate, ...rest } = rule;
      const acts = Actions === undefined ? rule : checked(parseActions(Actions, authenticate));
      const modified: Rule = {
        ...rest,
        action: acts.action,
        ...(acts.authenticate !== undefined && { authenticate: acts.authenticate }),
        ...(Conditions !== undefined && { conditions: parseConditions(Conditions) }),
      };
      loadBalancer.putRule(modified);
      return { Rules: [describeRule(modified)] };
    },

    async create(input: elb.CreateRuleCommandInput): Promise<elb.CreateRuleOutput> {
      requireListener(loadBalancer, input.ListenerArn);
      const priority = input.Priority ?? 0;
      if (!(priority >= 1 && priority <= 50_000)) {
        throw new AwsError('ValidationError', `Priority '${priority}' must be from 1 to 50000`);
      }
      if (loadBalancer.rules().some(rule => rule.priority === priority)) {
        throw new AwsError('PriorityInUse', `Priority '${priority}' is currently in use`);
      }
      const acts = checked(parseActions(input.Actions ?? []));
      const conditions = parseConditions(input.Conditions ?? []);
      const listenerRule = loadBalancer.listenerArn.replace(':listener/', ':listener-rule/');
      const arn = `${listenerRule}/${priority.toString(16).padStart(16, '0')}`;
      const rule: Rule = { arn, listenerArn: loadBalancer.listenerArn, priority, conditions, ...acts };
      loadBalancer.putRule(rule);
      tags[arn] = tagsOf(input.Tags); // a rule of before that had the same ARN took its own with it
      return { Rules: [describeRule(rule)] };
    },

    async setPriorities({
      RulePriorities = [],
    }: elb.SetRulePrioritiesCommandInput): Promise<elb.SetRulePrioritiesOutput> {
      const moved = RulePriorities.map(({ RuleArn, Priority }) => ({ ...ruleOf(RuleArn), priority: Priority ?? 0 }));
      for (const { arn, priority } of moved) {
        const other = loadBalancer.rules().find(rule => rule.priority === priority && rule.arn !== arn);
        if (other !== undefined && moved.every(rule => rule.arn !== other.arn)) {
          throw new AwsError('PriorityInUse', `Priority '${priority}' is currently in use`);
        }
      }
      for (const rule of moved) loadBalancer.putRule(rule);
      return { Rules: moved.map(describeRule) };
    },

    async delete({ RuleArn }: elb.DeleteRuleCommandInput): Promise<elb.DeleteRuleOutput> {
      const rule = ruleOf(RuleArn);
      if (rule.priority === 'default') throw new AwsError('OperationNotPermitted', 'Default rules cannot be deleted');
      loadBalancer.removeRule(rule.arn);
      return {};
    },
  };
}

function requireListener(loadBalancer: ControlledLoadBalancer, arn: string | undefined): void {
  if (arn !== loadBalancer.listenerArn) throw new AwsError('ListenerNotFound', 'One or more listeners not found');
}

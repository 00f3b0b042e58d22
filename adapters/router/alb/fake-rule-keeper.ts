import type { Tags } from '../../../domain/routers/alb/ownership.ts';
import { RouterRuleError, RouterUnreachableError } from '../errors.ts';
import type { FoundRule, RuleKeeper, WantedAuthentication } from './rule-keeper.ts';

/** A rule of the fake's listener. */
export interface FakeListenerRule {
  listenerArn: string;
  /** The default rule's is infinite. */
  priority: number;
  conditions: FoundRule['conditions'];
  /** None: it answers by itself. */
  weights: { arn: string; weight: number }[];
  stickinessSeconds: number;
  authentication?: WantedAuthentication;
  /** Of OIDC; nobody reads it back. */
  clientSecret?: string;
}

export interface FakeRuleKeeper extends RuleKeeper {
  readonly listenerArn: string;
  /** By ARN; tests change them as a release, or somebody else, would. */
  readonly rules: Map<string, FakeListenerRule>;
  /** Of listeners, load balancers, rules and target groups: what has none is not there. */
  readonly tags: Map<string, Tags>;
  /** Registered in each group. */
  readonly targets: Map<string, number>;
  /** How often a rule was made. */
  readonly made: number;
}

/** A listener in memory, with a default rule that answers by itself; held to the same contract as ELB's. */
export function fakeRuleKeeper(listenerArn: string): FakeRuleKeeper {
  const loadBalancerArn = listenerArn.replace(':listener/', ':loadbalancer/').replace(/\/[^/]+$/, '');
  const ruleArn = (name: string) => `${listenerArn.replace(':listener/', ':listener-rule/')}/${name}`;
  const none = { listenerArn, conditions: [], weights: [], stickinessSeconds: 0 };
  const rules = new Map<string, FakeListenerRule>([
    [ruleArn('default'), { ...none, priority: Number.POSITIVE_INFINITY }],
  ]);
  const tags = new Map<string, Tags>([
    [listenerArn, {}],
    [loadBalancerArn, {}],
  ]);
  const targets = new Map<string, number>();
  let made = 0;

  const found = (arn: string, rule: FakeListenerRule): FoundRule => ({
    arn,
    priority: rule.priority,
    authenticates: rule.authentication !== undefined,
    conditions: structuredClone(rule.conditions),
    weights: rule.weights.map(({ arn: group, weight }) => ({
      arn: group,
      weight: rule.weights.length === 1 ? 1 : weight,
    })),
    ...(rule.authentication !== undefined && { authentication: structuredClone(rule.authentication) }),
  });
  const ruleAt = (arn: string): FakeListenerRule => {
    const rule = rules.get(arn);
    if (rule === undefined) throw new RouterRuleError(`rule ${arn} is not there`);
    return rule;
  };
  const requireFree = (priority: number) => {
    if ([...rules.values()].some(rule => rule.priority === priority))
      throw new RouterUnreachableError(`PriorityInUse: priority ${priority} is in use`);
  };

  return {
    listenerArn,
    rules,
    tags,
    targets,
    get made() {
      return made;
    },

    async find(arn) {
      const rule = rules.get(arn);
      return rule === undefined ? undefined : found(arn, rule);
    },

    async readAll(listener) {
      if (listener !== listenerArn) throw new RouterRuleError(`listener ${listener} is not there`);
      return [...rules].map(([arn, rule]) => found(arn, rule));
    },

    async create(wanted, clientSecret) {
      const { priority, conditions, carries, stickinessSeconds, targetGroups, authenticate } = wanted;
      requireFree(priority);
      made += 1;
      const arn = ruleArn(`made-${made}`);
      const green = { arn: targetGroups.green, weight: carries === 'dial' ? 0 : 1 };
      rules.set(arn, {
        ...{ listenerArn, priority, conditions: structuredClone(conditions), stickinessSeconds },
        weights: carries === 'dial' ? [{ arn: targetGroups.blue, weight: 100 }, green] : [green],
        ...(authenticate !== undefined && { authentication: authenticate }),
        ...(clientSecret !== undefined && { clientSecret }),
      });
      tags.set(arn, { ...wanted.tags });
      return arn;
    },

    async setAuthentication(arn, wanted, clientSecret) {
      const { authentication: _, clientSecret: kept, ...rule } = ruleAt(arn);
      if (rule.weights.length === 0) throw new RouterRuleError(`rule ${arn} forwards to nothing`);
      const secret = clientSecret ?? kept;
      rules.set(arn, {
        ...rule,
        ...(wanted !== undefined && { authentication: wanted }),
        ...(wanted !== undefined && secret !== undefined && { clientSecret: secret }),
      });
    },

    async readTags(arns) {
      const missing = arns.find(arn => !tags.has(arn));
      if (missing !== undefined) throw new RouterRuleError(`${missing} is not there`);
      return Object.fromEntries(arns.map(arn => [arn, { ...tags.get(arn) }]));
    },

    async setConditions(arn, conditions) {
      ruleAt(arn).conditions = structuredClone(conditions);
    },

    async setPriority(arn, priority) {
      const rule = ruleAt(arn);
      requireFree(priority);
      rule.priority = priority;
    },

    async remove(arn) {
      rules.delete(arn);
      tags.delete(arn);
    },

    async hasTargets(groups) {
      return groups.some(group => (targets.get(group) ?? 0) > 0);
    },
  };
}

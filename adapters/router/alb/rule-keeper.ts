import {
  type Action,
  CreateRuleCommand,
  DeleteRuleCommand,
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
  type Rule,
  type RuleCondition,
  SetRulePrioritiesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Slot } from '../../../domain/dial.ts';
import type { Tags } from '../../../domain/routers/alb/ownership.ts';
import { awsClientConfig, CALL_DEADLINE_MS, type Env } from '../../aws-client-config.ts';
import { RouterUnreachableError } from '../errors.ts';
import { describeTags } from './describe-tags.ts';
import { asElbErrors } from './errors.ts';

/** A listener rule as infrastructure as code wants it. It says nothing of weights: those are a release's. */
export interface WantedRule {
  listenerArn: string;
  priority: number;
  conditions: RuleCondition[];
  targetGroups: Record<Slot, string>;
  /** `dial`: both groups, blue at 100. `preview`: green alone, which is the idle slot before the first release. */
  carries: 'dial' | 'preview';
  /** How long a cookie of the rule keeps a client on its slot; 0: it does not. Set when the rule is made. */
  stickinessSeconds: number;
  /** It has them from its first instant on. */
  tags: Record<string, string>;
}

/** What there is of a rule: whose groups it forwards to, with what weights, and where it stands. */
export interface FoundRule {
  arn: string;
  priority: number;
  weights: { arn: string; weight: number }[];
  conditions: RuleCondition[];
}

/** Makes and keeps listener rules, and never moves traffic: `create` alone sends actions. */
export interface RuleKeeper {
  find(ruleArn: string): Promise<FoundRule | undefined>;
  findAt(listenerArn: string, priority: number): Promise<FoundRule | undefined>;
  create(wanted: WantedRule): Promise<string>;
  /** By ARN, of rules, listeners, load balancers and target groups. @throws RouterRuleError one of them is not there */
  readTags(arns: string[]): Promise<Record<string, Tags>>;
  setConditions(ruleArn: string, conditions: RuleCondition[]): Promise<void>;
  setPriority(ruleArn: string, priority: number): Promise<void>;
  /** A rule that is not there is removed. */
  remove(ruleArn: string): Promise<void>;
  /** Whether any target is registered in one of the groups, healthy or not. A group that is not there has none. */
  hasTargets(targetGroups: string[]): Promise<boolean>;
}

function albRuleKeeper(client: ElasticLoadBalancingV2Client): RuleKeeper {
  const call = <T>(what: string, send: (abortSignal: AbortSignal) => Promise<T>): Promise<T> =>
    asElbErrors(what, RouterUnreachableError, () => send(AbortSignal.timeout(CALL_DEADLINE_MS)));

  return {
    async find(ruleArn) {
      try {
        const input = { RuleArns: [ruleArn] };
        const { Rules: rules = [] } = await call(`DescribeRules of ${ruleArn}`, abortSignal =>
          client.send(new DescribeRulesCommand(input), { abortSignal }),
        );
        return rules[0] === undefined ? undefined : foundRule(rules[0]);
      } catch (error) {
        if (isNamed(error, 'RuleNotFound')) return undefined;
        throw error;
      }
    },

    async findAt(listenerArn, priority) {
      let Marker: string | undefined;
      do {
        const input = { ListenerArn: listenerArn, ...(Marker !== undefined && { Marker }) };
        const page = await call(`DescribeRules of ${listenerArn}`, abortSignal =>
          client.send(new DescribeRulesCommand(input), { abortSignal }),
        );
        const rule = page.Rules?.find(candidate => candidate.Priority === String(priority));
        if (rule !== undefined) return foundRule(rule);
        Marker = page.NextMarker;
      } while (Marker !== undefined && Marker !== '');
      return undefined;
    },

    async create(wanted) {
      const { listenerArn, priority, conditions } = wanted;
      const input = {
        ListenerArn: listenerArn,
        Priority: priority,
        Conditions: conditions,
        Actions: [firstAction(wanted)],
        Tags: tagList(wanted.tags),
      };
      const { Rules: rules = [] } = await call(`CreateRule at ${listenerArn}`, abortSignal =>
        client.send(new CreateRuleCommand(input), { abortSignal }),
      );
      const arn = rules[0]?.RuleArn;
      if (arn === undefined) throw new RouterUnreachableError(`CreateRule at ${listenerArn}: ELB named no rule`);
      return arn;
    },

    async readTags(arns) {
      return describeTags(client, arns, AbortSignal.timeout(CALL_DEADLINE_MS));
    },

    async setConditions(ruleArn, conditions) {
      // no Actions: what a call does not name is left as it is
      const command = new ModifyRuleCommand({ RuleArn: ruleArn, Conditions: conditions });
      await call(`ModifyRule of ${ruleArn}`, abortSignal => client.send(command, { abortSignal }));
    },

    async setPriority(ruleArn, priority) {
      const command = new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn: ruleArn, Priority: priority }] });
      await call(`SetRulePriorities of ${ruleArn}`, abortSignal => client.send(command, { abortSignal }));
    },

    async remove(ruleArn) {
      try {
        const command = new DeleteRuleCommand({ RuleArn: ruleArn });
        await call(`DeleteRule of ${ruleArn}`, abortSignal => client.send(command, { abortSignal }));
      } catch (error) {
        if (!isNamed(error, 'RuleNotFound')) throw error;
      }
    },

    async hasTargets(targetGroups) {
      const counts = await Promise.all(
        [...new Set(targetGroups)].map(async TargetGroupArn => {
          const command = new DescribeTargetHealthCommand({ TargetGroupArn });
          const what = `DescribeTargetHealth of ${TargetGroupArn}`;
          try {
            const health = await call(what, abortSignal => client.send(command, { abortSignal }));
            return health.TargetHealthDescriptions?.length ?? 0;
          } catch (error) {
            if (isNamed(error, 'TargetGroupNotFound')) return 0;
            throw error;
          }
        }),
      );
      return counts.some(count => count > 0);
    },
  };
}

/** @param env AWS_REGION, credentials, AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2 where it is not AWS itself */
export const openAlbRuleKeeper = (env: Env): RuleKeeper =>
  albRuleKeeper(new ElasticLoadBalancingV2Client(awsClientConfig(env, 'ELASTIC_LOAD_BALANCING_V2')));

/** By the service's name for it, wherever in the chain of causes it is. */
function isNamed(error: unknown, name: string): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === name || error.name === `${name}Exception` || isNamed(error.cause, name);
}

function firstAction({ carries, targetGroups, stickinessSeconds }: WantedRule): Action {
  const { blue, green } = targetGroups;
  const groups = carries === 'dial' ? [group(blue, 100), group(green, 0)] : [group(green, 1)];
  return {
    Type: 'forward',
    ForwardConfig: {
      TargetGroups: groups,
      ...(stickinessSeconds > 0 && {
        TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: stickinessSeconds },
      }),
    },
  };
}

const tagList = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

const group = (arn: string, weight: number) => ({ TargetGroupArn: arn, Weight: weight });

function foundRule({ RuleArn, Priority, Actions = [], Conditions = [] }: Rule): FoundRule {
  const forward = Actions.find(action => action.Type === 'forward');
  const groups = forward?.ForwardConfig?.TargetGroups ?? [];
  return {
    arn: RuleArn ?? '',
    priority: Number(Priority),
    weights: groups.map(({ TargetGroupArn: arn = '', Weight: weight = 1 }) => ({
      arn,
      weight: groups.length === 1 ? 1 : weight, // alone it gets everything, whatever its weight
    })),
    conditions: Conditions,
  };
}

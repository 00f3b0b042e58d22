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
import type { StandingRule } from '../../../domain/routers/alb/overlap.ts';
import type { Tags } from '../../../domain/routers/alb/ownership.ts';
import { awsClientConfig, CALL_DEADLINE_MS, type Env } from '../../aws-client-config.ts';
import { RouterRuleError, RouterUnreachableError } from '../errors.ts';
import { describeListener } from './describe-rules.ts';
import { describeTags } from './describe-tags.ts';
import { asElbErrors } from './errors.ts';
import { authenticates, standingRule } from './standing-rule.ts';

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
  /** Asks who comes, before the forward; absent: anybody may. */
  authenticate?: WantedAuthentication;
  /** It has them from its first instant on. */
  tags: Record<string, string>;
}

/** An action that authenticates, as the ELBv2 API has it, without the secret: ELB never gives it back. */
export interface WantedAuthentication {
  type: 'authenticate-oidc' | 'authenticate-cognito';
  config: Readonly<Record<string, unknown>>;
}

/** What there is of a rule: whose groups it forwards to, with what weights, and where it stands. */
export interface FoundRule extends StandingRule {
  weights: { arn: string; weight: number }[];
  conditions: RuleCondition[];
  authentication?: WantedAuthentication;
}

/**
 * Makes and keeps listener rules, and never moves traffic: `create` and `setAuthentication` alone send actions, and the latter
 * sends the forward as it is.
 */
export interface RuleKeeper {
  find(ruleArn: string): Promise<FoundRule | undefined>;
  /** Of a listener, the default rule too. @throws RouterRuleError it is not there */
  readAll(listenerArn: string): Promise<FoundRule[]>;
  /** @param clientSecret of OIDC */
  create(wanted: WantedRule, clientSecret?: string): Promise<string>;
  /**
   * Who is asked before the forward, which stays as it is; undefined: nobody. Not while anybody may be turning the dial.
   * @param clientSecret of OIDC; absent: the one that ELB has
   */
  setAuthentication(ruleArn: string, wanted: WantedAuthentication | undefined, clientSecret?: string): Promise<void>;
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

    async readAll(listenerArn) {
      const all = await describeListener(client, listenerArn, AbortSignal.timeout(CALL_DEADLINE_MS));
      return all.map(foundRule);
    },

    async create(wanted, clientSecret) {
      const { listenerArn, priority, conditions } = wanted;
      const input = {
        ListenerArn: listenerArn,
        Priority: priority,
        Conditions: conditions,
        Actions: behind(authenticateAction(wanted.authenticate, clientSecret), firstAction(wanted)),
        Tags: tagList(wanted.tags),
      };
      const { Rules: rules = [] } = await call(`CreateRule at ${listenerArn}`, abortSignal =>
        client.send(new CreateRuleCommand(input), { abortSignal }),
      );
      const arn = rules[0]?.RuleArn;
      if (arn === undefined) throw new RouterUnreachableError(`CreateRule at ${listenerArn}: ELB named no rule`);
      return arn;
    },

    async setAuthentication(ruleArn, wanted, clientSecret) {
      const what = `DescribeRules of ${ruleArn}`;
      const { Rules: rules = [] } = await call(what, abortSignal =>
        client.send(new DescribeRulesCommand({ RuleArns: [ruleArn] }), { abortSignal }),
      );
      const forward = rules[0]?.Actions?.find(({ Type }) => Type === 'forward');
      if (forward === undefined) throw new RouterRuleError(`rule ${ruleArn} forwards to nothing`);
      const { TargetGroupArn: _, Order: __, ...rest } = forward; // ELB names a single group twice, and takes it once
      const Actions = behind(authenticateAction(wanted, clientSecret), rest);
      await call(`ModifyRule of ${ruleArn}`, abortSignal =>
        client.send(new ModifyRuleCommand({ RuleArn: ruleArn, Actions }), { abortSignal }),
      );
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
export function isNamed(error: unknown, name: string): boolean {
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

/** The actions of a rule in the order that ELB asks for where there are several. */
const behind = (first: Action | undefined, last: Action): Action[] =>
  first === undefined
    ? [last]
    : [
        { ...first, Order: 1 },
        { ...last, Order: 2 },
      ];

function authenticateAction(
  wanted: WantedAuthentication | undefined,
  clientSecret: string | undefined,
): Action | undefined {
  if (wanted === undefined) return undefined;
  const { type, config } = wanted;
  if (type === 'authenticate-cognito') return { Type: type, AuthenticateCognitoConfig: config } as unknown as Action;
  const secret = clientSecret === undefined ? { UseExistingClientSecret: true } : { ClientSecret: clientSecret };
  return { Type: type, AuthenticateOidcConfig: { ...config, ...secret } } as unknown as Action;
}

function authenticationOf(actions: readonly Action[]): WantedAuthentication | undefined {
  const found = actions.find(authenticates);
  if (found === undefined) return undefined;
  return found.Type === 'authenticate-oidc'
    ? { type: found.Type, config: { ...found.AuthenticateOidcConfig } }
    : { type: 'authenticate-cognito', config: { ...found.AuthenticateCognitoConfig } };
}

const tagList = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

const group = (arn: string, weight: number) => ({ TargetGroupArn: arn, Weight: weight });

function foundRule(rule: Rule): FoundRule {
  const { Actions = [], Conditions = [] } = rule;
  const forward = Actions.find(action => action.Type === 'forward');
  const groups = forward?.ForwardConfig?.TargetGroups ?? [];
  const authentication = authenticationOf(Actions);
  return {
    ...standingRule(rule),
    ...(authentication !== undefined && { authentication }),
    weights: groups.map(({ TargetGroupArn: arn = '', Weight: weight = 1 }) => ({
      arn,
      weight: groups.length === 1 ? 1 : weight, // alone it gets everything, whatever its weight
    })),
    conditions: Conditions,
  };
}

import {
  type Action,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Dial, SLOTS } from '../../../domain/dial.ts';
import { ruleArnsOf } from '../../../domain/routers/alb/plan.ts';
import { groupsOwnerProblem, routingProblem } from '../../../domain/routers/alb/routing-problem.ts';
import type { WorkloadOf } from '../../../domain/workload.ts';
import { awsClientConfig, CALL_DEADLINE_MS, type Env } from '../../aws-client-config.ts';
import { RouterRuleError, RouterUnreachableError } from '../errors.ts';
import type { TrafficRouter } from '../router.ts';
import { describeAnyRules, describeRules } from './describe-rules.ts';
import { asElbErrors } from './errors.ts';
import { asksFor, forEachSettled, worstOf } from './reading-rules.ts';
import { describeRouting } from './routing-facts.ts';
import { type AlbRule, behindAuthenticationOf, parseActions, ruleText } from './rule.ts';
import { parseWayBack, wayBackOf } from './way-back.ts';
import { albWeightsOf, dialOf } from './weights.ts';

/**
 * The dial of listener rules that infrastructure as code made: ModifyRule sets it, DescribeRules reads it. Nothing is
 * remembered. Each method ends within CALL_DEADLINE_MS, however many rules and repetitions there are.
 */
export function albRouter(client: ElasticLoadBalancingV2Client): TrafficRouter<WorkloadOf<'alb'>> {
  return {
    async readDial({ router }) {
      const rules = await describeRules(client, router, { arns: router.rules, abortSignal: deadline() });
      return worstOf(rules.map(readWeights));
    },

    async setDial({ router }, dial) {
      const weights = albWeightsOf(dial);
      const abortSignal = deadline();
      const rules = await describeRules(client, router, { arns: router.rules, abortSignal });
      const groups = SLOTS.map(slot => ({ slot, weight: weights[slot] }));
      for (const rule of rules) await modifyRule(client, rule.arn, rule.actionsFor(groups), abortSignal);
    },

    async joinGroups({ router }) {
      const abortSignal = deadline();
      for (const rule of await describeRules(client, router, { arns: router.rules, abortSignal })) {
        if (rule.slots.length === SLOTS.length) continue;
        const groups = SLOTS.map(slot => ({ slot, weight: rule.weights[slot] }));
        await modifyRule(client, rule.arn, rule.actionsFor(groups), abortSignal);
      }
    },

    async readPages({ router }) {
      const rules = await describeAnyRules(client, { arns: router.rules, abortSignal: deadline() });
      const types = rules.map(({ RuleArn: arn = '', Actions = [] }) => ({
        arn,
        types: Actions.map(({ Type }) => Type),
      }));
      return types
        .filter(rule => !rule.types.includes('forward'))
        .map(rule => ({ what: ruleText(rule.arn), answers: rule.types.join(', ') || 'no action' }));
    },

    async readProblem({ name: workload, router, cluster }, owner) {
      // who else stands there is asked when it is registered: what comes behind its rules later is not taken over by them
      const withStanding = owner.stack !== undefined;
      const facts = await describeRouting(client, router, { abortSignal: deadline(), withStanding });
      return routingProblem(router, facts, { workload, cluster: cluster.name, ...owner });
    },

    async readOthers({ name: workload, router }, owner) {
      return groupsOwnerProblem(router, await describeRouting(client, router, { abortSignal: deadline() }), {
        workload,
        ...owner,
      });
    },

    async planWayBack({ router }, stable) {
      const rules = await describeRules(client, router, { arns: ruleArnsOf(router), abortSignal: deadline() });
      return wayBackOf(
        stable,
        rules.map(rule => ({ arn: rule.arn, actions: rule.actionsFor([{ slot: stable, weight: 1 }]) })),
      );
    },

    async goBack(_, wayBack, { pages = [] } = {}) {
      const rules = parseWayBack(wayBack).rules.filter(({ arn }) => pages.every(({ what }) => what !== ruleText(arn)));
      const abortSignal = deadline();
      const found = await describeIfAnswered(
        client,
        rules.map(({ arn }) => arn),
      );
      await forEachSettled(rules, async ({ arn, actions }) => {
        const planned = parseActions(arn, actions);
        const now = found.find(({ RuleArn }) => RuleArn === arn);
        const wanted = now === undefined ? planned : behindAuthenticationOf(now, planned);
        await modifyRule(client, arn, wanted, abortSignal);
      });
    },

    async setPreview({ name, router }, slot, header) {
      if (router.previewRule === undefined) throw new RouterRuleError(`workload ${name} has no preview rule`);
      const abortSignal = deadline();
      const arns = [router.previewRule];
      for (const rule of await describeRules(client, router, { arns, abortSignal })) {
        requireHeader(rule, header);
        await modifyRule(client, rule.arn, rule.actionsFor([{ slot, weight: 1 }]), abortSignal);
      }
    },
  };
}

/** @param env AWS_REGION, credentials, AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2 where it is not AWS itself */
export const openAlbRouter = (env: Env) =>
  albRouter(new ElasticLoadBalancingV2Client(awsClientConfig(env, 'ELASTIC_LOAD_BALANCING_V2')));

const deadline = () => AbortSignal.timeout(CALL_DEADLINE_MS);

/** A way back needs nothing but its input: what is read before it is there in this time, which leaves 16 s to act, or is not used. */
const READ_BEFORE_GOING_BACK_MS = 2_000;

/** The rules that there are, by one call; none where ELB does not answer: what was planned is done all the same. */
async function describeIfAnswered(client: ElasticLoadBalancingV2Client, arns: string[]): Promise<Rule[]> {
  try {
    return await describeAnyRules(client, { arns, abortSignal: AbortSignal.timeout(READ_BEFORE_GOING_BACK_MS) });
  } catch {
    return [];
  }
}

const modifyRule = (client: ElasticLoadBalancingV2Client, arn: string, actions: Action[], abortSignal: AbortSignal) =>
  asElbErrors(`ModifyRule of ${arn}`, RouterUnreachableError, () =>
    client.send(new ModifyRuleCommand({ RuleArn: arn, Actions: actions }), { abortSignal }),
  );

function readWeights({ arn, weights }: AlbRule): Dial {
  const dial = dialOf(weights);
  if (dial === undefined)
    throw new RouterRuleError(`rule ${arn} sends requests nowhere: the weights of both groups are 0`);
  return dial;
}

function requireHeader({ arn, httpHeaders }: AlbRule, header: { name: string; value: string }): void {
  if (asksFor(httpHeaders, header)) return;
  const found = httpHeaders.map(({ name, values }) => `${name}: ${values.join(' or ')}`).join(', ') || 'no header';
  throw new RouterRuleError(`preview rule ${arn} asks for ${found}, not for ${header.name}: ${header.value}`);
}

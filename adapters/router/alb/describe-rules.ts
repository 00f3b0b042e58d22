import {
  DescribeRulesCommand,
  type ElasticLoadBalancingV2Client,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { AlbRouting } from '../../../domain/routers/alb/plan.ts';
import { RouterRuleError, RouterUnreachableError } from '../errors.ts';
import { asElbErrors, type UnreachableError } from './errors.ts';
import { type AlbRule, parseAlbRule } from './rule.ts';

interface DescribeOptions {
  arns: string[];
  abortSignal: AbortSignal;
  Unreachable?: UnreachableError;
}

/**
 * The rules in the order of `arns`, in one call: describing calls are limited for the whole account.
 * @throws RouterRuleError one of them is not there
 * @throws the `Unreachable` of whoever asks
 */
export async function describeAnyRules(
  client: ElasticLoadBalancingV2Client,
  options: DescribeOptions,
): Promise<Rule[]> {
  const { arns, abortSignal, Unreachable = RouterUnreachableError } = options;
  const { Rules: found = [] } = await asElbErrors(`DescribeRules of ${arns.join(', ')}`, Unreachable, () =>
    client.send(new DescribeRulesCommand({ RuleArns: arns }), { abortSignal }),
  );
  return arns.map(arn => {
    const rule = found.find(({ RuleArn }) => RuleArn === arn);
    if (rule === undefined) throw new RouterRuleError(`rule ${arn} is not there`);
    return rule;
  });
}

/** Every rule of a listener, the default one too, page by page. @throws as describeAnyRules */
export async function describeListener(
  client: ElasticLoadBalancingV2Client,
  listenerArn: string,
  abortSignal: AbortSignal,
): Promise<Rule[]> {
  const all: Rule[] = [];
  let Marker: string | undefined;
  do {
    const input = { ListenerArn: listenerArn, ...(Marker !== undefined && { Marker }) };
    const page = await asElbErrors(`DescribeRules of ${listenerArn}`, RouterUnreachableError, () =>
      client.send(new DescribeRulesCommand(input), { abortSignal }),
    );
    all.push(...(page.Rules ?? []));
    Marker = page.NextMarker === '' ? undefined : page.NextMarker;
  } while (Marker !== undefined);
  return all;
}

/** The same, as rules that carry the workload's dial. @throws RouterRuleError one of them does not */
export async function describeRules(
  client: ElasticLoadBalancingV2Client,
  routing: AlbRouting,
  options: DescribeOptions,
): Promise<AlbRule[]> {
  return (await describeAnyRules(client, options)).map(rule => parseAlbRule(rule, routing));
}

import {
  DescribeTargetGroupsCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { SLOTS, type Slot } from '../../../domain/dial.ts';
import type { AlbRouting } from '../../../domain/routers/alb/plan.ts';
import type { GroupFacts, RoutingFacts } from '../../../domain/routers/alb/routing-facts.ts';
import { RouterRuleError, RouterUnreachableError } from '../errors.ts';
import { describeListener } from './describe-rules.ts';
import { describeTags } from './describe-tags.ts';
import { asElbErrors } from './errors.ts';
import { standingRule } from './standing-rule.ts';

/** What a rule hangs on: all of it is in its ARN. @throws RouterRuleError the ARN is not that of a rule of an Application Load Balancer */
export function placeOf(ruleArn: string): { listener: string; loadBalancer: string } {
  const [, prefix, name, balancer, listener] =
    /^(arn:[^:]+:elasticloadbalancing:[^:]+:\d+):listener-rule\/app\/([^/]+)\/([^/]+)\/([^/]+)\/[^/]+$/.exec(ruleArn) ??
    [];
  if (listener === undefined) throw new RouterRuleError(`${ruleArn} is not a rule of an Application Load Balancer`);
  return {
    listener: `${prefix}:listener/app/${name}/${balancer}/${listener}`,
    loadBalancer: `${prefix}:loadbalancer/app/${name}/${balancer}`,
  };
}

/** The load balancer of a listener. */
export const loadBalancerOf = (listenerArn: string): string =>
  listenerArn.replace(':listener/', ':loadbalancer/').replace(/\/[^/]+$/, '');

/** @throws RouterRuleError something that the workload names is not there @throws RouterUnreachableError */
export async function describeRouting(
  client: ElasticLoadBalancingV2Client,
  { rules: dial, previewRule, targetGroups }: AlbRouting,
  { abortSignal, withStanding = false }: { abortSignal: AbortSignal; withStanding?: boolean },
): Promise<RoutingFacts> {
  const arns = [...dial, ...(previewRule === undefined ? [] : [previewRule])];
  const rules = arns.map(arn => ({ arn, ...placeOf(arn) }));
  const tagged = [
    ...rules.flatMap(({ arn, listener, loadBalancer }) => [arn, listener, loadBalancer]),
    ...SLOTS.map(slot => targetGroups[slot]),
  ];
  const listeners = withStanding ? [...new Set(rules.map(({ listener }) => listener))] : [];
  const [tags, groups, ...standing] = await Promise.all([
    describeTags(client, tagged, abortSignal),
    describeGroups(client, targetGroups, abortSignal),
    ...listeners.map(listener => describeListener(client, listener, abortSignal)),
  ]);
  return { rules, tags, groups, ...(withStanding && { standing: standing.flat().map(standingRule) }) };
}

async function describeGroups(
  client: ElasticLoadBalancingV2Client,
  targetGroups: Record<Slot, string>,
  abortSignal: AbortSignal,
): Promise<Record<Slot, GroupFacts>> {
  const TargetGroupArns = SLOTS.map(slot => targetGroups[slot]);
  const { TargetGroups: found = [] } = await asElbErrors(
    `DescribeTargetGroups of ${TargetGroupArns.join(', ')}`,
    RouterUnreachableError,
    () => client.send(new DescribeTargetGroupsCommand({ TargetGroupArns }), { abortSignal }),
  );
  const of = (arn: string): GroupFacts => {
    const group = found.find(({ TargetGroupArn }) => TargetGroupArn === arn);
    if (group === undefined) throw new RouterRuleError(`target group ${arn} is not there`);
    const { TargetType, Protocol, ProtocolVersion, VpcId, LoadBalancerArns = [] } = group;
    return {
      targetType: TargetType ?? 'unknown',
      loadBalancers: LoadBalancerArns,
      ...(Protocol !== undefined && { protocol: Protocol }),
      ...(ProtocolVersion !== undefined && { protocolVersion: ProtocolVersion }),
      ...(VpcId !== undefined && { vpcId: VpcId }),
    };
  };
  return { blue: of(targetGroups.blue), green: of(targetGroups.green) };
}

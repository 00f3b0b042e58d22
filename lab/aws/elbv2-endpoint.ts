import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from './aws-error.ts';
import { ruleOperations } from './elbv2-rules.ts';
import { type ResourceTags, tagOperations } from './elbv2-tags.ts';
import { type ControlledLoadBalancer, type TargetGroupAttributes, targetOperations } from './elbv2-targets.ts';
import type { Operation, OperationSchema, SchemaEndpoint } from './endpoint.ts';
import { openTokenBucket } from './token-bucket.ts';

export interface Elbv2EndpointOptions {
  loadBalancer: ControlledLoadBalancer;
  /**
   * Attributes that differ from what the model holds: the load balancer of the lab has stickiness on rules
   * only, but whoever reads the attributes must cope with both.
   */
  attributes?: TargetGroupAttributes;
  /** What resources carry besides what calls add, by ARN; kept here. */
  tags?: ResourceTags;
  /** What target groups are besides what the model holds, by ARN: `{ TargetType: 'instance' }`. */
  groups?: Record<string, Partial<elb.TargetGroup>>;
  /**
   * Refuse calls beyond ELB's request limits, on this clock (wall, milliseconds): 3 modifying calls a second with a
   * burst of 20, 50 describing with a burst of 200. Absent: no limit.
   */
  limitedBy?: () => number;
}

/** The ELBv2 API over the lab's load balancer, with its limits and refusals. */
export function openElbv2Endpoint(options: Elbv2EndpointOptions): SchemaEndpoint {
  const { loadBalancer, attributes = {}, tags = {}, groups = {} } = options;
  const rules = ruleOperations(loadBalancer, attributes, tags);
  const targets = targetOperations(loadBalancer, attributes, groups);
  const tagging = tagOperations(loadBalancer, tags);
  const describing = limit(options, { perSecond: 50, burst: 200 });
  const modifying = limit(options, { perSecond: 3, burst: 20 });
  return {
    signingName: 'elasticloadbalancing',
    operations: {
      DescribeRules: describing(elb.DescribeRules$, rules.describe),
      ModifyRule: modifying(elb.ModifyRule$, rules.modify),
      CreateRule: modifying(elb.CreateRule$, rules.create),
      SetRulePriorities: modifying(elb.SetRulePriorities$, rules.setPriorities),
      DeleteRule: modifying(elb.DeleteRule$, rules.delete),
      DescribeLoadBalancers: describing(elb.DescribeLoadBalancers$, async () => ({
        LoadBalancers: [
          { LoadBalancerArn: loadBalancer.arn, DNSName: new URL(loadBalancer.url).host, Type: 'application' },
        ],
      })),
      DescribeListeners: describing(elb.DescribeListeners$, async () => ({
        Listeners: [
          {
            ListenerArn: loadBalancer.listenerArn,
            LoadBalancerArn: loadBalancer.arn,
            Port: Number(new URL(loadBalancer.url).port),
            Protocol: 'HTTP',
          },
        ],
      })),
      DescribeTags: describing(elb.DescribeTags$, tagging.describe),
      AddTags: modifying(elb.AddTags$, tagging.add),
      RemoveTags: modifying(elb.RemoveTags$, tagging.remove),
      DescribeTargetGroups: describing(elb.DescribeTargetGroups$, targets.describeGroups),
      DescribeTargetGroupAttributes: describing(elb.DescribeTargetGroupAttributes$, targets.describeAttributes),
      DescribeTargetHealth: describing(elb.DescribeTargetHealth$, targets.describeHealth),
      RegisterTargets: modifying(elb.RegisterTargets$, targets.register),
      DeregisterTargets: modifying(elb.DeregisterTargets$, targets.deregister),
    },
  };
}

function limit({ limitedBy }: Elbv2EndpointOptions, rate: { perSecond: number; burst: number }) {
  const bucket = limitedBy === undefined ? undefined : openTokenBucket({ ...rate, nowWallMs: limitedBy });
  return <Input>(schema: OperationSchema, handle: (input: Input) => Promise<object>): Operation => ({
    schema,
    async handle(input: Input) {
      if (bucket?.take() === false) throw new AwsError('Throttling', 'Rate exceeded');
      return handle(input);
    },
  });
}

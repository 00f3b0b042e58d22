import type * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import type { LoadBalancer, TargetGroupSpec } from '../load-balancer/model.ts';
import { AwsError } from './aws-error.ts';
import { describeHealth } from './elbv2-shapes.ts';

/** What of the load balancer the ELBv2 API is about. */
export type ControlledLoadBalancer = Pick<
  LoadBalancer,
  | 'arn'
  | 'listenerArn'
  | 'url'
  | 'putRule'
  | 'removeRule'
  | 'rules'
  | 'targetGroups'
  | 'register'
  | 'deregister'
  | 'health'
>;

/** By ARN of the target group, then by key as ELB names it: `{'stickiness.enabled': 'true'}`. */
export type TargetGroupAttributes = Record<string, Record<string, string>>;

/** The operations of target groups and their targets. */
export function targetOperations(
  loadBalancer: ControlledLoadBalancer,
  attributes: TargetGroupAttributes,
  described: Record<string, Partial<elb.TargetGroup>> = {},
) {
  return {
    async describeGroups(input: elb.DescribeTargetGroupsCommandInput): Promise<elb.DescribeTargetGroupsOutput> {
      const groups = input.TargetGroupArns?.map(arn => groupOf(loadBalancer, arn)) ?? loadBalancer.targetGroups();
      const used = (arn: string) =>
        loadBalancer
          .rules()
          .some(({ action }) => 'targetGroups' in action && action.targetGroups.some(g => g.arn === arn));
      return {
        TargetGroups: groups
          .filter(({ name }) => input.Names === undefined || input.Names.length === 0 || input.Names.includes(name))
          .map(group => ({
            ...describeGroup(group),
            LoadBalancerArns: used(group.arn) ? [loadBalancer.arn] : [],
            ...described[group.arn],
          })),
      };
    },

    async describeAttributes(
      input: elb.DescribeTargetGroupAttributesCommandInput,
    ): Promise<elb.DescribeTargetGroupAttributesOutput> {
      const group = groupOf(loadBalancer, input.TargetGroupArn);
      const all: Record<string, string> = {
        'deregistration_delay.timeout_seconds': String(group.deregistrationDelaySeconds),
        'slow_start.duration_seconds': String(group.slowStartSeconds),
        'stickiness.enabled': 'false',
        'stickiness.type': 'lb_cookie',
        'stickiness.lb_cookie.duration_seconds': '86400',
        ...attributes[group.arn],
      };
      return { Attributes: Object.entries(all).map(([Key, Value]) => ({ Key, Value })) };
    },

    async describeHealth(input: elb.DescribeTargetHealthCommandInput): Promise<elb.DescribeTargetHealthOutput> {
      const health = loadBalancer.health(groupOf(loadBalancer, input.TargetGroupArn).arn);
      if (input.Targets === undefined || input.Targets.length === 0) {
        return { TargetHealthDescriptions: health.map(describeHealth) };
      }
      return {
        TargetHealthDescriptions: input.Targets.map(endOf).map(end =>
          describeHealth(
            health.find(({ host, port }) => host === end.host && port === end.port) ?? {
              ...end,
              state: 'unused',
              reason: 'Target.NotRegistered',
            },
          ),
        ),
      };
    },

    async register(input: elb.RegisterTargetsCommandInput): Promise<elb.RegisterTargetsOutput> {
      const { arn } = groupOf(loadBalancer, input.TargetGroupArn);
      for (const end of (input.Targets ?? []).map(endOf)) loadBalancer.register(arn, end);
      return {};
    },

    /** A target that is not registered is no error. */
    async deregister(input: elb.DeregisterTargetsCommandInput): Promise<elb.DeregisterTargetsOutput> {
      const { arn } = groupOf(loadBalancer, input.TargetGroupArn);
      for (const end of (input.Targets ?? []).map(endOf)) loadBalancer.deregister(arn, end);
      return {};
    },
  };
}

const describeGroup = ({ arn, name, healthCheck }: TargetGroupSpec): elb.TargetGroup => ({
  TargetGroupArn: arn,
  TargetGroupName: name,
  Protocol: 'HTTP',
  ProtocolVersion: 'HTTP1',
  VpcId: 'vpc-1ab',
  TargetType: 'ip',
  HealthCheckEnabled: true,
  HealthCheckProtocol: healthCheck.protocol,
  HealthCheckPath: healthCheck.path,
  HealthCheckIntervalSeconds: healthCheck.intervalSeconds,
  HealthCheckTimeoutSeconds: healthCheck.timeoutSeconds,
  HealthyThresholdCount: healthCheck.healthyThreshold,
  UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
});

/** @throws AwsError TargetGroupNotFound */
export function groupOf(loadBalancer: ControlledLoadBalancer, arn: string | undefined): TargetGroupSpec {
  const found = loadBalancer.targetGroups().find(group => group.arn === arn);
  if (found === undefined) throw new AwsError('TargetGroupNotFound', `Target groups '${arn}' not found`);
  return found;
}

function endOf({ Id: host, Port: port }: elb.TargetDescription): { host: string; port: number } {
  // every replica of the lab is on one address, so a target without its port is none
  if (host === undefined || port === undefined)
    throw new AwsError('ValidationError', 'A target must have an Id and a Port');
  return { host, port };
}

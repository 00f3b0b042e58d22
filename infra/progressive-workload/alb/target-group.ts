import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { Slot } from '../../../domain/dial.ts';
import { SLOT_TAG } from '../../../domain/routers/alb/ownership.ts';
import type { AlbRouterProps } from './props.ts';

/**
 * Every target is registered with the port of its pod, and this one is used of none. It is no property of the construct: a
 * group whose port changes is another group, which no rule could be given without moving traffic.
 */
const PORT = { HTTP: 80, HTTPS: 443 } as const;

const ALGORITHMS = {
  roundRobin: 'round_robin',
  leastOutstandingRequests: 'least_outstanding_requests',
  weightedRandom: 'weighted_random',
} as const;

/** @param tags whose it is */
export function makeTargetGroup(
  scope: Construct,
  { slot, props, tags }: { slot: Slot; props: AlbRouterProps; tags: Record<string, string> },
): elbv2.CfnTargetGroup {
  const { protocol = 'HTTP', protocolVersion = 'HTTP1', healthCheck } = props;
  const { interval, timeout, healthyThreshold = 2, unhealthyThreshold = 2, healthyCodes } = healthCheck;
  const group = new elbv2.CfnTargetGroup(scope, slot === 'blue' ? 'Blue' : 'Green', {
    targetType: 'ip',
    vpcId: props.vpcId,
    protocol,
    ...(protocolVersion !== 'HTTP1' && { protocolVersion }),
    port: PORT[protocol],
    healthCheckPath: healthCheck.path,
    healthCheckProtocol: healthCheck.protocol ?? protocol,
    ...(healthCheck.port !== undefined && { healthCheckPort: String(healthCheck.port) }),
    ...(healthyCodes !== undefined && {
      matcher: protocolVersion === 'GRPC' ? { grpcCode: healthyCodes } : { httpCode: healthyCodes },
    }),
    healthCheckIntervalSeconds: (interval ?? Duration.seconds(10)).toSeconds(),
    healthCheckTimeoutSeconds: (timeout ?? Duration.seconds(5)).toSeconds(),
    healthyThresholdCount: healthyThreshold,
    unhealthyThresholdCount: unhealthyThreshold,
    targetGroupAttributes: Object.entries(attributesOf(props)).map(([key, value]) => ({ key, value })),
    tags: Object.entries({ ...tags, [SLOT_TAG]: slot }).map(([key, value]) => ({ key, value })),
  });
  // a first deployment that fails leaves nothing; later a rule may stay that forwards to it
  group.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  return group;
}

/** What is not said is left to ELB, but for the delay, of which releases wait. */
function attributesOf(props: AlbRouterProps): Record<string, string> {
  const { deregistrationDelay = Duration.seconds(30), slowStart, algorithm, crossZone, podStickiness } = props;
  const { duration, cookieName } = podStickiness ?? {};
  const cookie = cookieName === undefined ? 'lb_cookie' : 'app_cookie';
  return {
    'deregistration_delay.timeout_seconds': String(deregistrationDelay.toSeconds()),
    ...(slowStart !== undefined && { 'slow_start.duration_seconds': String(slowStart.toSeconds()) }),
    ...(algorithm !== undefined && { 'load_balancing.algorithm.type': ALGORITHMS[algorithm] }),
    ...(crossZone !== undefined && { 'load_balancing.cross_zone.enabled': String(crossZone) }),
    ...(duration !== undefined && {
      'stickiness.enabled': 'true',
      'stickiness.type': cookie,
      [`stickiness.${cookie}.duration_seconds`]: String(duration.toSeconds()),
    }),
    ...(cookieName !== undefined && { 'stickiness.app_cookie.cookie_name': cookieName }),
  };
}

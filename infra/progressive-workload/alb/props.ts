import type { Duration } from 'aws-cdk-lib';
import type { CognitoProps, OidcProps, RuleConditions } from './rule-props.ts';

/**
 * How the load balancer finds out whether a pod can serve.
 *
 *     const healthCheck: HealthCheckProps = { path: '/healthz', interval: Duration.seconds(5) };
 */
export interface HealthCheckProps {
  /** Of gRPC: the method that is called, `/package.service/method`. */
  readonly path: string;
  /** @default the port of the requests */
  readonly port?: number;
  /** @default what the requests have */
  readonly protocol?: 'HTTP' | 'HTTPS';
  /** Which answers pass: HTTP codes from 200 to 499, or gRPC codes from 0 to 99, as a list (`200,202`) or a range (`200-299`). @default '200', of gRPC '12' */
  readonly healthyCodes?: string;
  /** @default 10 s */
  readonly interval?: Duration;
  /** @default 5 s */
  readonly timeout?: Duration;
  /** @default 2 */
  readonly healthyThreshold?: number;
  /** @default 2 */
  readonly unhealthyThreshold?: number;
}

/**
 * Target groups as teams have them. What is fixed when a group is made (`protocol`, `protocolVersion`, the VPC) cannot be changed
 * later: another group would move traffic, and the deployment is refused and taken back.
 *
 *     const grpc: TargetGroupProps = { protocolVersion: 'GRPC', healthCheck: { path: '/shop.Health/Check', healthyCodes: '0' } };
 */
export interface TargetGroupProps {
  /** To the pods. @default 'HTTP' */
  readonly protocol?: 'HTTP' | 'HTTPS';
  /** `HTTP2` and `GRPC` need a listener of HTTPS. @default 'HTTP1' */
  readonly protocolVersion?: 'HTTP1' | 'HTTP2' | 'GRPC';
  readonly healthCheck: HealthCheckProps;
  /** How long a new target's share grows to full: 30 s to 15 min, with the algorithm `roundRobin` alone. @default none */
  readonly slowStart?: Duration;
  /** @default 'roundRobin' */
  readonly algorithm?: 'roundRobin' | 'leastOutstandingRequests' | 'weightedRandom';
  /** Whether requests go to pods in all zones. Off, no client is kept on its pod. @default as the load balancer has it */
  readonly crossZone?: boolean;
  /** A cookie keeps a client on one pod. Needs `stickiness`, which keeps it on its slot. @default none */
  readonly podStickiness?: {
    readonly duration: Duration;
    /** The program's own cookie to go by. @default one of the load balancer's */
    readonly cookieName?: string;
  };
  /** How long a target that leaves may finish its requests. @default 30 s */
  readonly deregistrationDelay?: Duration;
}

/**
 * A dial on a rule of an Application Load Balancer.
 *
 *     const router: AlbRouterProps = {
 *       kind: 'alb',
 *       listenerArn,
 *       vpcId,
 *       priority: 10,
 *       conditions: { hostHeaders: ['shop.example.com'] },
 *       port: 8080,
 *       healthCheck: { path: '/healthz' },
 *     };
 */
export interface AlbRouterProps extends TargetGroupProps {
  readonly kind: 'alb';
  /** Of an Application Load Balancer that CDK, CloudFormation or Terraform owns; not one of the AWS Load Balancer Controller. */
  readonly listenerArn: string;
  readonly vpcId: string;
  /** 1 to 50,000, its own on the listener. Can be changed later without moving traffic. Not of an adopted rule. */
  readonly priority?: number;
  /** Of the preview's rule; must be smaller than `priority`. Wanted where the plan has a preview. */
  readonly previewPriority?: number;
  /** Can be changed later without moving traffic. Not of an adopted rule. */
  readonly conditions?: RuleConditions;
  /** Who may see the preview besides: blocks of addresses in CIDR notation. @default whoever sends the header */
  readonly previewSourceIps?: readonly string[];
  /**
   * Who is asked to log in before the forward, of the preview's rule too. A rule that asks nobody is refused before one that asks.
   * 'none' takes a log-in away. @default nobody is asked, and a log-in that is there stays
   */
  readonly authenticate?: OidcProps | CognitoProps | 'none';
  /** Rules that are there already, by ARN: whoever keeps them keeps their conditions, priority and log-in. @default rules are made */
  readonly adopt?: { readonly ruleArn: string; readonly previewRuleArn?: string };
  /** The port of the pods that gets the requests; `workload.port` may name it otherwise. */
  readonly port: number;
  /** A cookie keeps a client on its slot this long; a roll back ends it at once. Set when the rule is made. @default none */
  readonly stickiness?: Duration;
  /** The load balancer's: the slots' bindings let it in to the pods. @default somebody else lets it in */
  readonly loadBalancerSecurityGroup?: string;
}

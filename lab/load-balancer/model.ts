/**
 * What the lab's load balancer is made of, in the words of the ELBv2 API. The wire endpoint (lab/aws/) translates
 * between these and the real SDK; the data plane reads them at each request.
 */
export interface TargetGroupSpec {
  arn: string;
  name: string;
  healthCheck: {
    protocol: 'HTTP' | 'TCP';
    path: string;
    /** Seconds on the lab's clock, as ELB counts them; the time-out is real. */
    intervalSeconds: number;
    timeoutSeconds: number;
    healthyThreshold: number;
    unhealthyThreshold: number;
  };
  /** Seconds on the lab's clock that a deregistered target keeps its requests in flight. */
  deregistrationDelaySeconds: number;
  /** Seconds on the lab's clock over which a new healthy target's share grows to full; 0: none. */
  slowStartSeconds: number;
}

export interface ForwardAction {
  targetGroups: { arn: string /** 0 to 999 */; weight: number }[];
  stickiness: { enabled: boolean /** 1 to 604800, lab's clock */; durationSeconds: number };
}

export type RuleCondition =
  | { field: 'host-header'; values: string[] }
  | { field: 'path-pattern'; values: string[] }
  | { field: 'http-header'; name: string; values: string[] }
  | { field: 'http-request-method'; values: string[] }
  /** A value without a key is that of any key. */
  | { field: 'query-string'; values: { key?: string; value: string }[] }
  /** Of the connection, in CIDR notation; X-Forwarded-For does not count. */
  | { field: 'source-ip'; values: string[] };

/** What stands in front of a rule's forward. */
export interface Authentication {
  type: 'authenticate-oidc' | 'authenticate-cognito';
  /** As the ELBv2 API describes it: without the client's secret, which it never gives back. */
  config: Readonly<Record<string, unknown>>;
  /** Of OIDC. */
  clientSecret?: string;
  /** The name of the session's cookie. */
  sessionCookie: string;
  onUnauthenticated: 'authenticate' | 'allow' | 'deny';
  logInUrl: string;
}

export interface Rule {
  arn: string;
  listenerArn: string;
  /** Smallest first; the default rule is last. */
  priority: number | 'default';
  conditions: RuleCondition[];
  /** Before the action; absent: anybody may come. */
  authenticate?: Authentication;
  action: ForwardAction | { fixedStatus: number };
}

export type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unused';

export interface TargetHealth {
  host: string;
  port: number;
  state: TargetState;
  /** ELB's reason code, e.g. Target.FailedHealthChecks, Elb.RegistrationInProgress, Target.NotInUse. */
  reason?: string;
}

/** The control side of the load balancer; every change takes effect for the next request. */
export interface LoadBalancer {
  readonly arn: string;
  readonly listenerArn: string;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly metrics: LoadBalancerMetrics;
  putTargetGroup(spec: TargetGroupSpec): void;
  putRule(rule: Rule): void;
  removeRule(arn: string): void;
  targetGroups(): TargetGroupSpec[];
  rules(): Rule[];
  register(targetGroupArn: string, target: { host: string; port: number }): void;
  /** Draining: requests in flight finish within the deregistration delay, no new ones come. */
  deregister(targetGroupArn: string, target: { host: string; port: number }): void;
  health(targetGroupArn: string): TargetHealth[];
  /** Every change of a rule's action with its wall-clock instant, oldest first. */
  changes(): { atWallEpochMs: number; ruleArn: string; action: Rule['action'] }[];
  /** A fault of the lab: the next `count` requests (1) lose their connection without an answer and reach no target. */
  dropNext(count?: number): void;
  close(): Promise<void>;
}

/**
 * What CloudWatch would know, per minute of the lab's clock. Names and meanings are those of AWS/ApplicationELB:
 * RequestCount, HTTPCode_Target_{2,3,4,5}XX_Count, TargetConnectionErrorCount, TargetResponseTime per target group;
 * HTTPCode_ELB_{5XX,502,503,504}_Count for the load balancer as a whole.
 */
export interface LoadBalancerMetrics {
  /** Counter of one minute; undefined where it is not published (HTTPCode_* that are 0, minutes without traffic). */
  count(name: string, targetGroupArn: string | undefined, minuteEpochMs: number): number | undefined;
  /** Response times in seconds of one minute, in order of arrival. */
  responseTimes(targetGroupArn: string, minuteEpochMs: number): readonly number[];
}

import type { Slot } from '../../dial.ts';
import type { StandingRule } from './overlap.ts';
import type { Tags } from './ownership.ts';

/** What a workload's dial stands on, as the load balancer's API describes it now. */
export interface RoutingFacts {
  /** The rules of the dial and of the preview, each with what it hangs on. */
  rules: { arn: string; listener: string; loadBalancer: string }[];
  groups: Record<Slot, GroupFacts>;
  /** Every rule of those listeners, where it was asked for: who else stands there, and who asks people to log in. */
  standing?: readonly StandingRule[];
  /** By ARN: of the rules, their listeners and load balancers, and the target groups. One that has none has an empty map. */
  tags: Readonly<Record<string, Tags>>;
}

/** In ELB's words. */
export interface GroupFacts {
  /** `ip`, `instance`, `lambda` or `alb`. */
  targetType: string;
  /** `HTTP`, `HTTPS`, …; absent for functions. */
  protocol?: string;
  /** `HTTP1`, `HTTP2` or `GRPC`. */
  protocolVersion?: string;
  vpcId?: string;
  /** ARNs of the load balancers with a rule that forwards to it. */
  loadBalancers: string[];
}

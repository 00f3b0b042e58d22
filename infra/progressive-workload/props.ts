import type { Duration } from 'aws-cdk-lib';
import type { SluiceControlPlane } from '../control-plane.ts';
import type { PlanProps, WorkloadProps } from './file-props.ts';

/**
 * Which requests are the workload's; all conditions together, and in each any of the values.
 *
 *     const conditions: RuleConditions = { hostHeaders: ['shop.example.com'], pathPatterns: ['/checkout'] };
 */
export interface RuleConditions {
  readonly hostHeaders?: readonly string[];
  readonly pathPatterns?: readonly string[];
}

/**
 * How the load balancer finds out whether a pod can serve.
 *
 *     const healthCheck: HealthCheckProps = { path: '/healthz', interval: Duration.seconds(5) };
 */
export interface HealthCheckProps {
  readonly path: string;
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
 * Properties of a {@link ProgressiveWorkload}.
 *
 *     const rule = { listenerArn, vpcId, priority: 10, conditions: { hostHeaders: ['shop.example.com'] } };
 *     const props: ProgressiveWorkloadProps = { workload, plan, ...rule, port: 8080, healthCheck: { path: '/healthz' } };
 */
export interface ProgressiveWorkloadProps {
  readonly workload: WorkloadProps;
  readonly plan: PlanProps;
  /** Of an Application Load Balancer that CDK, CloudFormation or Terraform owns; not one of the AWS Load Balancer Controller. */
  readonly listenerArn: string;
  readonly vpcId: string;
  /** 1 to 50,000, its own on the listener. Can be changed later without moving traffic. */
  readonly priority: number;
  /** Of the preview's rule; must be smaller than `priority`. Wanted where the plan has a preview. */
  readonly previewPriority?: number;
  /** Can be changed later without moving traffic. */
  readonly conditions: RuleConditions;
  /** The port of the pods that gets the requests; `workload.port` may name it otherwise. */
  readonly port: number;
  readonly healthCheck: HealthCheckProps;
  /** How long a target that leaves may finish its requests. @default 30 s */
  readonly deregistrationDelay?: Duration;
  /** A cookie keeps a client on its slot this long; a roll back ends it at once. Set when the rule is made. @default none */
  readonly stickiness?: Duration;
  /**
   * The control plane of this account and region: the construct where it is in the same CDK app (it is then deployed first), or
   * its name where another app deploys it. @default 'sluice', by name
   */
  readonly controlPlane?: SluiceControlPlane | string;
}

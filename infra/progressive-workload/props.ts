import type { SluiceControlPlane } from '../control-plane.ts';
import type { PlanProps, WorkloadProps } from './file-props.ts';
import type { RouterProps } from './router-props.ts';

/**
 * Properties of a {@link ProgressiveWorkload}.
 *
 *     const rule = { listenerArn, vpcId, priority: 10, conditions: { hostHeaders: ['shop.example.com'] } };
 *     const router: RouterProps = { kind: 'alb', ...rule, port: 8080, healthCheck: { path: '/healthz' } };
 *     const props: ProgressiveWorkloadProps = { workload, plan, router };
 */
export interface ProgressiveWorkloadProps {
  readonly workload: WorkloadProps;
  readonly plan: PlanProps;
  /** What changes traffic weights, with what is made for it. */
  readonly router: RouterProps;
  /**
   * The control plane of this account and region: the construct where it is in the same CDK app (it is then deployed first), or
   * its name where another app deploys it. @default 'sluice', by name
   */
  readonly controlPlane?: SluiceControlPlane | string;
}

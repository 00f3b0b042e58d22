import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { Slot } from '../../domain/dial.ts';
import { controlPlaneNames } from '../names.ts';
import { checkFiles, filesOf } from './checked-files.ts';
import type { ProgressiveWorkloadProps } from './props.ts';
import { routerConstructOf } from './router-registry.ts';

/**
 * One workload: what its router needs (of an Application Load Balancer two target groups, the rule that carries the dial, and the
 * rule of its preview), and its item in the table. What
 * the control plane may do with them their tags say: a workload adds nothing to a role.
 *
 *     import { App, Stack } from 'aws-cdk-lib';
 *     import { ProgressiveWorkload } from 'sluice/cdk';
 *
 *     const stack = new Stack(new App(), 'Shop');
 *     new ProgressiveWorkload(stack, 'Checkout', {
 *       workload: {
 *         name: 'checkout',
 *         cluster: { name: 'prod', namespace: 'shop' },
 *         deployment: 'checkout',
 *         container: 'app',
 *         repositories: [{ name: 'checkout', tags: 'v*' }],
 *       },
 *       plan: {
 *         strategy: 'canary',
 *         metrics: [
 *           {
 *             name: 'errors',
 *             source: { kind: 'cloudwatch', bad: 'failedRequests' },
 *             judge: { kind: 'sequential', ceiling: 'auto' },
 *           },
 *         ],
 *         steps: [{ setWeight: 10 }, { bake: '10m' }, { setWeight: 100 }],
 *         soak: '15m',
 *       },
 *       router: {
 *         kind: 'alb',
 *         listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2',
 *         vpcId: 'vpc-0123456789abcdef0',
 *         priority: 10,
 *         conditions: { hostHeaders: ['shop.example.com'] },
 *         port: 8080,
 *         healthCheck: { path: '/healthz' },
 *       },
 *     });
 *
 * A deployment never moves traffic: weights are set when the rule is made, and from then on by releases alone. Target groups
 * outlive the stack, because the rule does while there are targets behind it.
 * @throws Error at synthesis for every mistake in the workload or the plan
 */
export class ProgressiveWorkload extends Construct {
  /** The target group of each slot, where an Application Load Balancer has the dial. */
  readonly targetGroups?: Record<Slot, elbv2.CfnTargetGroup>;
  /** The listener rule that carries the dial, likewise. */
  readonly ruleArn?: string;
  /** The listener rule of the preview, where the plan has one. */
  readonly previewRuleArn?: string;

  constructor(scope: Construct, id: string, props: ProgressiveWorkloadProps) {
    super(scope, id);
    const plan = checkFiles(props);
    const { controlPlane = 'sluice', workload } = props;
    const deployed = typeof controlPlane === 'string' ? undefined : controlPlane;
    const names = controlPlaneNames(
      this,
      typeof controlPlane === 'string' ? controlPlane : controlPlane.names.controlPlane,
    );
    const made = routerConstructOf(props.router).make(props.router, { scope: this, names, workload, plan });
    const { targetGroups, ruleArn, previewRuleArn } = made.attributes;
    if (targetGroups !== undefined) this.targetGroups = targetGroups;
    if (ruleArn !== undefined) this.ruleArn = ruleArn;
    if (previewRuleArn !== undefined) this.previewRuleArn = previewRuleArn;

    const files = filesOf(props, made.router);
    const item = new CustomResource(this, 'Item', {
      resourceType: 'Custom::SluiceWorkload',
      serviceToken: names.functionArn('custom-resources/registered-workload'),
      serviceTimeout: Duration.minutes(10),
      properties: {
        Workload: Stack.of(this).toJsonString(files.workload),
        Plan: Stack.of(this).toJsonString(files.plan),
      },
    });
    // CloudFormation calls functions of the control plane for these, when they are made and when they are removed
    if (deployed !== undefined) for (const called of [...made.called, item]) called.node.addDependency(deployed);
  }
}

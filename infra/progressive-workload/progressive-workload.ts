import { CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { Slot } from '../../domain/dial.ts';
import { ownerTags, SLOT_TAG, WORKLOAD_TAG } from '../../domain/routers/alb/ownership.ts';
import { type ControlPlaneNames, controlPlaneNames } from '../names.ts';
import { checkFiles, filesOf } from './checked-files.ts';
import type { ProgressiveWorkloadProps, RuleConditions } from './props.ts';

/**
 * One workload: its two target groups, the rule that carries its dial, the rule of its preview, and its item in the table. What
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
 *       listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2',
 *       vpcId: 'vpc-0123456789abcdef0',
 *       priority: 10,
 *       conditions: { hostHeaders: ['shop.example.com'] },
 *       port: 8080,
 *       healthCheck: { path: '/healthz' },
 *     });
 *
 * A deployment never moves traffic: weights are set when the rule is made, and from then on by releases alone. Target groups
 * outlive the stack, because the rule does while there are targets behind it.
 * @throws Error at synthesis for every mistake in the workload or the plan
 */
export class ProgressiveWorkload extends Construct {
  /** The target group of each slot. */
  readonly targetGroups: Record<Slot, elbv2.CfnTargetGroup>;
  /** The listener rule that carries the dial. */
  readonly ruleArn: string;
  /** The listener rule of the preview, where the plan has one. */
  readonly previewRuleArn?: string;
  private readonly owner: Record<string, string>;

  constructor(scope: Construct, id: string, props: ProgressiveWorkloadProps) {
    super(scope, id);
    const plan = checkFiles(props);
    checkPriorities(props);
    const { controlPlane = 'sluice' } = props;
    const deployed = typeof controlPlane === 'string' ? undefined : controlPlane;
    const names = controlPlaneNames(
      this,
      typeof controlPlane === 'string' ? controlPlane : controlPlane.names.controlPlane,
    );
    this.owner = ownerTags({
      controlPlane: names.controlPlane,
      workload: props.workload.name,
      stack: Stack.of(this).stackId,
    });
    this.targetGroups = { blue: this.targetGroup('blue', props), green: this.targetGroup('green', props) };

    const rule = this.rule('Rule', names, props, {
      Priority: props.priority,
      Carries: 'dial',
      Conditions: conditionsOf(props.conditions),
    });
    this.ruleArn = rule.getAttString('RuleArn');
    const ruleResources = [rule];

    const { preview } = plan;
    if (preview !== undefined) {
      const header = { HttpHeaderName: preview.header.name, Values: [preview.header.value] };
      const previewRule = this.rule('PreviewRule', names, props, {
        Priority: props.previewPriority ?? 0,
        Carries: 'preview',
        Conditions: [{ Field: 'http-header', HttpHeaderConfig: header }, ...conditionsOf(props.conditions)],
      });
      this.previewRuleArn = previewRule.getAttString('RuleArn');
      ruleResources.push(previewRule);
    }

    const files = filesOf(props, {
      rule: this.ruleArn,
      ...(this.previewRuleArn !== undefined && { previewRule: this.previewRuleArn }),
      blue: this.targetGroups.blue.ref,
      green: this.targetGroups.green.ref,
    });
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
    if (deployed !== undefined) for (const called of [...ruleResources, item]) called.node.addDependency(deployed);
  }

  private targetGroup(slot: Slot, props: ProgressiveWorkloadProps): elbv2.CfnTargetGroup {
    const { path, interval, timeout, healthyThreshold = 2, unhealthyThreshold = 2 } = props.healthCheck;
    const group = new elbv2.CfnTargetGroup(this, slot === 'blue' ? 'Blue' : 'Green', {
      targetType: 'ip',
      vpcId: props.vpcId,
      protocol: 'HTTP',
      port: props.port,
      healthCheckPath: path,
      healthCheckIntervalSeconds: (interval ?? Duration.seconds(10)).toSeconds(),
      healthCheckTimeoutSeconds: (timeout ?? Duration.seconds(5)).toSeconds(),
      healthyThresholdCount: healthyThreshold,
      unhealthyThresholdCount: unhealthyThreshold,
      targetGroupAttributes: [
        {
          key: 'deregistration_delay.timeout_seconds',
          value: String((props.deregistrationDelay ?? Duration.seconds(30)).toSeconds()),
        },
      ],
      tags: [
        ...Object.entries(this.owner).map(([key, value]) => ({ key, value })),
        { key: WORKLOAD_TAG, value: props.workload.name },
        { key: SLOT_TAG, value: slot },
      ],
    });
    // a first deployment that fails leaves nothing; later a rule may stay that forwards to it
    group.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    return group;
  }

  private rule(
    id: string,
    names: ControlPlaneNames,
    props: ProgressiveWorkloadProps,
    own: { Priority: number; Carries: 'dial' | 'preview'; Conditions: object[] },
  ): CustomResource {
    const { blue, green } = this.targetGroups;
    return new CustomResource(this, id, {
      resourceType: 'Custom::SluiceListenerRule',
      serviceToken: names.functionArn('custom-resources/listener-rule'),
      serviceTimeout: Duration.minutes(10),
      properties: {
        Workload: props.workload.name,
        ListenerArn: props.listenerArn,
        Blue: blue.ref,
        Green: green.ref,
        ...own,
        Conditions: Stack.of(this).toJsonString(own.Conditions),
        StickinessSeconds: own.Carries === 'dial' ? (props.stickiness?.toSeconds() ?? 0) : 0,
      },
    });
  }
}

function conditionsOf({ hostHeaders = [], pathPatterns = [] }: RuleConditions): object[] {
  const conditions = [
    ...(hostHeaders.length === 0 ? [] : [{ Field: 'host-header', HostHeaderConfig: { Values: hostHeaders } }]),
    ...(pathPatterns.length === 0 ? [] : [{ Field: 'path-pattern', PathPatternConfig: { Values: pathPatterns } }]),
  ];
  if (conditions.length === 0) throw new Error('conditions: at least one of hostHeaders and pathPatterns');
  return conditions;
}

function checkPriorities({ plan, priority, previewPriority }: ProgressiveWorkloadProps): void {
  for (const given of [priority, previewPriority ?? 1]) {
    if (Number.isInteger(given) && given >= 1 && given <= 50_000) continue;
    throw new Error(`a priority is a whole number from 1 to 50000, not ${given}`);
  }
  if (plan.preview !== undefined && previewPriority !== undefined && previewPriority >= priority) {
    throw new Error(`previewPriority ${previewPriority} must be smaller than priority ${priority}: or nobody sees it`);
  }
}

import { CustomResource, Duration, Stack, Token } from 'aws-cdk-lib';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Slot } from '../../../domain/dial.ts';
import { ownerTags, WORKLOAD_TAG } from '../../../domain/routers/alb/ownership.ts';
import { AUTO_MODE_TAG } from '../../../domain/routers/alb/routing-problem.ts';
import type { RouterConstruct, RouterScope } from '../router-construct.ts';
import { authenticateOf } from './authenticate.ts';
import { checkAlb } from './check.ts';
import { conditionsOf } from './conditions.ts';
import type { AlbRouterProps } from './props.ts';
import { makeTargetGroup } from './target-group.ts';

/** What a ProgressiveWorkload has of it. */
export interface AlbAttributes {
  targetGroups: Record<Slot, elbv2.CfnTargetGroup>;
  ruleArn: string;
  previewRuleArn?: string;
}

const EXAMPLE = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';
const KNOWN_LATER = {
  rule: `${EXAMPLE}:listener-rule/app/known/later/rule`,
  blue: `${EXAMPLE}:targetgroup/known-later/blue`,
  green: `${EXAMPLE}:targetgroup/known-later/green`,
};

/** Two target groups, the rule that carries the dial, and the rule of its preview. */
export const albConstruct: RouterConstruct<AlbRouterProps, AlbAttributes> = {
  kind: 'alb',

  knownLater(props) {
    const { previewPriority, adopt, loadBalancerSecurityGroup: group } = props;
    const hasPreview = previewPriority !== undefined || adopt?.previewRuleArn !== undefined;
    const known = group !== undefined && Token.isUnresolved(group) ? 'sg-00000000' : group;
    return fileOf(
      { ...props, ...(known !== undefined && { loadBalancerSecurityGroup: known }) },
      { ...KNOWN_LATER, ...(hasPreview && { previewRule: `${KNOWN_LATER.rule}-preview` }) },
    );
  },

  workloadOf: ({ port }) => ({ port }),

  check(props, { preview }) {
    checkAlb(props, { hasPreview: preview !== undefined });
    if (props.adopt === undefined) ruleConditions(props, preview?.header);
  },

  make(props, given) {
    const { scope, names, workload, plan } = given;
    const owner = { controlPlane: names.controlPlane, workload: workload.name, stack: Stack.of(scope).stackId };
    // the last is read by EKS Auto Mode, which registers pods of that cluster alone; other controllers do not look at it
    const tags = { ...ownerTags(owner), [WORKLOAD_TAG]: workload.name, [AUTO_MODE_TAG]: workload.cluster.name };
    const groupOf = (slot: Slot) => makeTargetGroup(scope, { slot, props, tags });
    const targetGroups = { blue: groupOf('blue'), green: groupOf('green') };
    const { adopt, priority, previewPriority } = props;
    const header = plan.preview?.header;
    const conditions = adopt === undefined ? ruleConditions(props, header) : undefined;
    const rule = makeRule('Rule', given, props, {
      targetGroups,
      carries: 'dial',
      adopts: adopt?.ruleArn,
      made: conditions && { Priority: priority, conditions: conditions.dial },
    });
    const preview =
      header === undefined
        ? undefined
        : makeRule('PreviewRule', given, props, {
            targetGroups,
            carries: 'preview',
            adopts: adopt?.previewRuleArn,
            made: conditions && { Priority: previewPriority, conditions: conditions.preview },
          });
    const arns = {
      rule: rule.getAttString('RuleArn'),
      ...(preview !== undefined && { previewRule: preview.getAttString('RuleArn') }),
      blue: targetGroups.blue.ref,
      green: targetGroups.green.ref,
    };
    return {
      router: fileOf(props, arns),
      called: [rule, ...(preview === undefined ? [] : [preview])],
      attributes: {
        targetGroups,
        ruleArn: arns.rule,
        ...(arns.previewRule !== undefined && { previewRuleArn: arns.previewRule }),
      },
    };
  },
};

interface Arns {
  rule: string;
  previewRule?: string;
  blue: string;
  green: string;
}

function fileOf(props: AlbRouterProps, { rule, previewRule, blue, green }: Arns) {
  const { protocolVersion, loadBalancerSecurityGroup, healthCheck } = props;
  return {
    kind: 'alb',
    rules: [rule],
    targetGroups: { blue, green },
    ...(previewRule !== undefined && { previewRule }),
    ...(protocolVersion !== undefined && { protocolVersion }),
    ...(loadBalancerSecurityGroup !== undefined && { loadBalancerSecurityGroup }),
    ...(healthCheck.port !== undefined && { healthCheckPort: healthCheck.port }),
  };
}

function ruleConditions(
  { conditions = {}, previewSourceIps }: AlbRouterProps,
  header: { name: string; value: string } | undefined,
) {
  const sources = previewSourceIps === undefined ? {} : { sources: previewSourceIps };
  return {
    dial: conditionsOf(conditions, { what: 'conditions' }),
    preview: header === undefined ? [] : conditionsOf(conditions, { what: 'conditions', header, ...sources }),
  };
}

function makeRule(
  id: string,
  { scope, names, workload }: RouterScope,
  props: AlbRouterProps,
  own: {
    targetGroups: AlbAttributes['targetGroups'];
    carries: 'dial' | 'preview';
    adopts: string | undefined;
    made: { Priority: number | undefined; conditions: object[] } | undefined;
  },
): CustomResource {
  const { targetGroups, carries, adopts, made } = own;
  const authenticate = authenticateOf(props.authenticate);
  const inJson = (value: object) => Stack.of(scope).toJsonString(value);
  return new CustomResource(scope, id, {
    resourceType: 'Custom::SluiceListenerRule',
    serviceToken: names.functionArn('custom-resources/listener-rule'),
    serviceTimeout: Duration.minutes(10),
    properties: {
      Workload: workload.name,
      ListenerArn: props.listenerArn,
      Blue: targetGroups.blue.ref,
      Green: targetGroups.green.ref,
      Carries: carries,
      ...(adopts !== undefined && { AdoptRuleArn: adopts }),
      ...(made !== undefined && {
        Priority: made.Priority,
        Conditions: inJson(made.conditions),
        StickinessSeconds: carries === 'dial' ? (props.stickiness?.toSeconds() ?? 0) : 0,
        ...(authenticate !== undefined && { Authenticate: inJson(authenticate) }),
      }),
    },
  });
}

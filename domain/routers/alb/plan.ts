import * as z from 'zod';
import { SLOTS, type Slot } from '../../dial.ts';
import { describeValue } from '../../file/issue.ts';
import type { Routed, RouterKind } from '../router-kind.ts';
import { requestMetrics } from './request-metrics.ts';

/** Where the dial of an `alb` workload is: rules made by infrastructure as code, two fixed target groups. */
export interface AlbRouting {
  kind: 'alb';
  /** ARNs of the listener rules; set in order, read as the worst. */
  rules: string[];
  targetGroups: Record<Slot, string>;
  /** ARN of the rule that sends the preview header to the idle slot. */
  previewRule?: string;
  /** What its target groups speak to the pods; absent: HTTP1. */
  protocolVersion?: 'HTTP1' | 'HTTP2' | 'GRPC';
  /** The load balancer's, which the bindings let in to the pods; absent: somebody else lets it in. */
  loadBalancerSecurityGroup?: string;
  /** Where it asks whether a pod is healthy, if that is another port than that of the requests. */
  healthCheckPort?: number;
}

const arn = (what: string, part: string) =>
  z
    .string({ error: `the ARN of ${what}` })
    .regex(new RegExp(`^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:\\d{12}:${part}[A-Za-z0-9/-]+$`));
const ruleArn = arn('a listener rule', 'listener-rule/app/');
const groupArn = arn('a target group', 'targetgroup/');
const EXAMPLE = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';
const ruleExample = `${EXAMPLE}:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee`;
const targetGroup = (slot: string) =>
  groupArn.meta({
    description: `The target group of the ${slot} slot.`,
    examples: [`${EXAMPLE}:targetgroup/checkout-${slot}/73e2d6bc24d8a067`],
  });

const schema = z
  .strictObject({
    kind: z
      .literal('alb')
      .meta({ description: 'Listener rules of an Application Load Balancer, made by infrastructure as code.' }),
    rules: z
      .array(ruleArn, { error: 'a list of ARNs of listener rules' })
      .min(1, { error: 'the ARN of at least one listener rule' })
      .max(10, { error: 'at most 10 rules' })
      .meta({
        description: 'The rules whose weights are the dial; set in order, read as the worst.',
        examples: [[ruleExample]],
      }),
    targetGroups: z
      .strictObject({ blue: targetGroup('blue'), green: targetGroup('green') })
      .meta({ description: 'The two fixed target groups, one for each slot.' }),
    previewRule: ruleArn
      .meta({
        description: 'The rule that sends the preview header to the idle slot. A plan with a preview needs it.',
        examples: [ruleExample],
      })
      .optional(),
    protocolVersion: z
      .enum(['HTTP1', 'HTTP2', 'GRPC'], { error: 'HTTP1, HTTP2 or GRPC' })
      .meta({
        description: 'What the target groups speak to the pods. Absent: HTTP1, or as they are.',
        examples: ['GRPC'],
      })
      .optional(),
    loadBalancerSecurityGroup: z
      .string({ error: 'the id of a security group' })
      .regex(/^sg-[0-9a-f]{8,17}$/, { error: 'the id of a security group: sg- and 8 to 17 digits and letters a to f' })
      .meta({
        description:
          "The load balancer's security group: the slots' bindings let it in to the pods. Absent: somebody else lets it in.",
        examples: ['sg-0123456789abcdef0'],
      })
      .optional(),
    healthCheckPort: z
      .int({ error: 'a port from 1 to 65535' })
      .min(1)
      .max(65_535)
      .meta({
        description: 'Where the load balancer checks pods, if that is another port than that of the requests.',
        examples: [8081],
      })
      .optional(),
  })
  .meta({ description: 'alb' });

const identitySchema = z.looseObject({ targetGroups: z.object({ blue: z.string(), green: z.string() }) });

/** A dial on listener rules: an ALB's weights carry tenths of a per cent, it cannot mirror, and it answers without the cluster. */
export const alb = {
  kind: 'alb',
  can: {
    weights: true,
    granularity: 0.1,
    headers: true,
    mirror: false,
    preview: true,
    goesBackThrough: 'loadBalancer',
  },
  schema,

  routingOf({ previewRule, protocolVersion, loadBalancerSecurityGroup, healthCheckPort, ...required }): AlbRouting {
    return {
      ...required,
      ...(previewRule !== undefined && { previewRule }),
      ...(protocolVersion !== undefined && { protocolVersion }),
      ...(loadBalancerSecurityGroup !== undefined && { loadBalancerSecurityGroup }),
      ...(healthCheckPort !== undefined && { healthCheckPort }),
    };
  },

  issues({ targetGroups: { blue, green } }) {
    if (blue !== green) return [];
    const expected = 'another target group than that of blue';
    return [{ path: ['targetGroups', 'green'], at: 'value', found: describeValue(green), expected }];
  },

  checks: 'the load balancer',
  registers: { in: 'its target group', by: 'the controller of load balancers in the cluster' },
  previewKey: 'previewRule',
  previews: ({ previewRule }) => previewRule !== undefined,

  caveats: workload => [
    insideTheCluster(workload),
    'With sticky target groups a new weight applies to new clients only: the real shares follow slowly.',
    'A roll back moves new requests to stable in seconds, sticky clients included; long connections (WebSocket, SSE, gRPC) end only when targets are deregistered.',
    ...ofRouting(workload),
  ],
  services: () => [],

  ownResources: routing => [
    ...ruleArnsOf(routing).map(arn => `rule ${arn}`),
    ...SLOTS.map(slot => `target group ${routing.targetGroups[slot]}`),
  ],

  identity(routing) {
    const { blue, green } = identitySchema.parse(routing).targetGroups;
    return `the target groups ${blue} and ${green}`;
  },

  slotObjects: ({ targetGroups, loadBalancerSecurityGroup, healthCheckPort }, { slot, metadata, port }) => [
    {
      of: 'the AWS Load Balancer Controller',
      otherVersions: [{ apiVersion: 'eks.amazonaws.com/v1', of: 'EKS Auto Mode' }],
      object: {
        apiVersion: 'elbv2.k8s.aws/v1beta1',
        kind: 'TargetGroupBinding',
        metadata,
        spec: {
          serviceRef: { name: metadata.name, port },
          targetGroupARN: targetGroups[slot],
          // always stated: the controller's webhook fills it in at creation only and refuses a later apply without it
          targetType: 'ip',
          ...(loadBalancerSecurityGroup !== undefined && {
            networking: networkingFor(
              loadBalancerSecurityGroup,
              healthCheckPort === undefined ? [port] : [port, healthCheckPort],
            ),
          }),
        },
      },
      plural: 'targetgroupbindings',
      fixed: ['targetGroupARN', 'targetType'],
      goneAfter: 'its controller takes its targets out first',
    },
  ],

  requestMetrics,
} as const satisfies RouterKind<AlbRouting, z.infer<typeof schema>>;

/** Of a workload whose dial is on listener rules: where it is. */
export const albRoutingOf = (routing: AlbRouting | { kind: string }): AlbRouting | undefined =>
  routing.kind === 'alb' ? (routing as AlbRouting) : undefined;

/** Lets the load balancer in, and nobody else: the controller keeps the rules of the pods' security group for it. */
const networkingFor = (groupID: string, ports: readonly number[]) => ({
  ingress: [
    { from: [{ securityGroup: { groupID } }], ports: [...new Set(ports)].map(port => ({ protocol: 'TCP', port })) },
  ],
});

/** What follows from how this very one is set up. */
function ofRouting(workload: Routed | undefined): string[] {
  const routing = workload?.router === undefined ? undefined : albRoutingOf(workload.router);
  if (routing === undefined) return [];
  const { protocolVersion, loadBalancerSecurityGroup, healthCheckPort } = routing;
  const notes: string[] = [];
  if (protocolVersion === 'GRPC') {
    notes.push(
      "gRPC: a call that fails has the HTTP status 200, and its own status is inside of the answer, which the load balancer does not read: it counts as good. Only a metric of the program's own (Prometheus) or its pods show such failures.",
    );
  }
  if (loadBalancerSecurityGroup === undefined) {
    const port = workload?.port === undefined ? 'the port of its requests' : `port ${workload.port}`;
    const check = healthCheckPort === undefined ? '' : ` and on port ${healthCheckPort}, where it checks them`;
    notes.push(
      `The workload's router names no loadBalancerSecurityGroup: somebody else has to let the load balancer in. The security group of the pods (of their nodes, unless they have one of their own) needs a rule that allows TCP from the load balancer's security group on ${port}${check}; without it no target becomes healthy.`,
    );
  }
  return notes;
}

function insideTheCluster(workload: Routed | undefined): string {
  const notCanaried = 'Requests from inside the cluster are not canaried:';
  if (workload !== undefined && workload.service === undefined) {
    return `${notCanaried} the workload names no service, so nothing sends them to the live slot.`;
  }
  return `${notCanaried} the team's own Service selects the live slot, and changes after the soak.`;
}

/** The rules of the dial, then that of the preview where there is one: the ones with the customers are first. */
export const ruleArnsOf = ({ rules, previewRule }: AlbRouting): string[] => [
  ...rules,
  ...(previewRule === undefined ? [] : [previewRule]),
];

import * as z from 'zod';
import { describeValue } from '../../file/issue.ts';
import type { RouterKind } from '../router-kind.ts';

/** Where the dial of a `selector` workload is: in the selector of a Service, which one slot's pods answer at a time. */
export interface SelectorRouting {
  kind: 'selector';
  /** The Service whose selector is turned; its callers are the requests. */
  service: string;
}

const error = 'a Kubernetes name: lower-case letters, digits and dashes, at most 63 characters';

const schema = z
  .strictObject({
    kind: z.literal('selector').meta({
      description:
        "A Service's selector, which selects one slot's pods or the other's: for callers inside the cluster, where no Application Load Balancer stands in front.",
    }),
    service: z
      .string({ error })
      .regex(/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/)
      .meta({
        description:
          'The Service that is turned. It is not the one that follows the live slot (service), and its selector must not be in Git, or be ignored there.',
        examples: ['checkout-live'],
      }),
  })
  .meta({ description: 'selector' });

const identitySchema = z.looseObject({ service: z.string() });

/** A dial that knows 0 and 100 alone, and turns where the Kubernetes API answers. */
export const selector = {
  kind: 'selector',
  can: {
    weights: false,
    granularity: 100,
    headers: false,
    mirror: false,
    preview: false,
    goesBackThrough: 'cluster',
  },
  schema,

  routingOf: ({ kind, service }): SelectorRouting => ({ kind, service }),

  issues({ service }, { name, service: follows, otherServices = [] }) {
    const refused = (expected: string) => [
      { path: ['service'], at: 'value' as const, found: describeValue(service), expected },
    ];
    const slots = [`${name}-blue`, `${name}-green`];
    if (slots.includes(service))
      return refused(`another Service: ${slots.join(' and ')} are the slots that Sluice writes`);
    if (service === follows) return refused('another Service than that which follows the live slot (service)');
    return otherServices.includes(service)
      ? refused('a Service that is not in otherServices: its requests are the release')
      : [];
  },

  checks: 'the cluster',
  previews: () => false,

  caveats: workload => [
    'Only new connections move: what keeps one open to a pod of the other slot stays there until it closes it, or its pod ends. A client that keeps its connections alive is not at 0 when the selector is.',
    `Requests by other ways than the router's Service are not moved${workload?.service === undefined ? '' : `: ${workload.service} changes after the soak`}.`,
  ],
  services: ({ service }) => [service],
  ownResources: ({ service }, where) => [`Service ${where}/${service}`],
  identity: routing => `the Service ${identitySchema.parse(routing).service}`,
  slotObjects: () => [],
  countsInstead: "source: { kind: prometheus }, with the program's own counts",
} as const satisfies RouterKind<SelectorRouting, z.infer<typeof schema>>;

import * as z from 'zod';
import { SLOTS } from './dial.ts';
import { expectedText, explain, type NotYet } from './file/explain.ts';
import { duration, name } from './file/field-schemas.ts';
import { describeValue, type Issue } from './file/issue.ts';
import type { Shape } from './file/shape.ts';
import { parseDurationSeconds } from './file/units.ts';
import { oversized, tooLarge, WORKLOAD_MOST_BYTES } from './limits.ts';
import type { Where } from './plan/check-plan.ts';
import { checkRepositories, repositoryOf, repositorySchema } from './repository-file.ts';
import { ROUTERS_NOT_YET, type Routing, routerOf, routerSchema } from './routers/plan-registry.ts';
import { mayDeclare, mayKeep } from './slot/slot-labels.ts';
import { workloadSourcesSchema } from './sources/plan-registry.ts';
import { checkWorkloadSources, workloadSourcesOf } from './sources/workload-sources.ts';
import type { Workload } from './workload.ts';

/** What docs/design.md gives a workload and this version does not have. */
const NOT_YET: NotYet = {
  keys: {},
  values: {
    'router.kind': [...ROUTERS_NOT_YET],
    backgroundWork: ['paused'],
  },
};

const DEFAULTS = { backgroundWork: 'none', connections: 'cut', maxDrain: '15m' } as const;

const kubernetesError = 'a Kubernetes name: lower-case letters, digits and dashes, at most 63 characters';
const kubernetesName = z.string({ error: kubernetesError }).regex(/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/);

const objectError =
  'the name of a Kubernetes object: lower-case letters, digits, dashes and dots, at most 253 characters';
/** Of a Deployment. What gets a suffix, and is a Service as well, is a workload's `name`. */
const objectName = z
  .string({ error: objectError })
  .max(253)
  .regex(/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/);

const portError = 'the name of a container port (lower-case letters, digits and dashes, at most 15) or its number';
const portName = /^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*$/;

const labelKeyError = 'the key of a Kubernetes label such as tier or app.kubernetes.io/name';
const labelKey = z
  .string({ error: labelKeyError })
  .regex(/^(?:(?=[^/]{1,253}\/)[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);
const labelValueError = "a label's value: letters, digits, dashes, underscores and dots, at most 63 characters";
const labelValue = z.string({ error: labelValueError }).regex(/^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/);

const alarmError = 'the name or the ARN of a CloudWatch alarm';

/** THE shape of a workload (docs/design.md). Unknown keys are refused. */
export const workloadSchema = z
  .strictObject({
    apiVersion: z.literal('sluice/v1').meta({ description: 'The version of this shape.' }),
    kind: z.literal('Workload').meta({ description: 'What this file is.' }),
    name: name.meta({ description: 'The name that plans use.', examples: ['checkout'] }),
    cluster: z
      .strictObject({
        name: z
          .string({ error: "the EKS cluster's name" })
          .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/)
          .meta({ description: "The EKS cluster's name.", examples: ['prod'] }),
        namespace: kubernetesName.meta({ description: 'The namespace of the Deployment.', examples: ['shop'] }),
      })
      .meta({ description: 'Where the workload runs.' }),
    deployment: objectName.meta({
      description: "The team's own Deployment: the template from which the slots are written.",
      examples: ['checkout'],
    }),
    service: kubernetesName
      .meta({
        description:
          "The team's own Service, for callers inside the cluster: its selector is moved to the live slot when a release is promoted, so it must not be in Git, or be ignored there. Absent: nobody inside the cluster calls the workload by a Service.",
        examples: ['checkout'],
      })
      .optional(),
    otherServices: z
      .array(kubernetesName, { error: 'a list of Services' })
      .max(50, { error: 'at most 50 Services' })
      .meta({
        description:
          "Services of the namespace that admission does not ask about: they may select pods of both slots, as one for metrics does, or none. Any other that selects a slot's pods, or the Deployment's own and no slot's, is refused.",
        examples: [['checkout-metrics']],
      })
      .optional(),
    container: kubernetesName.meta({
      description:
        'The container whose image a push sets. Other containers and init containers of the same repository get the same image.',
      examples: ['app'],
    }),
    port: z
      .union([z.string({ error: portError }).regex(portName), z.int({ error: portError }).min(1).max(65_535)], {
        error: portError,
      })
      .meta({
        description:
          'The container port that gets the requests, by its name or its number; TCP, of any container or native sidecar. Absent: the only TCP port that the template declares; where it declares several, a release is refused.',
        examples: ['http', 8080],
      })
      .optional(),
    keepLabels: z
      .array(
        labelKey.refine(mayKeep, {
          error: 'another label: by this one other tools and controllers find what is theirs, and a slot is not',
        }),
        { error: 'a list of keys of labels' },
      )
      .max(50, { error: 'at most 50 labels' })
      .meta({
        description:
          "Keys of the template's labels that pods of slots keep. A Service that would select them is refused at admission, since its requests are no part of the traffic weights. Absent: all of the team's own but for those by which its Deployment selects pods.",
        examples: [['app.kubernetes.io/name', 'team']],
      })
      .optional(),
    labels: z
      .record(
        labelKey.refine(mayDeclare, {
          error: 'another label: by this one other tools find what is theirs, and would remove a slot',
        }),
        labelValue,
        { error: 'a map of labels' },
      )
      .refine(labels => Object.keys(labels).length <= 20, { error: 'at most 20 labels' })
      .meta({
        description:
          'Labels that every object of a slot has (Deployment, pods, Service, TargetGroupBinding, copies of ConfigMaps), for policies of the cluster that require them.',
        examples: [{ 'app.kubernetes.io/name': 'checkout' }],
      })
      .optional(),
    repositories: z
      .array(repositorySchema, { error: 'a list of repositories' })
      .min(1, { error: 'at least one repository' })
      .meta({ description: 'Where its images are, and whose pushes start a release.' }),
    alarms: z
      .array(
        z
          .string({ error: alarmError })
          .regex(/^(?:arn:[a-z-]+:cloudwatch:[a-z0-9-]+:\d{12}:alarm:.{1,255}|(?!arn:).{1,255})$/),
        { error: 'a list of alarms' },
      )
      .max(20, { error: 'at most 20 alarms' })
      .meta({
        description:
          'Names or ARNs of CloudWatch alarms of this account and region. One in ALARM while the canary has traffic rolls the release back; one in ALARM when a release begins, or before its first weight, holds it. One without data does neither.',
        examples: [['checkout-slo-burn']],
      })
      .optional(),
    router: routerSchema,
    sources: workloadSourcesSchema.optional(),
    backgroundWork: z.enum(['none', 'safe']).default(DEFAULTS.backgroundWork).meta({
      description: 'Work without requests (queue consumers): none is done, or it is safe for both slots to do it.',
    }),
    connections: z.enum(['cut', 'drain']).default(DEFAULTS.connections).meta({
      description:
        'What a roll back does to long connections: cut ends them once the dial is at 0, drain lets them live up to maxDrain.',
    }),
    maxDrain: duration({ min: 0 })
      .default(DEFAULTS.maxDrain)
      .meta({ description: 'How long connections to the old slot may live on after a promotion.', examples: ['15m'] }),
  })
  .meta({
    title: 'Sluice workload',
    description: 'One deployable service: where its ARNs, cluster, namespace and container names are kept.',
  });

/** The JSON Schema of a workload (draft-7). */
export const workloadJsonSchema = (): Shape =>
  z.toJSONSchema(workloadSchema, { io: 'input', target: 'draft-7' }) as Shape;

export type CheckedWorkload = { kind: 'workload'; workload: Workload } | { kind: 'issues'; issues: Issue[] };

/** A workload from plain data (YAML or JSON that was read), with every default filled in; or every mistake in it at once. */
export function checkWorkload(input: unknown, where: Where = {}): CheckedWorkload {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    const expected = 'a map that starts with apiVersion: sluice/v1 and kind: Workload';
    return { kind: 'issues', issues: [{ path: [], at: 'value', found: describeValue(input), expected }] };
  }
  const large = oversized('workload', input, WORKLOAD_MOST_BYTES);
  if (large.length > 0) return { kind: 'issues', issues: large };
  const parsed = workloadSchema.safeParse(input, { error: expectedText });
  if (!parsed.success) {
    return { kind: 'issues', issues: explain(parsed.error, { input, shape: workloadJsonSchema(), notYet: NOT_YET }) };
  }
  const {
    apiVersion: _,
    kind: __,
    maxDrain,
    router,
    sources = {},
    service,
    otherServices,
    alarms,
    port,
    keepLabels,
    labels,
    repositories,
    ...rest
  } = parsed.data;
  const kind = routerOf(router);
  const routing = kind.routingOf(router) as Routing;
  const misrouted = kind.issues(routing, { name: rest.name, service, otherServices });
  if (misrouted.length > 0) {
    return { kind: 'issues', issues: misrouted.map(issue => ({ ...issue, path: ['router', ...issue.path] })) };
  }
  const slot = ofSlot(rest.name, { deployment: rest.deployment, service });
  if (slot !== undefined) return { kind: 'issues', issues: [slot] };
  const maxDrainSeconds = parseDurationSeconds(maxDrain);
  if (maxDrainSeconds === undefined) throw new Error(`${maxDrain} passed the checks and cannot be read`);
  const named = {
    ...(service !== undefined && { service }),
    ...(otherServices !== undefined && { otherServices }),
    ...(port !== undefined && { port }),
    ...(keepLabels !== undefined && { keepLabels }),
    ...(labels !== undefined && { labels }),
    ...(alarms !== undefined && { alarms }),
  };
  const unusable = checkRepositories(repositories);
  if (unusable.length > 0) return { kind: 'issues', issues: unusable };
  const refused = checkWorkloadSources(sources, { loopback: where.loopback ?? false });
  if (refused.length > 0) return { kind: 'issues', issues: refused };
  const workload: Workload = {
    ...rest,
    ...named,
    repositories: repositories.map(repositoryOf),
    router: routing,
    ...workloadSourcesOf(sources),
    maxDrainSeconds,
  };
  const larger = tooLarge('workload', workload, WORKLOAD_MOST_BYTES);
  return larger === undefined ? { kind: 'workload', workload } : { kind: 'issues', issues: [larger] };
}

/** The slots are `<name>-blue` and `<name>-green`, Deployments and Services: neither is the team's own. */
function ofSlot(name: string, own: Record<string, string | undefined>): Issue | undefined {
  const slots = SLOTS.map(slot => `${name}-${slot}`);
  const [key, value] = Object.entries(own).find(([, value]) => value !== undefined && slots.includes(value)) ?? [];
  if (key === undefined || value === undefined) return undefined;
  const expected = `the team's own: ${slots.join(' and ')} are the slots that Sluice writes`;
  return { path: [key], at: 'value', found: describeValue(value), expected };
}

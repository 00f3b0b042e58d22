import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { sha256 } from '../adapters/sha256.ts';
import { openResourceTags } from '../adapters/tags/resource-tags.ts';
import type { Slot } from '../domain/dial.ts';
import { UnfinishedError } from '../domain/errors.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { OWNER_TAG, ownerText } from '../domain/routers/alb/ownership.ts';
import { revisionOf } from '../domain/slot/revision.ts';
import type { WorkloadSources } from '../domain/sources/plan-registry.ts';
import type { WorkloadOf } from '../domain/workload.ts';
import { ruleArn, targetGroupArn } from './aws/elbv2-arns.ts';
import type { Program } from './kubernetes/pod.ts';
import type { JsonObject } from './kubernetes/schema.ts';
import type { Lab } from './lab.ts';

export interface LabWorkloadSpec {
  name: string;
  plan: Plan;
  /** What is live when the lab opens. */
  stable: Program;
  stableTag?: string;
  /** Tags whose push starts a release by itself; `auto-*` where absent, so that others wait for `start`. */
  tags?: string;
  /** Replicas of the stable slot; 0: a new service, of which nothing is live yet. */
  replicas: number;
  /** The team's own Service has this name, and follows the live slot. */
  service?: string;
  /** Host header of its rule; absent: every request is for it. */
  host?: string;
  /** Path that answers 2xx or 3xx when a program is ready; absent: ready when it accepts connections. */
  readyPath?: string;
  previewHeader?: { name: string; value: string };
  /** Of the workload, for plans with metrics that it is read from. */
  sources?: WorkloadSources;
  /** Names of alarms that take a release back; lab.alarms.set makes and sets them. */
  alarms?: string[];
  deregistrationDelaySeconds?: number;
  terminationGracePeriodSeconds?: number;
}

/** How long stable may take to become healthy, wall clock: programs in any language start within it. */
const STABLE_WITHIN_MS = 20_000;

export class StableNotReadyError extends UnfinishedError {
  override readonly name = 'StableNotReadyError';
}

/**
 * A workload as it is after adoption: the team's Deployment scaled to zero as the template, blue live at full size, green
 * at rest, a rule with both groups.
 * @throws StableNotReadyError the stable program did not become ready: says why
 */
export async function addWorkload(lab: Lab, spec: LabWorkloadSpec): Promise<WorkloadOf<'alb'>> {
  const workload = await addRouting(lab, spec);
  const stableTag = spec.stableTag ?? 'stable';
  const uri = pushImage(lab, spec.name, stableTag, spec.stable);
  lab.kubernetes.apply(templateOf(spec, uri), 'team');
  if (spec.service !== undefined) lab.kubernetes.apply(serviceOf(spec.name, spec.service), 'team');
  if (spec.replicas > 0) await fillSlot(lab, workload, { slot: 'blue', uri, replicas: spec.replicas });
  await lab.deps.workloads.register({ workload, plan: spec.plan, registeredAtEpochMs: lab.clock.now() });
  return workload;
}

/**
 * Writes an image into a slot, gives it its size, and waits until the load balancer calls it healthy.
 * @throws StableNotReadyError
 */
export async function fillSlot(
  lab: Lab,
  workload: WorkloadOf<'alb'>,
  { slot, uri, replicas }: { slot: Slot; uri: string; replicas: number },
): Promise<void> {
  const template = await lab.deps.cluster.readTemplate(workload);
  const images = { [workload.container]: uri };
  const revision = revisionOf({ ...template, workload, images }, sha256);
  await lab.deps.cluster.writeSlot(workload, slot, { revision, images, template }, 0);
  await lab.deps.cluster.scaleSlot(workload, slot, replicas, 0);
  await untilHealthy(lab, workload, slot, replicas);
}

/** Puts a program into the lab's registry under a tag, as a push does. Answers the image's URI by digest. */
export function pushImage(lab: Lab, repository: string, tag: string, program: Program): string {
  const content = JSON.stringify({ repository, tag, program });
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  lab.ecr.push({ repository, tag, digest, atEpochMs: lab.clock.now() });
  const uri = `${lab.ecr.repositoryUri(repository)}@${digest}`;
  lab.programs.set(uri, program);
  return uri;
}

async function addRouting(lab: Lab, spec: LabWorkloadSpec): Promise<WorkloadOf<'alb'>> {
  const { name } = spec;
  const targetGroups = { blue: targetGroupArn(`${name}-blue`), green: targetGroupArn(`${name}-green`) };
  const healthCheck = {
    protocol: spec.readyPath === undefined ? ('TCP' as const) : ('HTTP' as const),
    path: spec.readyPath ?? '/',
    intervalSeconds: 30,
    timeoutSeconds: 5,
    healthyThreshold: 2,
    unhealthyThreshold: 5,
  };
  for (const slot of ['blue', 'green'] as const) {
    await lab.edge.putTargetGroup({
      arn: targetGroups[slot],
      name: `${name}-${slot}`,
      healthCheck,
      deregistrationDelaySeconds: spec.deregistrationDelaySeconds ?? 30,
      slowStartSeconds: 0,
    });
  }
  const balancer = lab.edge.loadBalancerArn.split('/').at(-2) ?? 'lab';
  const host = spec.host === undefined ? [] : [{ field: 'host-header' as const, values: [spec.host] }];
  const priority = (await lab.edge.rules()).length * 10 + 10;
  const forward = (arns: { arn: string; weight: number }[]) => ({
    targetGroups: arns,
    stickiness: { enabled: false, durationSeconds: 1 },
  });
  const rule = ruleArn(balancer, name);
  const { listenerArn } = lab.edge;
  await lab.edge.putRule({
    arn: rule,
    listenerArn,
    priority,
    conditions: host.length > 0 ? host : [{ field: 'path-pattern', values: ['*'] }],
    action: forward([
      { arn: targetGroups.blue, weight: 100 },
      { arn: targetGroups.green, weight: 0 },
    ]),
  });
  const preview = spec.previewHeader;
  const previewRule = ruleArn(balancer, `${name}-preview`);
  if (preview !== undefined) {
    const header = { field: 'http-header' as const, name: preview.name, values: [preview.value] };
    const action = forward([{ arn: targetGroups.blue, weight: 1 }]);
    await lab.edge.putRule({
      arn: previewRule,
      listenerArn,
      priority: priority - 1,
      conditions: [...host, header],
      action,
    });
  }
  await tagAsTheStackDoes(lab, name, [
    rule,
    ...(preview === undefined ? [] : [previewRule]),
    ...Object.values(targetGroups),
  ]);
  return {
    name,
    cluster: { name: 'lab', namespace: 'default' },
    deployment: name,
    ...(spec.service !== undefined && { service: spec.service }),
    container: 'app',
    repositories: [{ name, tags: spec.tags ?? 'auto-*' }],
    ...(spec.alarms === undefined ? {} : { alarms: spec.alarms }),
    router: {
      kind: 'alb',
      rules: [rule],
      targetGroups,
      ...(preview === undefined ? {} : { previewRule }),
    },
    ...(spec.sources === undefined ? {} : { sources: spec.sources }),
    backgroundWork: 'none',
    connections: 'cut',
    maxDrainSeconds: 900,
  };
}

/** Without its owner's tag a rule cannot be turned: IAM asks for it, and so does admission. */
async function tagAsTheStackDoes(lab: Lab, workload: string, arns: string[]): Promise<void> {
  const tags = { [OWNER_TAG]: ownerText({ controlPlane: lab.deps.controlPlane, workload }) };
  const resources = openResourceTags(lab.env);
  for (const arn of arns) await resources.add({ service: 'elasticloadbalancing', arn }, tags);
}

/** The team's own Deployment. */
function templateOf(spec: LabWorkloadSpec, image: string): JsonObject {
  const probe: JsonObject = {
    ...(spec.readyPath === undefined
      ? { tcpSocket: { port: 'http' } }
      : { httpGet: { path: spec.readyPath, port: 'http' } }),
    periodSeconds: 10,
    // 30 periods: at compress 60 five seconds of the wall, so that a machine that stalls for one is no outage
    failureThreshold: 30,
    timeoutSeconds: 5,
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: spec.name, namespace: 'default' },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: spec.name } },
      template: {
        metadata: { labels: { app: spec.name } },
        spec: {
          terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 5,
          containers: [
            {
              name: 'app',
              image,
              ports: [{ name: 'http', containerPort: 8080 }],
              readinessProbe: probe,
              // keeps answering while the load balancer hears of its end; lab seconds
              lifecycle: { preStop: { sleep: { seconds: 10 } } },
            },
          ],
        },
      },
    },
  };
}

/** The team's own Service, which selects the template's pods until a release is promoted. */
const serviceOf = (workload: string, name: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { selector: { app: workload }, ports: [{ port: 80, targetPort: 'http' }] },
});

async function untilHealthy(lab: Lab, workload: WorkloadOf<'alb'>, slot: Slot, replicas: number): Promise<void> {
  const until = Date.now() + STABLE_WITHIN_MS;
  for (;;) {
    const [targets, status] = await Promise.all([
      lab.deps.targets.read(workload),
      lab.deps.cluster.readSlot(workload, slot),
    ]);
    if (targets[slot].healthy >= replicas) return;
    if (Date.now() > until) {
      const why = status.problem ?? `${targets[slot].healthy} of ${replicas} targets are healthy`;
      throw new StableNotReadyError(`${slot} of ${workload.name} did not become ready: ${why}`);
    }
    await delay(50);
  }
}

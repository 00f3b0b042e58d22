import { readFile } from 'node:fs/promises';
import {
  DeregisterTargetsCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { openCloudWatchAlarms } from '../adapters/alarms/cloudwatch-alarms.ts';
import type { Env } from '../adapters/aws-client-config.ts';
import { openKubernetesCluster } from '../adapters/cluster/kubernetes-cluster.ts';
import { machineArnsOf, openStepFunctionsExecutions } from '../adapters/executions/step-functions-executions.ts';
import { httpHooks } from '../adapters/hooks/http-hooks.ts';
import { openEcrRegistry } from '../adapters/images/ecr-registry.ts';
import { openDynamoDbLedger } from '../adapters/ledger/dynamodb-ledger.ts';
import type { AppendedLine, Ledger } from '../adapters/ledger/ledger.ts';
import { linesLog, linesMeter, type Sink } from '../adapters/log/lines-log.ts';
import { openMetricSources } from '../adapters/metrics/run-registry.ts';
import { openSnsNotifier } from '../adapters/notifier/sns-notifier.ts';
import { overriding } from '../adapters/overriding.ts';
import { openAlbRouter } from '../adapters/router/alb/router.ts';
import { openAlbTargets } from '../adapters/router/alb/targets.ts';
import { openDynamoDbWorkloads } from '../adapters/workloads/dynamodb-workloads.ts';
import { lazy } from '../domain/lazy.ts';
import { type AllDeps, makeHandlers } from '../functions/lambda/handlers.ts';
import { functionSubstitutions, labAccount, labRegion, stateMachineArnOf } from './asl/arns.ts';
import { openEmbeddedHost } from './asl/embedded-host.ts';
import type { StateMachineHost } from './asl/state-machine-host.ts';
import { type AlarmsEndpoint, alarmsEndpoint } from './aws/alarms-endpoint.ts';
import type { Publishing } from './aws/cloudwatch-publishing.ts';
import { type EcrEndpoint, ecrEndpoint } from './aws/ecr-endpoint.ts';
import type { TargetGroupAttributes } from './aws/elbv2-targets.ts';
import { lambdaEndpoint } from './aws/lambda-endpoint.ts';
import { type SnsEndpoint, snsEndpoint } from './aws/sns-endpoint.ts';
import { statesEndpoint } from './aws/states-endpoint.ts';
import { labClientConfig, openWireServer, type WireServer } from './aws/wire-server.ts';
import { type LabClock, openLabClock } from './clock.ts';
import { alarmEvent, executionEvent, pushEvent } from './event-shapes.ts';
import { openEvents } from './events.ts';
import { type LabKubernetes, openKubernetes } from './kubernetes/kubernetes.ts';
import type { Program } from './kubernetes/pod.ts';
import { type Edge, openEdge } from './load-balancer/edge.ts';
import { openTable } from './table.ts';

export interface LabOptions {
  /** How many times faster than the wall the lab's clock runs. */
  compress: number;
  /** So far behind the wall the lab's clock starts, and catches up: for what takes no times of the future. 0 where absent. */
  behindMs?: number;
  /** Of the load balancer; a free one where absent. */
  port?: number;
  /** Of the load balancer, wall clock: without a byte for so long a request ends with 504. 60 s where absent, as an ALB's. */
  idleTimeoutMs?: number;
  publishing?: Publishing;
  attributes?: TargetGroupAttributes;
  /** Lab seconds after a shift in which clients may see the old weights; this load balancer has none to speak of. */
  propagationSeconds?: number;
  /** Lab seconds between two runs of the reconciler; five minutes where absent. */
  reconcileEverySeconds?: number;
  /** Where the handlers' structured logs go; nowhere where absent. */
  sink?: Sink;
  logFolder?: string;
}

/** The embedded world: the product's machines and handlers, and stand-ins for all that they speak to, on this computer. */
export interface Lab {
  readonly clock: LabClock;
  readonly edge: Edge;
  readonly kubernetes: LabKubernetes;
  readonly host: StateMachineHost;
  /** Step Functions, ECR, SNS, Lambda. */
  readonly wire: WireServer;
  readonly sns: SnsEndpoint;
  readonly ecr: EcrEndpoint;
  readonly alarms: AlarmsEndpoint;
  /** What the product's adapters, and the CLI, read to find this lab. */
  readonly env: Env;
  /** The adapters that the handlers have, for those who look at the world as they do. */
  readonly deps: AllDeps;
  /** Image URI by digest -> program. */
  readonly programs: Map<string, Program>;
  invoke(functionName: string, event: object): Promise<unknown>;
  /**
   * Publishes new versions of all functions and new definitions of both machines that name them, as a deployment of Sluice
   * does: an execution that runs keeps what it began with, what starts from now on is new.
   */
  deploy(functions: ReturnType<typeof makeHandlers>): Promise<void>;
  /** Told of every line that a handler appends to a ledger, at once. Returns the unsubscriber. */
  onLine(listener: (workload: string, line: AppendedLine) => void): () => void;
  /** Ends the executions, the processes and the servers; nothing is left behind. Safe to repeat. */
  close(): Promise<void>;
}

/** Five times what a control plane has: at 60 times the speed of the wall that would be all that a small computer does. */
const RECONCILE_EVERY_SECONDS = 300;
const TOPIC_ARN = `arn:aws:sns:${labRegion}:123456789012:sluice`;
const MACHINES = { release: 'sluice-release', rollBack: 'sluice-roll-back' };

export async function openLab(options: LabOptions): Promise<Lab> {
  const { compress, behindMs = 0 } = options;
  // both clocks show the same when the faster one has caught up; one that is as fast as the wall is never behind
  const catchesUpMs = compress > 1 ? behindMs / (compress - 1) : 0;
  const clock = openLabClock({ startEpochMs: Date.now() + catchesUpMs, compress });
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return await open();
  } catch (error) {
    await close();
    throw error;
  }

  async function open(): Promise<Lab> {
    const edge = await openEdge({
      clock: clock.spec,
      ...(options.port === undefined ? {} : { port: options.port }),
      ...(options.idleTimeoutMs === undefined ? {} : { idleTimeoutMs: options.idleTimeoutMs }),
      ...(options.publishing === undefined ? {} : { publishing: options.publishing }),
      ...(options.attributes === undefined ? {} : { attributes: options.attributes }),
    });
    closers.push(edge.close);
    const programs = new Map<string, Program>();
    const kubernetes = await openKubernetes({
      clock,
      programs,
      registrar: registrarOf(edge.wireUrl),
      ...(options.logFolder === undefined ? {} : { logFolder: options.logFolder }),
    });
    closers.push(() => kubernetes.close());
    const table = await openTable();
    closers.push(table.close);

    const sns = snsEndpoint([TOPIC_ARN]);
    const ecr = ecrEndpoint(push => events.send('image-pushed', pushEvent(push)));
    const alarms = alarmsEndpoint({ clock, onChange: change => events.send('alarm-changed', alarmEvent(change)) });
    // the handlers need the wire's address and the wire needs the handlers: they are looked up when they are called
    const versions: ReturnType<typeof makeHandlers>[] = [];
    const call = (name: string, event: unknown, functions = versions.at(-1)) => {
      const found = functions?.[name];
      if (found === undefined) throw new Error(`there is no function ${name}`);
      return found(event);
    };
    const names = await functionNames();
    const byName: Record<string, (event: unknown) => Promise<unknown>> = Object.fromEntries(
      names.map(name => [name, (event: unknown) => call(name, event)]),
    );
    const host = await openEmbeddedHost({ clock, functions: byName });
    closers.push(() => host.close());
    const wire = await openWireServer({
      endpoints: [statesEndpoint(host), ecr, sns, alarms, lambdaEndpoint(byName)],
      onFault: fault => console.error('the lab:', fault),
    });
    closers.push(wire.close);
    const events = openEvents({ clock, call, onFault: fault => console.error('the lab:', fault) });
    closers.push(events.close); // first of all: executions that end because the lab does are nobody's concern

    const env: Env = {
      AWS_REGION: labRegion,
      AWS_ACCESS_KEY_ID: 'lab',
      AWS_SECRET_ACCESS_KEY: 'lab',
      AWS_ENDPOINT_URL: wire.url,
      AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2: edge.wireUrl,
      AWS_ENDPOINT_URL_CLOUDWATCH: edge.wireUrl,
      AWS_ENDPOINT_URL_DYNAMODB: table.url,
      SLUICE_TABLE: table.name,
      SLUICE_CONTROL_PLANE: table.name,
      RELEASE_MACHINE_ARN: stateMachineArnOf(MACHINES.release),
      ROLL_BACK_MACHINE_ARN: stateMachineArnOf(MACHINES.rollBack),
      ...kubernetes.env,
    };
    const listeners = new Set<LineListener>();
    const cluster = await openKubernetesCluster(env as NodeJS.ProcessEnv, clock);
    closers.push(cluster.close);
    const sink = options.sink ?? (() => {});
    const deps: AllDeps = {
      clock,
      log: linesLog(sink, clock),
      meter: linesMeter(sink, clock),
      ledger: observed(openDynamoDbLedger(env, clock), listeners),
      workloads: openDynamoDbWorkloads(env),
      router: openAlbRouter(env),
      targets: openAlbTargets(env),
      metrics: openMetricSources(env, { loopback: true, alarmsEnv: { ...env, AWS_ENDPOINT_URL_CLOUDWATCH: wire.url } }),
      images: openEcrRegistry(env),
      executions: openStepFunctionsExecutions(env),
      machineArns: machineArnsOf(env),
      ownRegistry: { account: labAccount, region: labRegion },
      notifier: openSnsNotifier(env),
      topicArn: TOPIC_ARN,
      alarms: openCloudWatchAlarms({ ...env, AWS_ENDPOINT_URL_CLOUDWATCH: wire.url }),
      hooks: httpHooks({ loopback: true }),
      loopback: true,
      cluster,
      propagationSeconds: options.propagationSeconds ?? 5,
      controlPlane: env.SLUICE_CONTROL_PLANE ?? table.name,
      clusters: ['lab'],
    };
    const deploy = async (functions: ReturnType<typeof makeHandlers>) => {
      const version = versions.push(functions);
      for (const name of names) byName[`${name}:${version}`] = event => call(name, event, functions);
      const substitutions = functionSubstitutions(names, version);
      for (const [name, file] of [
        [MACHINES.release, 'release'],
        [MACHINES.rollBack, 'roll-back'],
      ] as const) {
        host.registerMachine({ name, definition: await readMachine(file), substitutions });
      }
    };
    await deploy(makeHandlers(deps));
    host.onStatusChange(change => {
      const endedBadly = ['FAILED', 'TIMED_OUT', 'ABORTED'].includes(change.status);
      if (endedBadly) events.send('execution-ended', executionEvent(change, clock.now()));
    });
    events.schedule('reconcile', options.reconcileEverySeconds ?? RECONCILE_EVERY_SECONDS);
    return {
      clock,
      edge,
      kubernetes,
      host,
      wire,
      sns,
      ecr,
      alarms,
      env,
      deps,
      programs,
      invoke: async (name, event) => call(name, event),
      deploy,
      onLine: listener => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      close: lazy(close),
    };
  }
}

type LineListener = (workload: string, line: AppendedLine) => void;

/** A ledger that tells of what was appended: those who watch a release need not ask for it again and again. */
function observed(ledger: Ledger, listeners: Set<LineListener>): Ledger {
  const append: Ledger['append'] = async (workload, after, line) => {
    const state = await ledger.append(workload, after, line);
    for (const listener of listeners) listener(workload, { ...line, seq: after.seq + 1 });
    return state;
  };
  return overriding(ledger, { append });
}

const readMachine = async (name: string): Promise<object> =>
  JSON.parse(await readFile(new URL(`../state-machines/${name}.asl.json`, import.meta.url), 'utf8'));

/** The handlers' names without opening any of them. */
const functionNames = async (): Promise<string[]> => Object.keys(makeHandlers({} as AllDeps));

/** The AWS Load Balancer Controller's calls, made with the real client. */
function registrarOf(wireUrl: string) {
  const client = new ElasticLoadBalancingV2Client(labClientConfig(wireUrl));
  const input = (TargetGroupArn: string, target: { host: string; port: number }) => ({
    TargetGroupArn,
    Targets: [{ Id: target.host, Port: target.port }],
  });
  return {
    async register(targetGroupArn: string, target: { host: string; port: number }) {
      await client.send(new RegisterTargetsCommand(input(targetGroupArn, target)));
    },
    async deregister(targetGroupArn: string, target: { host: string; port: number }) {
      await client.send(new DeregisterTargetsCommand(input(targetGroupArn, target)));
    },
  };
}

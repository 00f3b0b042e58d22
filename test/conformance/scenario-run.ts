import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../adapters/cluster/cluster.ts';
import { stepFunctionsExecutions } from '../../adapters/executions/step-functions-executions.ts';
import type { MetricSource } from '../../adapters/metrics/metric-source.ts';
import { RouterUnreachableError } from '../../adapters/router/errors.ts';
import type { Targets } from '../../adapters/router/targets.ts';
import { SLOTS } from '../../domain/dial.ts';
import type { Entry } from '../../domain/ledger/facts.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { releaseExecutionName, rollBackExecutionName } from '../../domain/release-id.ts';
import { makeHandlers } from '../../functions/lambda/handlers.ts';
import { functionArnOf } from '../../lab/asl/arns.ts';
import { type Fakes, openFakes } from '../functions/fakes.ts';
import { type Ended, endOf, type Interpreter } from './interpreters.ts';

/** One scenario on one interpreter: the real handlers, the shipped definitions, and fakes of its own. */
export interface ScenarioRun {
  fakes: Fakes;
  /** Calls a handler as a person or a pipeline does. */
  invoke(name: string, input: object): Promise<unknown>;
  /** Resolves as soon as it is so. */
  until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void>;
  /** Waits until the release is over and both machines have ended. */
  result(): Promise<Result>;
}

export interface Result {
  /** All calls of handlers by the machines, in order, with the error's name where one failed. */
  calls: string[];
  executions: Ended[];
  /** The whole ledger, instants and hashes included. */
  ledger: Entry[];
}

/** How often a slot is read until its pods are ready. */
const READS_UNTIL_READY = 3;
/** The first wait of an execution takes a second, and the others none: a healthy release has about thirty. */
const WAITS_OF_A_SECOND = 1;
const MOST_WAIT_MS = 90_000;
const root = join(import.meta.dirname, '../..');

export interface ScenarioOptions {
  plan: Partial<Plan>;
  /** Of 100 requests to the canary in a window; stable has none. */
  failuresOfCanary?: number;
  /** Which reads of the targets get no answer, counted from 1. */
  targetsAwayAt?: number[];
  /** So often the load balancer does not take the way back. */
  wayBackThrottled?: number;
  /** Which calls of the machines find the account at its limit, counted from 1: Lambda answers, and not the handler. */
  accountFullAt?: { from: number; to: number };
  /** So often Lambda has no network interface for a function, from its first call on: it answers, and not the handler. */
  notReady?: Readonly<Record<string, number>>;
}

export async function openScenario(
  interpreter: Interpreter,
  scenario: string,
  options: ScenarioOptions,
): Promise<ScenarioRun> {
  const fakes = await openFakes(options.plan);
  const machine = async (file: string) =>
    interpreter.register({
      name: `${scenario}-${file}`,
      definition: JSON.parse(readFileSync(join(root, 'state-machines', `${file}.asl.json`), 'utf8')),
      substitutions,
    });
  const nameOf = (handler: string) => `${scenario}--${handler}`;
  const pascal = (name: string) => name.replace(/(^|-)([a-z])/g, (_, __, first: string) => first.toUpperCase());
  const substitutions = {
    ...Object.fromEntries(
      Object.keys(makeHandlers(fakes.deps)).map(name => [`${pascal(name)}Function`, functionArnOf(nameOf(name))]),
    ),
    Partition: 'aws',
  };
  const calls: string[] = [];
  // the embedded host looks for its functions when a machine is registered, and the handlers need the machines' ARNs
  const run: { handlers: ReturnType<typeof makeHandlers> } = { handlers: {} };
  for (const name of Object.keys(makeHandlers(fakes.deps))) {
    interpreter.functions[nameOf(name)] = event => called(name, event as Call);
  }
  const arns = { release: await machine('release'), rollBack: await machine('roll-back') };
  const executions = stepFunctionsExecutions(interpreter.client, arns);
  run.handlers = makeHandlers({ ...fakes.deps, executions, ...peopled(fakes, options) });

  /**
   * The clock of this world does not depend on how quick an interpreter is: a call comes a second after the one before, or
   * as long after it as its answer said that the machine is to wait. The machine itself is told to wait for a second or not
   * at all, so that nobody has to sit through a drain.
   */
  const told = new Map<string, number>();
  const waits = new Map<string, number>();
  let count = 0;
  async function called(name: string, event: Call): Promise<unknown> {
    count += 1;
    const { from, to } = options.accountFullAt ?? { from: 0, to: 0 };
    if (count >= from && count <= to) {
      calls.push(`${name}: full`);
      throw Object.assign(new Error('Rate Exceeded.'), { name: 'Lambda.TooManyRequestsException' });
    }
    const notReady = options.notReady?.[name] ?? 0;
    const tries = calls.filter(call => call === `${name}: not ready`).length;
    if (tries < notReady) {
      calls.push(`${name}: not ready`);
      const message = 'The function is inactive and its VPC connection is no longer available. Wait and try again.';
      throw Object.assign(new Error(message), { name: 'Lambda.ResourceNotReadyException' });
    }
    const { releaseId, run: runNumber, attempt } = 'Payload' in event ? (event.Payload as Call) : event;
    const execution = `${releaseId} ${runNumber ?? `back ${attempt}`}`;
    if (name === 'restore-traffic') await releaseIsOver(releaseId);
    fakes.clock.epochMs += (told.get(execution) ?? 1) * 1000;
    told.delete(execution);
    try {
      const answer = await run.handlers[name]?.(event);
      calls.push(name);
      if (typeof answer !== 'object' || answer === null || !('seconds' in answer)) return answer;
      told.set(execution, Number(answer.seconds));
      waits.set(execution, (waits.get(execution) ?? 0) + (answer.seconds === 1 ? 0 : 1));
      return { ...answer, seconds: (waits.get(execution) ?? 0) <= WAITS_OF_A_SECOND ? 1 : 0 };
    } catch (error) {
      calls.push(`${name}: ${(error as Error).name}`);
      throw error;
    }
  }

  /**
   * A release that starts its own way back ends a moment later, or is stopped by it: who is quicker is chance, here and in
   * AWS. In this world its end comes first, as if the way back had a cold start. (moto 5.2.5 does not stop an execution
   * that waits for a token: the lab's own tests show that.)
   */
  const releaseIsOver = (releaseId: string) =>
    until('the release has ended', async () => (await statusOf('release', releaseId)) !== 'RUNNING');

  const nameIn = (machine: 'release' | 'rollBack', releaseId: string) =>
    machine === 'release' ? releaseExecutionName(releaseId, 1) : rollBackExecutionName(releaseId, 1);

  async function statusOf(machine: 'release' | 'rollBack', releaseId: string): Promise<string> {
    const found = await executions.describe(machine, nameIn(machine, releaseId));
    return found === 'notThere' ? found : found.status;
  }

  async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
    const startedAtMs = performance.now();
    while (!(await isSo())) {
      if (performance.now() - startedAtMs > MOST_WAIT_MS) throw new Error(`not within ${MOST_WAIT_MS} ms: ${what}`);
      await sleep(100); // moto has one processor's worth of Python to answer this with
    }
  }

  return {
    fakes,
    until,
    invoke: async (name, input) => run.handlers[name]?.(input),
    async result() {
      await until(`${scenario} is closed`, async () => (await fakes.ledger.read('shop')).active === undefined);
      const ended: Ended[] = [];
      for (const machineKind of ['release', 'rollBack'] as const) {
        await until(`${machineKind} has ended`, async () => (await statusOf(machineKind, 'shop-1')) !== 'RUNNING');
        if ((await statusOf(machineKind, 'shop-1')) === 'notThere') continue;
        const arn = `${arns[machineKind].replace(':stateMachine:', ':execution:')}:${nameIn(machineKind, 'shop-1')}`;
        ended.push(await endOf(interpreter.client, arn));
      }
      return { calls, executions: ended, ledger: await fakes.ledger.entries('shop') };
    },
  };
}

interface Call {
  releaseId: string;
  run?: number;
  attempt?: number;
  Payload?: unknown;
}

/** Pods that take a while, targets that are the pods, and traffic in every window that is asked for. */
function peopled(fakes: Fakes, options: ScenarioOptions) {
  const { failuresOfCanary = 0, targetsAwayAt = [], wayBackThrottled = 0 } = options;
  let triesToGoBack = 0;
  let reads = 0;
  let readsOfTargets = 0;
  const cluster: Cluster = {
    ...fakes.cluster,
    async readSlot(workload, slot) {
      const seen = await fakes.cluster.readSlot(workload, slot);
      if (slot === 'blue') return seen;
      reads += 1;
      // the first read is the admission's
      return reads <= READS_UNTIL_READY + 1 ? { ...seen, available: 0, ready: false } : seen;
    },
    async scaleSlot(workload, slot, replicas, position) {
      if (replicas > 0) reads = 1;
      await fakes.cluster.scaleSlot(workload, slot, replicas, position);
    },
  };
  const targets: Targets = {
    ...fakes.targets,
    async read(workload) {
      readsOfTargets += 1;
      if (targetsAwayAt.includes(readsOfTargets)) fakes.targets.failNext(1);
      for (const slot of SLOTS) {
        fakes.targets.counts[slot].healthy = (await fakes.cluster.readSlot(workload, slot)).available;
      }
      return fakes.targets.read(workload);
    },
  };
  const metrics: MetricSource = {
    async read(request) {
      for (const { startEpochMs } of request.windows) {
        fakes.metrics.publish('green', startEpochMs, { good: 100 - failuresOfCanary, target5xx: failuresOfCanary });
        fakes.metrics.publish('blue', startEpochMs, { good: 900 });
      }
      return fakes.metrics.read(request);
    },
  };
  const router: typeof fakes.router = {
    ...fakes.router,
    async goBack(...way) {
      triesToGoBack += 1;
      if (triesToGoBack <= wayBackThrottled) throw new RouterUnreachableError('Throttling: Rate exceeded');
      await fakes.router.goBack(...way);
    },
  };
  return { cluster, targets, metrics, router };
}

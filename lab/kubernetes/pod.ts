import type { LabClock } from '../clock.ts';
import { containerEnv } from './pod-env.ts';
import type { PodLog } from './pod-log.ts';
import type { ContainerState } from './pod-status.ts';
import { podStatus } from './pod-status.ts';
import { runPreStop } from './pre-stop.ts';
import { readinessProbeOf } from './probe.ts';
import type { ProcessGroup } from './process-group.ts';
import { startGroup } from './process-group.ts';
import { at, resourceOf } from './resources.ts';
import type { JsonObject } from './schema.ts';
import type { Store } from './store.ts';

/** What an image is in the lab: a program of this computer. It gets its port as PORT. */
export interface Program {
  /** A list is run as it is, a text by the shell. */
  command: string | readonly string[];
  cwd?: string;
  env?: Record<string, string>;
}

export interface PodDeps {
  store: Store;
  clock: LabClock;
  /** By image URI as the pod template names it (by digest). */
  programs: ReadonlyMap<string, Program>;
  findPort: () => Promise<number>;
  /** What every process inherits; a container's own variables come on top. */
  baseEnv: NodeJS.ProcessEnv;
  /** Resolves when no load balancer sends new requests to the pod. */
  untilDrained(namespace: string, podName: string): Promise<void>;
}

/** A pod: one process, that of its first container with a port. Sidecars and init containers are not run. */
export interface Pod {
  readonly name: string;
  readonly namespace: string;
  readonly templateHash: string;
  /** Of the container that runs. */
  readonly image: string;
  readonly log: PodLog;
  readonly host: string;
  port(): number | undefined;
  pid(): number | undefined;
  isTerminating(): boolean;
  /** The lab's clock when it became ready; undefined while it is not. */
  readySinceEpochMs(): number | undefined;
  /** As Kubernetes deletes it: drained, preStop, SIGTERM, SIGKILL after the grace period. Resolves when it is gone. */
  terminate(): Promise<void>;
  /** At once, with `graceMs` of wall time between SIGTERM and SIGKILL. */
  close(graceMs: number): Promise<void>;
}

const POD = resourceOf('Pod');
/** Back-off of restarts on the lab's clock, as the kubelet has it, and the least on the wall. */
const BACK_OFF_MS = { first: 10_000, most: 300_000, leastWall: 200 };
const PORT_TRIES = 3;
/** A process that ran for so long on the lab's clock starts with a fresh back-off when it ends. */
const FORGET_AFTER_MS = 600_000;
const IN_USE = /EADDRINUSE|address already in use|only one usage of each socket/i;

export function openPod(deps: PodDeps, input: { object: JsonObject; templateHash: string; log: PodLog }): Pod {
  const { store, clock, programs } = deps;
  const { object, log } = input;
  const name = String(at(object, 'metadata', 'name'));
  const namespace = String(at(object, 'metadata', 'namespace'));
  const containers = at(object, 'spec', 'containers') as JsonObject[];
  const container = containers.find(c => Array.isArray(c.ports) && c.ports.length > 0) ?? containers[0] ?? {};
  const image = String(container.image ?? '');
  const containerName = String(container.name);
  const probe = readinessProbeOf(container, clock);
  const stopping = new AbortController();
  const now = () => new Date(clock.now()).toISOString();
  let group: ProcessGroup | undefined;
  let port: number | undefined;
  let env: Record<string, string> = {};
  let readyAt: number | undefined;
  let gone: Promise<void> | undefined;
  let shown: ContainerState = {
    state: { kind: 'waiting', reason: 'ContainerCreating' },
    restarts: 0,
    ready: false,
    readySince: now(),
  };

  const show = (change: Partial<ContainerState>) => {
    const ready = change.ready ?? shown.ready;
    const readySince = ready === shown.ready ? shown.readySince : now();
    readyAt = ready ? (readyAt ?? clock.now()) : undefined;
    shown = { ...shown, ...change, ready, readySince };
    store.putStatus(POD, { namespace, name }, podStatus(containerName, image, shown));
  };
  const wait = (reason: string, message: string) => show({ state: { kind: 'waiting', reason, message }, ready: false });
  const pause = async (labMs: number) => {
    const least = clock.spec.compress * BACK_OFF_MS.leastWall;
    await clock.sleep(Math.max(labMs, least), stopping.signal);
  };

  /** Checks until the process ends; what a probe says counts only while it runs. */
  async function watchReadiness(running: ProcessGroup, itsPort: number, ended: AbortSignal): Promise<void> {
    let good = 0;
    let bad = 0;
    await clock.sleep(probe.initialDelayMs * clock.spec.compress, ended);
    while (!ended.aborted) {
      const isGood = await probe.check(itsPort);
      if (ended.aborted || group !== running) return;
      good = isGood ? good + 1 : 0;
      bad = isGood ? 0 : bad + 1;
      if (!shown.ready && good >= probe.successThreshold) show({ ready: true });
      if (bad >= probe.failureThreshold) {
        const notReadyBecause = `${probe.shown} does not succeed on port ${itsPort} (PORT)`;
        if (shown.ready || shown.notReadyBecause !== notReadyBecause) show({ ready: false, notReadyBecause });
      }
      await clock.sleep(probe.periodMs * clock.spec.compress, ended);
    }
  }

  /** One process from start to end. */
  async function runOnce(program: Program): Promise<{ exitCode: number; reason: string; ranMs: number }> {
    const startedAt = clock.now();
    log.mark();
    const itsPort = await deps.findPort();
    if (stopping.signal.aborted) return { exitCode: 0, reason: 'Completed', ranMs: 0 };
    port = itsPort;
    const outcome = await startGroup({
      command: program.command,
      ...(program.cwd !== undefined ? { cwd: program.cwd } : {}),
      env: { ...deps.baseEnv, ...program.env, ...env, PORT: String(itsPort), HOSTNAME: name },
      onOutput: text => log.write(text),
    });
    if (outcome.kind === 'failed') {
      log.write(`${outcome.message}\n`);
      return { exitCode: 127, reason: 'StartError', ranMs: 0 };
    }
    group = outcome.group;
    if (stopping.signal.aborted) await group.stop(0); // the end came while it was being started
    const ended = new AbortController();
    show({ state: { kind: 'running', startedAt: now() }, ready: false });
    const watching = watchReadiness(outcome.group, itsPort, ended.signal);
    const { exitCode } = await outcome.group.exited;
    ended.abort();
    await watching;
    // what it left behind dies with it, as with a container's first process; while stopping, the grace period is theirs
    if (!stopping.signal.aborted) await outcome.group.stop(0);
    group = stopping.signal.aborted ? group : undefined;
    return { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', ranMs: clock.now() - startedAt };
  }

  async function live(): Promise<void> {
    let backOffMs = BACK_OFF_MS.first;
    let portTries = 0;
    while (!stopping.signal.aborted && gone === undefined) {
      const program = programs.get(image);
      if (program === undefined) {
        wait('ImagePullBackOff', `Back-off pulling image "${image}": not found`);
        await pause(backOffMs);
        continue;
      }
      const resolved = containerEnv(container, object, (kind, of) => store.get(resourceOf(kind), namespace, of));
      if (resolved.kind === 'missing') {
        wait('CreateContainerConfigError', resolved.message);
        await pause(backOffMs);
        continue;
      }
      env = resolved.env;
      const { exitCode, reason, ranMs } = await runOnce(program);
      if (stopping.signal.aborted || gone !== undefined) break;
      const telling = log.telling();
      const inUse = log.linesOfProcess().some(line => IN_USE.test(line));
      const portProblem = inUse ? [`port ${port} was in use, trying another`] : [];
      for (const line of portProblem) log.write(`${line}\n`);
      if (ranMs > FORGET_AFTER_MS) backOffMs = BACK_OFF_MS.first;
      show({
        restarts: shown.restarts + 1,
        ready: false,
        last: { exitCode, reason, finishedAt: now(), ...(inUse ? { message: portProblem.join() } : {}) },
        state: {
          kind: 'waiting',
          reason: 'CrashLoopBackOff',
          message: [
            `back-off ${Math.round(backOffMs / 1000)}s restarting failed container=${containerName}`,
            ...portProblem,
            ...(telling !== undefined ? [`last line: ${telling}`] : []),
          ].join('; '),
        },
      });
      if (inUse && ++portTries < PORT_TRIES) continue;
      await pause(backOffMs);
      backOffMs = Math.min(backOffMs * 2, BACK_OFF_MS.most);
    }
  }

  const whole = live();

  async function end(graceMs: number): Promise<void> {
    stopping.abort();
    await group?.stop(graceMs);
    await whole;
    log.close();
  }

  return {
    name,
    namespace,
    templateHash: input.templateHash,
    image,
    log,
    host: '127.0.0.1',
    port: () => port,
    pid: () => group?.pid,
    isTerminating: () => gone !== undefined,
    readySinceEpochMs: () => readyAt,
    terminate: () => {
      gone ??= (async () => {
        const startedWallMs = Date.now();
        const graceMs = Number(at(object, 'spec', 'terminationGracePeriodSeconds') ?? 30) * 1000;
        store.patch(POD, { namespace, name }, { metadata: { deletionTimestamp: now() } }, 'kubelet');
        await deps.untilDrained(namespace, name);
        if (group?.isAlive()) {
          const hookEnv = { ...deps.baseEnv, ...env, PORT: String(port) };
          await runPreStop(container, { clock, log, env: hookEnv, graceMs, closing: stopping.signal });
        }
        // as Kubernetes has it, preStop is part of the grace period, and 2 s are left to the process where it took all
        await end(Math.max(Math.min(2_000, graceMs), graceMs - (Date.now() - startedWallMs)));
        store.remove(POD, { namespace, name });
      })();
      return gone;
    },
    close: async graceMs => {
      gone ??= Promise.resolve();
      await end(graceMs);
      await gone;
    },
  };
}

import { setTimeout as delay } from 'node:timers/promises';
import type { NewLine } from '../adapters/ledger/ledger.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { Workload } from '../domain/workload.ts';
import type { Publishing } from './aws/cloudwatch-publishing.ts';
import type { Program } from './kubernetes/pod.ts';
import { type Lab, openLab } from './lab.ts';
import { type Load, startLoad } from './load/load.ts';
import { defaultPlan, SLOW_MS, slowMsOf, type Usual, usualOf } from './run-lab-plan.ts';
import { lastWords, untilItFails } from './run-lab-pods.ts';
import { type ReleaseRow, rowOf, watchRelease } from './watch-release.ts';
import { addWorkload, pushImage, StableNotReadyError } from './workload.ts';

/** Of the lab's one workload. */
export const WORKLOAD = 'app';
/** Without --plan: fast enough for a whole release within a minute, slow enough for windows of 1.5 s. */
const COMPRESS_WITHOUT_PLAN = 40;
/** With --plan: a minute of the plan takes a second. */
const COMPRESS_WITH_PLAN = 60;
const REPLICAS = 2;
/** As in the demo, and for its reason: a lab shows the way back, not how late CloudWatch is. */
const PUBLISHING: Publishing = { lateSeconds: 20, growsForSeconds: 10, growFrom: 0.8 };
/** How long stable is watched for what is usual, and the requests that it should have had by then. */
const WATCH = { atLeastMs: 1_500, atMostMs: 5_000, requests: 5 };

export interface RunLabOptions {
  /** Run by the shell in the current directory, with PORT in the environment. */
  stable: string;
  canary: string;
  /** Of any workload: it is run for the lab's own. Absent: one that fits what stable does. */
  plan?: Plan;
  requestsPerSecond: number;
  path: string;
  /** Ready when it answers 2xx or 3xx; absent: ready when the port accepts connections. */
  readyPath?: string;
  compress?: number;
  /** Of the load balancer; absent: a free one. */
  port?: number;
  /** Ends everything at any moment: `runLab` is then rejected with its reason, and no process is left. */
  signal: AbortSignal;
  tell(news: LabNews): void;
  /** The lab is open, before anything runs in it. */
  onOpen?(lab: Lab): void;
  /** Leaves the lab running, with its traffic, until `signal`. */
  keep?: boolean;
}

export type LabNews =
  | { kind: 'open'; url: string; compress: number }
  | { kind: 'stableReady'; replicas: number }
  | { kind: 'planned'; plan: Plan; usual: Usual; slowMs: number }
  /** `secondsIn` on the wall, from the start of the release. */
  | { kind: 'line'; line: NewLine; plan: Plan; secondsIn: number }
  /** What the canary printed last, where the release goes back. */
  | { kind: 'canarySaid'; lines: string[] }
  | { kind: 'ended'; row: ReleaseRow };

/** The lab cannot do what was asked for, by no fault of its own: the message is for the person who asked. */
export class LabInputError extends Error {
  override readonly name = 'LabInputError';
}

/**
 * One release of a person's own two programs on real traffic, from start to end. No process is left behind, however it
 * ends. @throws LabInputError the stable program does not become ready, or the port is taken
 */
export async function runLab(options: RunLabOptions): Promise<ReleaseRow> {
  const { signal } = options;
  signal.throwIfAborted();
  const compress = options.compress ?? (options.plan === undefined ? COMPRESS_WITHOUT_PLAN : COMPRESS_WITH_PLAN);
  const lab = await open(options, compress);
  const loads: Load[] = [];
  try {
    signal.throwIfAborted();
    options.onOpen?.(lab);
    options.tell({ kind: 'open', url: lab.edge.url, compress });
    return await unlessAborted(signal, release(lab, options, loads));
  } finally {
    await lab.close();
    // after the lab: with nothing there to answer, none waits for what is in flight
    await Promise.all(loads.map(load => load.stop()));
  }
}

async function open(options: RunLabOptions, compress: number): Promise<Lab> {
  const idleTimeoutMs = idleMs(compress);
  const port = options.port === undefined ? {} : { port: options.port };
  try {
    return await openLab({ compress, idleTimeoutMs, publishing: PUBLISHING, ...port });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isAboutPort = options.port !== undefined && /EADDRINUSE|EACCES/.test(`${code} ${message}`);
    if (!isAboutPort) throw error;
    const why = /EACCES/.test(`${code} ${message}`) ? 'you may not listen on it' : 'it is in use';
    throw new LabInputError(`the load balancer cannot have port ${options.port}: ${why}`, { cause: error });
  }
}

/**
 * Wall clock until a request that is not answered has failed: an ALB's 60 s, compressed as a plan's times are, so that a
 * canary that hangs is seen soon; but long enough for the kernel to knock three times (after 1, 3 and 7 s) where a
 * program's queue of connections is short.
 */
const idleMs = (compress: number): number => Math.min(60_000, Math.max(8_000, 60_000 / compress));

async function release(lab: Lab, options: RunLabOptions, loads: Load[]): Promise<ReleaseRow> {
  const stable: Program = { command: options.stable };
  const canary: Program = { command: options.canary };
  const workload = await startStable(lab, options, stable);
  options.tell({ kind: 'stableReady', replicas: REPLICAS });
  const send = async (slowMs: number): Promise<Load> => {
    const load = await startLoad({
      url: lab.edge.url,
      path: options.path,
      requestsPerSecond: options.requestsPerSecond,
      timeoutMs: idleMs(lab.clock.spec.compress) + 5_000,
      slowMs,
    });
    loads.push(load);
    if (!options.signal.aborted) return load;
    await load.stop(); // it started while the others were being stopped
    throw options.signal.reason;
  };
  const usual = await watchStable(await send(SLOW_MS), options);
  const plan = planFor(options, usual, lab.clock.spec.compress);
  const slowMs = slowMsIn(plan) ?? slowMsOf(usual);
  options.tell({ kind: 'planned', plan, usual, slowMs });
  await lab.deps.workloads.register({ ...(await lab.deps.workloads.read(WORKLOAD)), plan });
  const load = await send(slowMs);
  const startedMs = performance.now();
  const ended = watchRelease(lab, {
    workload: WORKLOAD,
    signal: options.signal,
    onLine: line => {
      const secondsIn = (performance.now() - startedMs) / 1000;
      options.tell({ kind: 'line', line, plan, secondsIn });
      if (line.fact.kind === 'rollBackClaimed') {
        options.tell({ kind: 'canarySaid', lines: lastWords(lab, canary) });
      }
    },
  });
  pushImage(lab, WORKLOAD, 'canary', canary); // which starts the release, as a push does
  const watched = await ended;
  const report = await load.stop();
  const row = await rowOf(lab, { name: WORKLOAD, workload, release: watched, report });
  options.tell({ kind: 'ended', row });
  if (options.keep === true) {
    await send(slowMs);
    await untilAborted(options.signal);
  }
  return row;
}

async function startStable(lab: Lab, options: RunLabOptions, stable: Program): Promise<Workload> {
  const { plan, readyPath } = options;
  const stop = new AbortController();
  const adding = addWorkload(lab, {
    name: WORKLOAD,
    // until stable was watched; nothing starts a release before
    plan: planFor(options, { failedShare: 0, slowShare: 0 }, lab.clock.spec.compress),
    stable,
    tags: '*',
    replicas: REPLICAS,
    ...(readyPath === undefined ? {} : { readyPath }),
    ...(plan?.preview === undefined ? {} : { previewHeader: plan.preview.header }),
  });
  try {
    return await Promise.race([adding, untilItFails(lab, stable, stop.signal)]);
  } catch (error) {
    adding.catch(() => undefined); // it polls on until the lab is closed under it
    if (!(error instanceof StableNotReadyError)) throw error;
    const said = lastWords(lab, stable);
    const output = said.length === 0 ? ['it printed nothing'] : ['its last lines:', ...said.map(line => `  ${line}`)];
    const wanted =
      readyPath === undefined
        ? 'accepts no connections on its port (PORT)'
        : `does not answer GET ${readyPath} with 2xx`;
    throw new LabInputError([`the stable program ${wanted}: ${options.stable}`, ...output].join('\n'), {
      cause: error,
    });
  } finally {
    stop.abort();
  }
}

async function watchStable(load: Load, { requestsPerSecond, signal }: RunLabOptions): Promise<Usual> {
  const untilRequests = (WATCH.requests / requestsPerSecond) * 1000;
  await delay(Math.min(WATCH.atMostMs, Math.max(WATCH.atLeastMs, untilRequests)), undefined, { signal });
  return usualOf(await load.stop(), `${WORKLOAD}-blue`);
}

function planFor({ plan, requestsPerSecond }: RunLabOptions, usual: Usual, compress: number): Plan {
  if (plan === undefined) return defaultPlan({ workload: WORKLOAD, usual, requestsPerSecond, compress });
  // the lab has one workload and one topic, whatever those of the plan are called
  const notify = plan.notify.map(({ kind, on }) => ({ kind, on }));
  return { ...plan, workload: WORKLOAD, notify };
}

/** The shortest latency that the plan calls slow, in ms. */
function slowMsIn(plan: Plan): number | undefined {
  const seconds = plan.metrics.flatMap(({ source: { measure } }) =>
    measure.kind === 'slowerThan' ? measure.thresholdsSeconds : [],
  );
  return seconds.length === 0 ? undefined : Math.min(...seconds) * 1000;
}

/** What was left running ends with the lab that is closed under it, and nobody listens to how. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

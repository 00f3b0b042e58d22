import type { AppendedLine } from '../adapters/ledger/ledger.ts';
import { BadInputError } from '../domain/errors.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { WorkloadOf } from '../domain/workload.ts';
import type { Publishing } from './aws/cloudwatch-publishing.ts';
import type { Program } from './kubernetes/pod.ts';
import { type Lab, openLab } from './lab.ts';
import { type Load, startLoad } from './load/load.ts';
import { FASTEST, LONGEST_SECONDS, mostPerSecond, type Pacing, paceOf } from './pacing.ts';
import { openLabPrometheus } from './prometheus/lab-prometheus.ts';
import { scrapedMetrics, sourcesAt } from './prometheus/of-plan.ts';
import { prometheusProgram, type RealPrometheus } from './prometheus/real-prometheus.ts';
import { DEFAULT_WORKLOAD, type DefaultPlanOptions, defaultPlan, slowMsOf, type Usual } from './run-lab-plan.ts';
import { lastLogLines, untilItFails } from './run-lab-pods.ts';
import { steadyRate } from './steady-rate.ts';
import { type ReleaseRow, rowOf, watchRelease } from './watch-release.ts';
import { addWorkload, pushImage, StableNotReadyError } from './workload.ts';

const REPLICAS = 2;
/** As in the demo, and for its reason: a lab shows the way back, not how late CloudWatch is. */
const PUBLISHING: Publishing = { lateSeconds: 20, growsForSeconds: 10, growFrom: 0.8 };

export interface RunLabOptions {
  /** Run by the shell in the current directory, with PORT in the environment. */
  stable: string;
  canary: string;
  /** The lab's one workload has the plan's name. Absent: a plan that fits what stable does. */
  plan?: Plan;
  /** In a second of the plan; absent: what the computer sends with ease. */
  requestsPerSecond?: number;
  path: string;
  /** Ready when it answers 2xx or 3xx; absent: ready when the port accepts connections. */
  readyPath?: string;
  compress?: number;
  /** Where the programs expose their metrics, for a plan that reads some of Prometheus; /metrics where absent. */
  metricsPath?: string;
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
  /** `prometheusUrl` where the plan reads metrics of it. */
  | { kind: 'open'; url: string; prometheusUrl?: string }
  | { kind: 'stableReady'; replicas: number }
  /** `most`: what this computer can send in a second; `wanted`: what was to be sent, before stable was found not to keep up. */
  | { kind: 'planned'; plan: Plan; usual: Usual; pacing: Pacing; most: number; wanted: number }
  /** `secondsIn` on the wall, from the start of the release. */
  | { kind: 'line'; line: AppendedLine; plan: Plan; secondsIn: number }
  /** What the canary printed last, where the release goes back. */
  | { kind: 'canarySaid'; lines: string[] }
  | { kind: 'ended'; row: ReleaseRow };

/** The lab cannot do what was asked for, by no fault of its own: the message is for the person who asked. */
export class LabInputError extends BadInputError {
  override readonly name = 'LabInputError';
}

/**
 * One release of a person's own two programs on real traffic, from start to end. No process is left behind, however it
 * ends. @throws LabInputError the stable program does not become ready, or the port is taken
 */
export async function runLab(options: RunLabOptions): Promise<ReleaseRow> {
  const { signal } = options;
  signal.throwIfAborted();
  const most = mostPerSecond();
  const { requestsPerSecond: asked, compress } = options;
  const given = {
    ...(asked === undefined ? {} : { asked }),
    ...(compress === undefined ? {} : { compress }),
  };
  const pacing = paceOf(planFor(options, beforeWatched(asked)), { ...given, most });
  const program = prometheusFor(options);
  const lab = await open(options, pacing.compress, program === undefined ? 0 : BEHIND_MS);
  const loads: Load[] = [];
  let prometheus: RealPrometheus | undefined;
  try {
    signal.throwIfAborted();
    if (program !== undefined) {
      const { metricsPath = '/metrics' } = options;
      prometheus = await openLabPrometheus({
        program,
        clock: lab.clock.spec,
        kubernetes: lab.kubernetes,
        metricsPath,
      });
      signal.throwIfAborted();
    }
    options.onOpen?.(lab);
    options.tell({
      kind: 'open',
      url: lab.edge.url,
      ...(prometheus === undefined ? {} : { prometheusUrl: prometheus.url }),
    });
    return await unlessAborted(signal, release(lab, options, { loads, pacing, most, scraper: prometheus }));
  } finally {
    await prometheus?.close();
    await lab.close();
    // after the lab: with nothing there to answer, none waits for what is in flight
    await Promise.all(loads.map(load => load.stop()));
  }
}

/**
 * Prometheus takes no sample that is more than ten minutes ahead of the wall: the lab's clock, which is faster, starts so far
 * behind that hours of the wall pass until then.
 */
const BEHIND_MS = 10 * 24 * 3_600_000;

/** The program, where the plan reads metrics of it. @throws LabInputError it is not there */
function prometheusFor({ plan }: RunLabOptions): string | undefined {
  const names = plan === undefined ? [] : scrapedMetrics(plan);
  if (names.length === 0) return undefined;
  const program = prometheusProgram();
  if (program !== undefined) return program;
  throw new LabInputError(
    `the plan reads ${names.join(', ')} from Prometheus, and there is none on this computer: install it (apt-get install prometheus), or give its path as PROMETHEUS`,
  );
}

async function open(options: RunLabOptions, compress: number, behindMs: number): Promise<Lab> {
  const idleTimeoutMs = idleMs(compress);
  const port = options.port === undefined ? {} : { port: options.port };
  try {
    return await openLab({ compress, behindMs, idleTimeoutMs, publishing: PUBLISHING, ...port });
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

/** For a plan whose times alone are looked at. @param asked requests in a second of the plan */
const beforeWatched = (asked = Number.POSITIVE_INFINITY): DefaultPlanOptions => ({
  usual: { failedShare: 0, share4xx: 0 },
  perPlanSecond: asked,
  mostMinutes: (LONGEST_SECONDS * FASTEST) / 60,
});

async function release(
  lab: Lab,
  options: RunLabOptions,
  {
    loads,
    pacing,
    most,
    scraper,
  }: { loads: Load[]; pacing: Pacing; most: number; scraper: RealPrometheus | undefined },
): Promise<ReleaseRow> {
  const name = workloadNameOf(options);
  const stable: Program = { command: options.stable };
  const canary: Program = { command: options.canary };
  const workload = await startStable(lab, options, stable, scraper?.url);
  options.tell({ kind: 'stableReady', replicas: REPLICAS });
  const send = async (requestsPerSecond: number, slowMs = Number.POSITIVE_INFINITY): Promise<Load> => {
    const load = await startLoad({
      url: lab.edge.url,
      path: options.path,
      requestsPerSecond,
      timeoutMs: idleMs(lab.clock.spec.compress) + 5_000,
      slowMs,
    });
    loads.push(load);
    if (!options.signal.aborted) return load;
    await load.stop(); // it started while the others were being stopped
    throw options.signal.reason;
  };
  const { requestsPerSecond: sent, usual } = await steadyRate(rate => send(rate), {
    wanted: pacing.sentPerSecond,
    groupName: `${name}-blue`,
    signal: options.signal,
  });
  const plan = planFor(options, {
    usual,
    perPlanSecond: sent / pacing.compress,
    mostMinutes: (LONGEST_SECONDS * pacing.compress) / 60,
  });
  const slowMs = slowMsIn(plan) ?? slowMsOf(usual)[1];
  const { compress, asked, sentPerSecond: wanted } = pacing;
  const paced = paceOf(plan, { compress, most: sent, ...(asked === undefined ? {} : { asked }) });
  options.tell({ kind: 'planned', plan, usual, pacing: paced, most, wanted });
  await lab.deps.workloads.register({ ...(await lab.deps.workloads.read(name)), plan });
  const load = await send(sent, slowMs);
  const startedMs = performance.now();
  const ended = watchRelease(lab, {
    workload: name,
    signal: options.signal,
    onLine: line => {
      const secondsIn = (performance.now() - startedMs) / 1000;
      options.tell({ kind: 'line', line, plan, secondsIn });
      if (line.fact.kind === 'rollBackClaimed') {
        options.tell({ kind: 'canarySaid', lines: lastLogLines(lab, canary) });
      }
    },
  });
  pushImage(lab, name, 'canary', canary); // which starts the release, as a push does
  const watched = await ended;
  const report = await load.stop();
  const row = await rowOf(lab, { name, workload, release: watched, report });
  options.tell({ kind: 'ended', row });
  if (options.keep === true) {
    await send(sent, slowMs);
    await untilAborted(options.signal);
  }
  return row;
}

async function startStable(
  lab: Lab,
  options: RunLabOptions,
  stable: Program,
  prometheusUrl: string | undefined,
): Promise<WorkloadOf<'alb'>> {
  const { plan, readyPath } = options;
  const stop = new AbortController();
  const adding = addWorkload(lab, {
    name: workloadNameOf(options),
    // until stable was watched; nothing starts a release before
    plan: planFor(options, beforeWatched(options.requestsPerSecond)),
    stable,
    tags: '*',
    replicas: REPLICAS,
    ...(readyPath === undefined ? {} : { readyPath }),
    ...(prometheusUrl === undefined ? {} : { sources: sourcesAt(prometheusUrl) }),
    ...(plan?.preview === undefined ? {} : { previewHeader: plan.preview.header }),
  });
  try {
    return await Promise.race([adding, untilItFails(lab, stable, stop.signal)]);
  } catch (error) {
    adding.catch(() => undefined); // it polls on until the lab is closed under it
    if (!(error instanceof StableNotReadyError)) throw error;
    const said = lastLogLines(lab, stable);
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

function planFor({ plan }: RunLabOptions, known: DefaultPlanOptions): Plan {
  if (plan === undefined) return defaultPlan(known);
  // the lab has one topic, whatever those of the plan are called
  const notify = plan.notify.map(({ kind, on }) => ({ kind, on }));
  return { ...plan, notify };
}

/** So that the plan's own name is what commands are given. */
const workloadNameOf = ({ plan }: RunLabOptions): string => plan?.workload ?? DEFAULT_WORKLOAD;

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

import type { Env } from '../adapters/aws-client-config.ts';
import { MetricSourceUnreachableError } from '../adapters/metrics/metric-source.ts';
import { openMetricSources } from '../adapters/metrics/run-registry.ts';
import { serialiseMistakes } from '../adapters/plan-file/mistake.ts';
import { readWorkloadFile } from '../adapters/plan-file/read-plan.ts';
import { readRecordedWindows } from '../adapters/recorded-windows/csv-windows.ts';
import { readPastRelease } from '../adapters/recorded-windows/past-windows.ts';
import type { Slot } from '../domain/dial.ts';
import { otherSlot } from '../domain/dial.ts';
import { oneOf } from '../domain/file/issue.ts';
import { parseDurationSeconds } from '../domain/file/units.ts';
import type { Metric, Plan } from '../domain/plan/plan.ts';
import { isReleaseId } from '../domain/release-id.ts';
import type { RecordedRelease } from '../domain/replay/recorded-release.ts';
import { releaseOfLedger } from '../domain/replay/release-of-ledger.ts';
import { SOURCE_PLANS } from '../domain/sources/plan-registry.ts';
import type { SourcePlanKind } from '../domain/sources/source-plan-kind.ts';
import { FREEZE_AT_LATEST_SECONDS } from '../domain/windows/windows.ts';
import { readLabFile } from '../lab/lab-file.ts';
import { wrong } from './backtest-options.ts';
import { CommandError } from './command-error.ts';
import { type ControlPlaneLocation, openControlPlane } from './control-plane/control-plane.ts';
import { operationsOf } from './control-plane/operations.ts';

export interface Recording {
  /** Names of the metrics of which there are windows. */
  metrics: string[];
  releases(): Iterable<RecordedRelease>;
  count: number;
  /** Of a release from the ledger: the plan that it had. */
  plan?: Plan;
}

export interface InputOptions extends ControlPlaneLocation {
  release?: string | undefined;
  workload?: string | undefined;
  canary?: Slot | undefined;
  since?: string | undefined;
  start?: string | undefined;
  end?: string | undefined;
  window?: string | undefined;
  canaryRevision?: string | undefined;
  stableRevision?: string | undefined;
}

const OF_METRICS = [
  'workload',
  'canary',
  'since',
  'start',
  'end',
  'window',
  'canaryRevision',
  'stableRevision',
] as const;
/** Sources that still say what they said of a window long ago. */
const SOURCES = SOURCE_PLANS.filter(one => one.keepsPast);

/** Opens what `--from` names. @param plan where one is given: its metrics are read @throws CommandError */
export async function openRecording(from: string, options: InputOptions, plan: Plan | undefined): Promise<Recording> {
  const source = SOURCES.find(({ facts }) => facts.kind === from);
  const extra = source === undefined ? OF_METRICS.find(option => options[option] !== undefined) : undefined;
  if (extra !== undefined) {
    const name = `--${extra.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`;
    throw wrong(name, options[extra], `--from ${oneOf(SOURCES.map(({ facts }) => facts.kind))}, which it is for`);
  }
  if (source !== undefined) return fromMetrics(source, options, plan);
  return from === 'ledger' ? fromLedger(options) : fromFile(from, options.release);
}

async function fromFile(file: string, only: string | undefined): Promise<Recording> {
  const read = await readRecordedWindows(file);
  if (read.kind === 'mistake') throw new CommandError(read.message, 'badInput');
  if (only === undefined) return { metrics: read.metrics, releases: read.releases, count: read.names.length };
  if (!read.names.includes(only)) {
    const known = `${read.names.slice(0, 5).join(', ')}${read.names.length > 5 ? ', …' : ''}`;
    throw wrong('--release', only, `a release in ${file}: ${known}`);
  }
  const releases = [...read.releases()].filter(({ name }) => name === only);
  return {
    metrics: releases.flatMap(({ metrics }) => metrics.map(({ name }) => name)),
    releases: () => releases,
    count: 1,
  };
}

async function fromLedger({ release: id, lab, functionPrefix }: InputOptions): Promise<Recording> {
  if (id === undefined || !isReleaseId(id))
    throw wrong('--release', id, 'with --from ledger a release, such as checkout-3');
  const plane = await openControlPlane({ lab, functionPrefix }, process.env);
  try {
    const { entries, windows } = await operationsOf(plane).wholeRelease(id);
    const found = releaseOfLedger(id, entries, windows);
    if (found.kind === 'nothingToJudge') throw new CommandError(found.because, 'badInput');
    const { release, plan } = found;
    return { metrics: release.metrics.map(({ name }) => name), releases: () => [release], count: 1, plan };
  } finally {
    plane.close();
  }
}

/** What is read where no plan says it; none where only a plan's queries say what there is. */
const usualMetrics = ({ facts: { kind }, usualMeasure }: SourcePlanKind): Metric[] =>
  usualMeasure === undefined
    ? []
    : [
        {
          name: 'errors',
          source: { kind, measure: usualMeasure } as Metric['source'],
          judge: { kind: 'relative', max: 1.5, failureLimit: 2, minRequests: 1 },
        },
      ];

async function fromMetrics(source: SourcePlanKind, options: InputOptions, plan: Plan | undefined): Promise<Recording> {
  const { canary } = options;
  const { kind } = source.facts;
  if (options.workload === undefined) throw wrong('--workload', undefined, `with --from ${kind} the workload's file`);
  if (canary === undefined) throw wrong('--canary', undefined, 'blue or green, the slot that was the canary then');
  const target = await readWorkloadFile(options.workload, { loopback: options.lab !== undefined });
  if (target.kind === 'mistakes') throw new CommandError(serialiseMistakes(target.mistakes), 'badInput');
  const metrics = plan?.metrics.filter(metric => metric.source.kind === kind) ?? usualMetrics(source);
  if (metrics.length === 0) {
    const why = plan === undefined ? 'its metrics say what is asked' : `the plan has no metric from ${kind}`;
    throw new CommandError(`--from ${kind} needs a plan (--plan FILE) with such a metric: ${why}`, 'badInput');
  }
  const windowSeconds = windowOf(options.window, plan, source);
  const span = spanOf(options, Date.now());
  const { env, loopback } = whereToAsk(options.lab);
  const { canaryRevision = '', stableRevision = '' } = options;
  if ((canaryRevision === '' || stableRevision === '') && JSON.stringify(metrics).includes('${revision}')) {
    const missing = canaryRevision === '' ? '--canary-revision' : '--stable-revision';
    throw wrong(missing, undefined, 'what ${revision} was then: a query of the plan has it');
  }
  const revisions = { [canary]: canaryRevision, [otherSlot(canary)]: stableRevision } as Record<Slot, string>;
  const wanted = { workload: target.workload, canary, revisions, metrics, windowSeconds, ...span };
  const release = await readPastRelease(openMetricSources(env, { loopback, privateNetworks: 'all' }), wanted).catch(
    (error: unknown) => {
      if (!(error instanceof MetricSourceUnreachableError)) throw error;
      throw new CommandError(error.message, 'unreachable');
    },
  );
  if (release === undefined) throw new CommandError(`the canary (${canary}) had no request in that time`, 'badInput');
  return { metrics: metrics.map(({ name }) => name), releases: () => [release], count: 1 };
}

function windowOf(text: string | undefined, plan: Plan | undefined, { period }: SourcePlanKind): number {
  const seconds = text === undefined ? (plan?.windowSeconds ?? 60) : parseDurationSeconds(text);
  const whole = seconds !== undefined && seconds > 0 && (period === undefined || seconds % period.seconds === 0);
  if (!whole) throw wrong('--window', text, `${period?.inWords ?? 'a duration'}, such as 60s`);
  return seconds;
}

/** The newest windows may still grow, and are left out. */
function spanOf({ since, start, end }: InputOptions, nowEpochMs: number): { startEpochMs: number; endEpochMs: number } {
  const settledEpochMs = nowEpochMs - FREEZE_AT_LATEST_SECONDS * 1000;
  if ((since === undefined) === (start === undefined)) {
    throw wrong('--since', since, 'either --since, such as 24h, or --start (and --end)');
  }
  const sinceSeconds = since === undefined ? 0 : parseDurationSeconds(since);
  if (sinceSeconds === undefined) throw wrong('--since', since, 'a duration, such as 24h');
  const startEpochMs = start === undefined ? nowEpochMs - sinceSeconds * 1000 : instantOf('--start', start);
  const endEpochMs = Math.min(settledEpochMs, end === undefined ? settledEpochMs : instantOf('--end', end));
  if (startEpochMs >= endEpochMs) throw wrong('--end', end, 'a time after the start, at least 3 minutes ago');
  return { startEpochMs, endEpochMs };
}

function instantOf(option: string, text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000;
  const epochMs = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(epochMs)) return epochMs;
  throw wrong(option, text, 'a time such as 2026-11-21T12:00:00Z, or epoch seconds');
}

/** A lab's own endpoints, where one is named; else AWS as the environment has it. */
function whereToAsk(lab: string | undefined): { env: Env; loopback: boolean } {
  if (lab === undefined) {
    const { env } = process;
    return { env: { ...env, AWS_REGION: env.AWS_REGION ?? env.AWS_DEFAULT_REGION }, loopback: false };
  }
  const found = readLabFile(lab);
  if (found.kind === 'found') return { env: found.lab.env, loopback: true };
  throw wrong('--lab', lab, 'the file of a lab that runs');
}

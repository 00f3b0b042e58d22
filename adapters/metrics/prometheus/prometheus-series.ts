import { UnusableError } from '../../../domain/errors.ts';
import type { Window } from '../../../domain/windows/windows.ts';
import { NoAnswerError } from '../../outbound/http-client.ts';
import { type CounterSeries, scrapeEveryMs } from './counter-increase.ts';
import type { Labels, PrometheusApi, Sample } from './prometheus-api.ts';

export interface LabelledSeries extends CounterSeries {
  labels: Labels;
}

/** When and how far back to ask, so that every window has samples around both its ends, and a series what it was before. */
export interface Reach {
  atEpochMs: number;
  rangeSeconds: number;
}

export function reachOf(windows: readonly Window[], windowMs: number): Reach {
  const from = Math.min(...windows.map(({ startEpochMs }) => startEpochMs)) - windowMs;
  // past the end: the scrape that freezes the last window; it may lie in the future, where nothing is yet
  const atEpochMs = Math.max(...windows.map(({ endEpochMs }) => endEpochMs)) + windowMs;
  return { atEpochMs, rangeSeconds: Math.ceil((atEpochMs - from) / 1000) };
}

/** Series of one selector by their samples, without their processes yet. */
export type RawSeries = { labels: Labels; samples: Sample[] }[];

/** Why there are no samples to count, where the server answered all the same. */
export class NoSamplesError extends UnusableError {
  override readonly name = 'NoSamplesError';
}

/**
 * The raw samples of a selector: a range of it at the instant API, never `increase()`, which extrapolates.
 * @throws NoAnswerError  @throws NoSamplesError the answer is not whole, or has no plain numbers
 */
export async function rawSeries(api: PrometheusApi, selector: string, reach: Reach): Promise<RawSeries> {
  const answer = await api.query(`${selector}[${reach.rangeSeconds}s]`, reach.atEpochMs);
  if (answer.kind === 'matrix') return answer.series;
  if (answer.kind === 'noData') throw new NoSamplesError(answer.reason);
  throw new NoAnswerError(`Prometheus answered a ${answer.kind} for the samples of ${selector}`);
}

/** What is known of the processes behind series. */
export interface Processes {
  /** process_start_time_seconds of the same instances: of the same job, where several share an address. */
  starts: RawSeries;
  /** Epoch ms; undefined: it does not say. */
  startedAt(labels: Labels, epochMs: number): number | undefined;
  /** The instant of the last scrape of a target before this one; undefined: it was not scraped before, or no target is named. */
  scrapedBefore(labels: Labels, epochMs: number): number | undefined;
}

/** @throws NoAnswerError  @throws NoSamplesError */
export async function processesOf(api: PrometheusApi, series: RawSeries, reach: Reach): Promise<Processes> {
  const instances = [...new Set(series.flatMap(({ labels }) => labels.instance ?? []))].sort();
  const starts = instances.length === 0 ? [] : await rawSeries(api, startsOf(instances), reach);
  const byTarget = Map.groupBy(starts, ({ labels }) => keyOf(labels));
  const scrapes = scrapesByTarget([...series, ...starts]);
  return {
    starts,
    startedAt: (labels, epochMs) => {
      const samples = byTarget.get(keyOf(labels))?.flatMap(one => one.samples) ?? [];
      const known = samples.filter(({ atEpochMs }) => atEpochMs <= epochMs);
      const latest = known.reduce<Sample | undefined>(
        (best, sample) => (best === undefined || sample.atEpochMs >= best.atEpochMs ? sample : best),
        undefined,
      );
      return latest === undefined || !Number.isFinite(latest.value) ? undefined : latest.value * 1000;
    },
    scrapedBefore: (labels, epochMs) => {
      return scrapes.get(keyOf(labels))?.findLast(instant => instant < epochMs);
    },
  };
}

/** Oldest first, each once: the series of a target share the instants of its scrapes. A sum of targets has none of its own. */
function scrapesByTarget(series: RawSeries): Map<string, number[]> {
  const instants = new Map<string, Set<number>>();
  for (const { labels, samples } of series) {
    if (labels.instance === undefined) continue;
    const own = instants.get(keyOf(labels)) ?? new Set();
    for (const { atEpochMs } of samples) own.add(atEpochMs);
    instants.set(keyOf(labels), own);
  }
  return new Map([...instants].map(([target, own]) => [target, [...own].sort((a, b) => a - b)]));
}

function startsOf(instances: readonly string[]): string {
  const pattern = instances.map(instance => instance.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&')).join('|');
  return `process_start_time_seconds{instance=~${JSON.stringify(pattern)}}`;
}

/** Equal for equal label sets, in whatever order their labels came. */
export const labelsKey = (labels: Labels): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

const keyOf = ({ job = '', instance = '' }: Labels): string => `${job}\n${instance}`;

/** A series that has one sample so far is scraped as often as the others are. @param series from `withBirths` */
export function withProcesses(series: RawSeries, { startedAt }: Processes): LabelledSeries[] {
  const usual = scrapeEveryMs(
    series.reduce<Sample[]>((most, { samples }) => (samples.length > most.length ? samples : most), []),
  );
  return series.map(({ labels, samples }) => {
    const memo = new Map<number, number | undefined>();
    return {
      labels,
      samples,
      name: `${labels.__name__ ?? 'a series'} of ${labels.instance ?? labels.pod ?? 'a series'}`,
      isOneProcess: labels.instance !== undefined || labels.pod !== undefined,
      scrapeEveryMs: scrapeEveryMs(samples) ?? usual ?? 0,
      processStartedAt: epochMs => {
        if (!memo.has(epochMs)) memo.set(epochMs, startedAt(labels, epochMs));
        return memo.get(epochMs);
      },
    };
  });
}

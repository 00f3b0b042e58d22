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

/** The raw samples of a selector: a range of it at the instant API, never `increase()`, which extrapolates. */
export async function rawSeries(api: PrometheusApi, selector: string, reach: Reach): Promise<RawSeries> {
  const answer = await api.query(`${selector}[${reach.rangeSeconds}s]`, reach.atEpochMs);
  if (answer.kind === 'matrix') return answer.series;
  throw new NoAnswerError(`Prometheus answered a ${answer.kind} for the samples of ${selector}`);
}

type StartedAt = (labels: Labels, epochMs: number) => number | undefined;

/** process_start_time_seconds of the same instances: of the same job, where several share an address. */
export async function processStarts(api: PrometheusApi, series: RawSeries, reach: Reach): Promise<StartedAt> {
  const instances = [...new Set(series.flatMap(({ labels }) => labels.instance ?? []))].sort();
  if (instances.length === 0) return () => undefined;
  const pattern = instances.map(instance => instance.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&')).join('|');
  const selector = `process_start_time_seconds{instance=~${JSON.stringify(pattern)}}`;
  const starts = await rawSeries(api, selector, reach);
  const byInstance = Map.groupBy(starts, ({ labels }) => keyOf(labels));
  return (labels, epochMs) => {
    const samples = byInstance.get(keyOf(labels))?.flatMap(one => one.samples) ?? [];
    const known = samples.filter(({ atEpochMs }) => atEpochMs <= epochMs);
    const latest = known.reduce<Sample | undefined>(
      (best, sample) => (best === undefined || sample.atEpochMs >= best.atEpochMs ? sample : best),
      undefined,
    );
    return latest === undefined || !Number.isFinite(latest.value) ? undefined : latest.value * 1000;
  };
}

const keyOf = ({ job = '', instance = '' }: Labels): string => `${job}\n${instance}`;

/** A series that has one sample so far is scraped as often as the others are. */
export function withProcesses(series: RawSeries, startedAt: StartedAt): LabelledSeries[] {
  const usual = scrapeEveryMs(
    series.reduce<Sample[]>((most, { samples }) => (samples.length > most.length ? samples : most), []),
  );
  return series.map(({ labels, samples }) => {
    const memo = new Map<number, number | undefined>();
    return {
      labels,
      samples,
      scrapeEveryMs: scrapeEveryMs(samples) ?? usual ?? 0,
      processStartedAt: epochMs => {
        if (!memo.has(epochMs)) memo.set(epochMs, startedAt(labels, epochMs));
        return memo.get(epochMs);
      },
    };
  });
}

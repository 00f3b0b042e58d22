import { otherSlot, type Slot } from '../../../domain/dial.ts';
import type { PrometheusMeasure } from '../../../domain/sources/prometheus/facts.ts';
import type { Counts, Reading } from '../../../domain/windows/reading.ts';
import type { Settled, Window } from '../../../domain/windows/windows.ts';
import { increaseOver, isSettled } from './counter-increase.ts';
import { type Buckets, bucketsOf, nearestBounds } from './histogram.ts';
import type { PrometheusApi } from './prometheus-api.ts';
import {
  type LabelledSeries,
  processStarts,
  type RawSeries,
  type Reach,
  rawSeries,
  withProcesses,
} from './prometheus-series.ts';

export type CountsMeasure = Extract<PrometheusMeasure, { kind: 'counters' | 'histogram' }>;

/** The reading of a window, and of which versions it can no longer change. */
export interface CountsReading {
  reading: Reading;
  settled?: Settled;
}

/**
 * Makes the reading of each window from raw samples that are fetched once, for both versions at once.
 * @param fill the selector of one slot
 * @throws NoAnswerError
 */
export async function openCounts(
  api: PrometheusApi,
  measure: CountsMeasure,
  canary: Slot,
  reach: Reach,
  fill: (text: string, slot: Slot) => string,
): Promise<(window: Window) => CountsReading> {
  const slots = [canary, otherSlot(canary)] as const;
  const fetchBoth = (text: string) => Promise.all(slots.map(slot => rawSeries(api, fill(text, slot), reach)));
  const isHistogram = measure.kind === 'histogram';
  const [all, bad] = await Promise.all([
    fetchBoth(isHistogram ? measure.buckets : measure.requests),
    isHistogram ? Promise.resolve([[], []]) : fetchBoth(measure.bad),
  ]);
  const problem = problemOf(measure, all.flat(), bad.flat());
  if (problem !== undefined) return () => ({ reading: { kind: 'noData', reason: problem } });
  const startedAt = await processStarts(api, all.flat().concat(bad.flat()), reach);
  const versionOf = (index: number) => ({
    all: withProcesses(all[index] ?? [], startedAt),
    bad: withProcesses(bad[index] ?? [], startedAt),
  });
  const [ofCanary, ofStable] = [versionOf(0), versionOf(1)];
  const counted = isHistogram ? histograms(measure, ofCanary.all, ofStable.all) : counters(ofCanary, ofStable);
  if (typeof counted === 'string') return () => ({ reading: { kind: 'noData', reason: counted } });
  const series = [ofCanary, ofStable].map(version => [...version.all, ...version.bad]);
  const newestEpochMs = Math.max(0, ...series.flat().map(({ samples }) => samples.at(-1)?.atEpochMs ?? 0));
  return window => {
    const settled = (index: number) =>
      newestEpochMs > window.endEpochMs &&
      (series[index] ?? []).every(one => isSettled(one, window.endEpochMs, newestEpochMs));
    const canaryCounts = checked(counted.canary(window));
    const stableCounts = checked(counted.stable(window));
    for (const [role, counts] of [
      ['canary', canaryCounts],
      ['stable', stableCounts],
    ] as const) {
      if (typeof counts === 'string') return { reading: { kind: 'noData', reason: `${role}: ${counts}` } };
    }
    return {
      reading: { kind: 'counts', canary: canaryCounts as Counts | null, stable: stableCounts as Counts | null },
      settled: { canary: settled(0), stable: settled(1) },
    };
  };
}

type Count = (window: Window) => Counts | null;

const sumOver = (series: readonly LabelledSeries[], window: Window): number | null =>
  series.reduce<number | null>((sum, one) => {
    const increase = increaseOver(one, window);
    return increase === null ? sum : (sum ?? 0) + increase;
  }, null);

type Read = { all: LabelledSeries[]; bad: LabelledSeries[] };

function counters(ofCanary: Read, ofStable: Read): { canary: Count; stable: Count } {
  const count =
    ({ all, bad }: Read): Count =>
    window => {
      const requests = sumOver(all, window);
      return requests === null ? null : { requests, bad: [sumOver(bad, window) ?? 0] };
    };
  return { canary: count(ofCanary), stable: count(ofStable) };
}

/** Both versions above the same bounds. A text: why there are none. */
function histograms(
  { thresholdsSeconds }: { thresholdsSeconds: number[] },
  ofCanary: LabelledSeries[],
  ofStable: LabelledSeries[],
): { canary: Count; stable: Count } | string {
  const [canary, stable] = [bucketsOf(ofCanary), bucketsOf(ofStable)];
  const bounds = nearestBounds([...canary, ...stable], thresholdsSeconds);
  if (bounds === undefined) return 'the histogram has no bound below +Inf, or no +Inf, that all its series have';
  const count =
    (buckets: Buckets[]): Count =>
    window => {
      const at = (bound: number) =>
        sumOver(
          buckets.flatMap(byBound => byBound.get(bound) ?? []),
          window,
        );
      const requests = at(Number.POSITIVE_INFINITY);
      if (requests === null) return null;
      const bad = bounds.seconds.map(bound => requests - (at(bound) ?? 0));
      return { requests, bad, ...(bounds.note !== undefined && { note: bounds.note }) };
    };
  return { canary: count(canary), stable: count(stable) };
}

/** A text: why these cannot be counts. */
function checked(counts: Counts | null): Counts | null | string {
  if (counts === null) return null;
  const { requests, bad } = counts;
  const odd = [requests, ...bad].find(count => !Number.isInteger(count) || count < 0);
  if (odd !== undefined) return `a count of ${odd}: not a whole number from 0 on`;
  const more = bad.find(count => count > requests);
  if (more !== undefined) return `${more} bad, but ${requests} requests: the two selectors do not count the same`;
  return counts;
}

/** What is wrong with the series as a whole, where nothing can be counted. */
function problemOf(measure: CountsMeasure, all: RawSeries, bad: RawSeries): string | undefined {
  const selector = measure.kind === 'histogram' ? measure.buckets : measure.requests;
  if (all.length === 0) return `no series of either version matches ${selector}`;
  for (const { labels, samples } of [...all, ...bad]) {
    const odd = samples.find(({ value }) => !Number.isFinite(value));
    if (odd !== undefined) return `${labels.__name__ ?? selector} of ${labels.instance ?? 'a series'} is ${odd.value}`;
  }
  if (measure.kind === 'histogram' || bad.length > 0) return undefined;
  return unknownBad(measure, all);
}

/**
 * No bad series: nothing bad has happened yet, where the selector asks for labels that the requests have. Where it asks for
 * another metric, or for a label that no request has, it may as well be misspelt: nothing is known.
 */
function unknownBad(
  { requests, bad }: Extract<CountsMeasure, { kind: 'counters' }>,
  all: RawSeries,
): string | undefined {
  const nameOf = (selector: string) => /^\s*([\w:]+)/.exec(selector)?.[1];
  if (nameOf(bad) !== nameOf(requests)) {
    return `no series matches ${bad}, and it is not known that it would be there at 0: count it as a label of ${nameOf(requests)}, or publish it from the start`;
  }
  const missing = labelsIn(bad).find(label => !all.some(({ labels }) => Object.hasOwn(labels, label)));
  return missing === undefined
    ? undefined
    : `no series of ${nameOf(bad)} has a label ${missing}, which ${bad} asks for`;
}

/** The names of the labels that a selector asks for. */
const labelsIn = (selector: string): string[] =>
  [
    ...selector
      .replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, '""')
      .matchAll(/([A-Za-z_]\w*)\s*(?:=~|!~|!=|=)/g),
  ].flatMap(([, name]) => name ?? []);

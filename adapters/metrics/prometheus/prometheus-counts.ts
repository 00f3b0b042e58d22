import { otherSlot, type Slot } from '../../../domain/dial.ts';
import type { PrometheusMeasure } from '../../../domain/sources/prometheus/facts.ts';
import type { Counts, Reading } from '../../../domain/windows/reading.ts';
import type { Settled, Window } from '../../../domain/windows/windows.ts';
import { withBirths } from './births.ts';
import { type Increase, increaseOver, isSettled } from './counter-increase.ts';
import { type Buckets, bucketsOf, nearestBounds } from './histogram.ts';
import type { PrometheusApi } from './prometheus-api.ts';
import {
  type LabelledSeries,
  NoSamplesError,
  processesOf,
  type RawSeries,
  type Reach,
  rawSeries,
  withProcesses,
} from './prometheus-series.ts';
import { withoutReplicas } from './replicas.ts';

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
export async function prometheusCounts(
  ...asked: Parameters<typeof readCounts>
): Promise<(window: Window) => CountsReading> {
  try {
    return await readCounts(...asked);
  } catch (error) {
    if (!(error instanceof NoSamplesError)) throw error;
    return () => noData(error.message);
  }
}

const noData = (reason: string): CountsReading => ({ reading: { kind: 'noData', reason } });

async function readCounts(
  api: PrometheusApi,
  measure: CountsMeasure,
  canary: Slot,
  reach: Reach,
  fill: (text: string, slot: Slot) => string,
): Promise<(window: Window) => CountsReading> {
  const isHistogram = measure.kind === 'histogram';
  const allOf = (slot: Slot) => fill(isHistogram ? measure.buckets : measure.requests, slot);
  const badOf = (slot: Slot) => (isHistogram ? undefined : fill(measure.bad, slot));
  const fetched = await Promise.all(
    [canary, otherSlot(canary)].map(async slot => {
      const bad = badOf(slot);
      const [ofAll, ofBad] = await Promise.all([
        rawSeries(api, allOf(slot), reach),
        bad === undefined ? [] : rawSeries(api, bad, reach),
      ]);
      return { slot, all: ofAll, bad: ofBad };
    }),
  );
  const all = fetched.flatMap(version => version.all);
  const problem = problemOf(
    measure,
    all,
    fetched.flatMap(version => version.bad),
  );
  if (problem !== undefined) return () => noData(problem);
  const processes = await processesOf(
    api,
    fetched.flatMap(version => [...version.all, ...version.bad]),
    reach,
  );
  const notes = new Set<string>();
  const counterOf = async (selector: string | undefined, series: RawSeries): Promise<LabelledSeries[]> => {
    if (selector === undefined || series.length === 0) return [];
    const once = withoutReplicas(series, processes.starts);
    if (once.note !== undefined) notes.add(once.note);
    return withProcesses(await withBirths(api, selector, once.series, processes, reach), processes);
  };
  const [ofCanary, ofStable] = await Promise.all(
    fetched.map(
      async ({ slot, all: ofAll, bad }): Promise<Read> => ({
        all: await counterOf(allOf(slot), ofAll),
        bad: await counterOf(badOf(slot), bad),
      }),
    ),
  );
  if (ofCanary === undefined || ofStable === undefined) throw new TypeError('two versions are read');
  const counted = isHistogram ? histograms(measure, ofCanary.all, ofStable.all) : counters(ofCanary, ofStable);
  if (typeof counted === 'string') return () => noData(counted);
  const series = [ofCanary, ofStable].map(version => [...version.all, ...version.bad]);
  const newestEpochMs = Math.max(0, ...series.flat().map(({ samples }) => samples.at(-1)?.atEpochMs ?? 0));
  return window => {
    const settled = (index: number) =>
      newestEpochMs > window.endEpochMs &&
      (series[index] ?? []).every(one => isSettled(one, window.endEpochMs, newestEpochMs));
    const canaryCounts = checked(counted.canary(window), notes);
    const stableCounts = checked(counted.stable(window), notes);
    if (typeof canaryCounts === 'string') return noData(`canary: ${canaryCounts}`);
    if (typeof stableCounts === 'string') return noData(`stable: ${stableCounts}`);
    return {
      reading: { kind: 'counts', canary: canaryCounts, stable: stableCounts },
      settled: { canary: settled(0), stable: settled(1) },
    };
  };
}

/** A text: why it is not known. */
type Count = (window: Window) => Counts | null | string;

function sumOver(series: readonly LabelledSeries[], window: Window): Increase {
  let sum: number | null = null;
  for (const one of series) {
    const increase = increaseOver(one, window);
    if (typeof increase === 'string') return increase;
    if (increase !== null) sum = (sum ?? 0) + increase;
  }
  return sum;
}

type Read = { all: LabelledSeries[]; bad: LabelledSeries[] };

function counters(ofCanary: Read, ofStable: Read): { canary: Count; stable: Count } {
  const count =
    ({ all, bad }: Read): Count =>
    window => {
      const requests = sumOver(all, window);
      if (typeof requests !== 'number') return requests;
      const failed = sumOver(bad, window) ?? 0;
      return typeof failed === 'string' ? failed : { requests, bad: [failed] };
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
      if (typeof requests !== 'number') return requests;
      const bad: number[] = [];
      for (const bound of bounds.seconds) {
        const within = at(bound) ?? 0;
        if (typeof within === 'string') return within;
        bad.push(requests - within);
      }
      return { requests, bad, ...(bounds.note !== undefined && { note: bounds.note }) };
    };
  return { canary: count(canary), stable: count(stable) };
}

/** A text: why these cannot be counts. @param notes of the series, added to what the counts say of themselves */
function checked(counts: Counts | null | string, notes: ReadonlySet<string>): Counts | null | string {
  if (counts === null || typeof counts === 'string') return counts;
  const { requests, bad } = counts;
  const odd = [requests, ...bad].find(count => !Number.isInteger(count) || count < 0);
  if (odd !== undefined) return `a count of ${odd}: not a whole number from 0 on`;
  const more = bad.find(count => count > requests);
  if (more !== undefined) return `${more} bad, but ${requests} requests: the two selectors do not count the same`;
  const note = [counts.note ?? [], ...notes].flat().join('; ');
  return note === '' ? counts : { ...counts, note };
}

/** What is wrong with the series as a whole, where nothing can be counted. */
function problemOf(measure: CountsMeasure, all: RawSeries, bad: RawSeries): string | undefined {
  const selector = measure.kind === 'histogram' ? measure.buckets : measure.requests;
  if (all.length === 0) return `no series of either version matches ${selector}`;
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

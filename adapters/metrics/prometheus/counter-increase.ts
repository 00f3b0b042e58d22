import type { Window } from '../../../domain/windows/windows.ts';
import type { Sample } from './prometheus-api.ts';

/** The raw samples of one counter of one process, oldest first, and when its process was started as of each of them. */
export interface CounterSeries {
  samples: readonly Sample[];
  /** Epoch ms by the sample's instant; undefined where the process does not say. */
  processStartedAt(sampleEpochMs: number): number | undefined;
  /** Between two scrapes of it, in ms. */
  scrapeEveryMs: number;
  /** Whose counter it is, for a sentence. */
  name: string;
  /** Its process is known by what it says of itself: a counter that falls there has been started anew. */
  isOneProcess: boolean;
}

/** A number; null: the series has no sample for this window; a text: why it is not known. */
export type Increase = number | null | string;

/**
 * The exact increase of a counter over a window, between the scrapes nearest to the window's ends: neighbouring windows
 * share a scrape, so that nothing is counted twice and nothing is lost.
 * - A counter that fell, or whose process was started anew between two samples, began again at 0. One that fell in a process
 *   that was not, or in a sum of processes, counts something else than events: nothing is known of that window.
 * - A series that has gone ends with its last sample; one that comes back after a gap brings the gap's increase then.
 * - A series born inside is counted from 0 if its process was started inside, not before the scrape interval that the window
 *   begins in. Of any other nobody knows when it counted what it began with: nothing is known of that window.
 */
export function increaseOver(series: CounterSeries, window: Window): Increase {
  const { samples, scrapeEveryMs } = series;
  const from = boundary(series, window.startEpochMs);
  const to = boundary(series, window.endEpochMs);
  if (to === undefined) return null;
  const [first, last] = [samples[0], samples[to]];
  // not scraped in this window at all: nothing is known of it, which is not 0
  if (first === undefined || last === undefined || last.atEpochMs < window.startEpochMs) return null;
  const odd = samples.slice(from ?? 0, to + 1).find(({ value }) => !Number.isFinite(value));
  if (odd !== undefined) return `${series.name} is ${odd.value} at ${clockText(odd.atEpochMs)}`;
  let increase = 0;
  if (from === undefined) {
    const started = series.processStartedAt(first.atEpochMs);
    if (started !== undefined && started > window.startEpochMs - scrapeEveryMs) increase = first.value;
    else if (first.value !== 0) return bornUnknown(series, first);
  }
  for (let index = (from ?? 0) + 1; index <= to; index += 1) {
    const [before, after] = [samples[index - 1], samples[index]];
    if (before === undefined || after === undefined) break;
    const isNew = startedAnew(series, before, after);
    if (after.value < before.value && isNew !== true && (isNew === false || !series.isOneProcess)) {
      return `${series.name} fell from ${before.value} to ${after.value} at ${clockText(after.atEpochMs)}, and no process was started anew: it is no plain counter`;
    }
    increase += isNew === true || after.value < before.value ? after.value : after.value - before.value;
  }
  return wholeOf(increase);
}

const clockText = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(11, 19)}Z`;

const bornUnknown = ({ name }: CounterSeries, { value, atEpochMs }: Sample): string =>
  `${name} is first seen at ${clockText(atEpochMs)} with ${value}, and nothing says since when it has counted them`;

/** Counters are floats, also after a multiplication: 20.000000000000004 is 20. */
const CLOSE_TO_WHOLE = 1e-6;

function wholeOf(value: number): number {
  const whole = Math.round(value);
  return Math.abs(value - whole) <= CLOSE_TO_WHOLE * Math.max(1, Math.abs(whole)) ? whole : value;
}

/** A process tells its start in seconds, and some compute it anew at each scrape: less than a second apart is one start. */
const SAME_START_MS = 1_000;

/** Undefined: the process does not say when it was started. */
function startedAnew(series: CounterSeries, before: Sample, after: Sample): boolean | undefined {
  const [one, other] = [series.processStartedAt(before.atEpochMs), series.processStartedAt(after.atEpochMs)];
  return one === undefined || other === undefined ? undefined : other - one > SAME_START_MS;
}

/**
 * The index of the sample that stands for this instant: the nearest of the two around it, or, over a gap of scrapes, the one
 * before. Before the first sample there is none. It is the same whoever asks once a sample after the instant exists.
 */
function boundary({ samples, scrapeEveryMs }: CounterSeries, epochMs: number): number | undefined {
  const after = samples.findIndex(sample => sample.atEpochMs > epochMs);
  const before = after < 0 ? samples.length - 1 : after - 1;
  const [one, other] = [samples[before], samples[after]];
  if (one === undefined) return undefined;
  if (other === undefined || other.atEpochMs - one.atEpochMs > 2 * scrapeEveryMs) return before;
  return other.atEpochMs - epochMs < epochMs - one.atEpochMs ? after : before;
}

/**
 * Whether the series cannot change any more what it says of a window that ends at this instant: it has a sample past it, or
 * it has gone: three scrapes have passed in which others had samples and it had none.
 * @param newestEpochMs of all the samples that were read
 */
export function isSettled(
  { samples, scrapeEveryMs }: CounterSeries,
  endEpochMs: number,
  newestEpochMs: number,
): boolean {
  const last = samples.at(-1);
  if (last === undefined || last.atEpochMs > endEpochMs) return true;
  return newestEpochMs > endEpochMs && newestEpochMs - last.atEpochMs > 3 * scrapeEveryMs;
}

/** The median distance of the samples of a series; undefined for a single one. */
export function scrapeEveryMs(samples: readonly Sample[]): number | undefined {
  const gaps = samples.slice(1).map((sample, index) => sample.atEpochMs - (samples[index]?.atEpochMs ?? 0));
  return gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)];
}

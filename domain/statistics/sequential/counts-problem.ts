import { UnusableError } from '../../errors.ts';

/** Counts that cannot be judged: nobody knows what they mean, and guessing could promote a bad release. */
export class BadCountsError extends UnusableError {
  override readonly name = 'BadCountsError';
  readonly metric: string;
  constructor(metric: string, message: string) {
    super(message);
    this.metric = metric;
  }
}

export interface VersionCounts {
  requests: number;
  bad: readonly number[];
}

export interface CountedWindow {
  metric: string;
  startEpochMs: number;
  endEpochMs: number;
  canary: VersionCounts | null;
  stable: VersionCounts | null;
}

/** Sums of a thousand counts are still whole numbers below 2^53, which are exact. */
const MOST = 2 ** 43 - 1;

/** What is wrong with a window's counts, as a sentence that names the metric, the window and the value; or undefined. */
export function countsProblem(window: CountedWindow, thresholds: number): string | undefined {
  const { startEpochMs, endEpochMs } = window;
  const problem =
    !Number.isFinite(startEpochMs) || !Number.isFinite(endEpochMs) || endEpochMs <= startEpochMs
      ? 'its end is not after its start'
      : (problemOf('canary', window.canary, thresholds) ?? problemOf('stable', window.stable, thresholds));
  return problem === undefined ? undefined : `${windowText(window)}: ${problem}`;
}

type Named = Omit<CountedWindow, 'canary' | 'stable'>;

/** "errors, window 2026-11-21T12:00:00Z to 2026-11-21T12:01:00Z" */
export const windowText = (window: Named): string => `${window.metric}, window ${spanText(window)}`;

export const spanText = ({ startEpochMs, endEpochMs }: Omit<Named, 'metric'>): string =>
  `${timeText(startEpochMs)} to ${timeText(endEpochMs)}`;

function timeText(epochMs: number): string {
  if (!Number.isFinite(epochMs) || Math.abs(epochMs) > 8.64e15) return String(epochMs);
  return new Date(epochMs).toISOString().replace('.000Z', 'Z');
}

function problemOf(version: string, counts: VersionCounts | null, thresholds: number): string | undefined {
  if (counts === null) return undefined;
  const { requests, bad } = counts;
  const notACount = (what: string, value: number) =>
    `${version} ${what} ${value}, expected a whole number from 0 to ${MOST}`;
  if (!isCount(requests)) return notACount('requests are', requests);
  if (bad.length !== thresholds) {
    return `${version} has ${bad.length} counts of bad requests, expected ${thresholds}`;
  }
  for (const value of bad) {
    if (!isCount(value)) return notACount('bad requests are', value);
    if (value > requests) return `${version} bad requests are ${value}, more than its ${requests} requests`;
  }
  return undefined;
}

const isCount = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MOST;

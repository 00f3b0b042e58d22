import type { Measurement } from './context.ts';
import type { Turn } from './turns.ts';

/** What Argo Rollouts keeps of a metric's measurements (analysis/analysis.go, runMeasurements). */
export interface Tally {
  /** Those that count, oldest first: with `count`, those after the last one wanted are left out. */
  measurements: Measurement[];
  successful: number;
  failed: number;
  inconclusive: number;
  /** Errors since the last measurement that was none: any other phase sets it back to 0. */
  consecutiveErrors: number;
  /** Successes since the last measurement that was none, or that is still open: any other phase sets it back to 0. */
  consecutiveSuccesses: number;
  /** Successful + failed + inconclusive: an error is not a measurement that was done. */
  done: number;
}

/** More windows in a row than this without evidence: what was seen before is too old. Argo's consecutiveErrorLimit. */
export const WITHOUT_EVIDENCE_LIMIT = 4;

/** How many of the last measurements in a row were no evidence. */
export const withoutEvidence = (measurements: readonly Measurement[]): number =>
  measurements.length - 1 - measurements.findLastIndex(isEvidence);

/** The n-th that failed, from 1: there must be so many. */
export const nthFailed = (measurements: readonly Measurement[], n: number): Measurement =>
  measurements.filter(({ phase }) => phase === 'failed')[n - 1] as Measurement;

export const isEvidence = ({ phase }: Measurement): boolean => phase === 'successful' || phase === 'failed';

/** When Argo takes no more measurements of a metric. */
export interface TallyLimits {
  /** So many are done. */
  count?: number | undefined;
  /** So many in a row were good (consecutiveSuccessLimit, since v1.8); 0: no such limit. */
  consecutiveSuccesses?: number | undefined;
}

/**
 * Counts measurements as Argo Rollouts does: errors are not counted as done and only matter in a row; when `count` are
 * done, or enough in a row were good, no more are taken. While an earlier window is still open it might turn out to be a
 * measurement or not: whatever comes after it counts only if it would either way. So a failure that was counted once is
 * counted for ever.
 */
export function tally(
  turns: readonly Turn[],
  measure: (turn: Turn & { kind: 'window' }) => Measurement | undefined,
  limits: TallyLimits = {},
): Tally {
  const sums: Tally = {
    ...{ measurements: [], successful: 0, failed: 0, inconclusive: 0, done: 0 },
    ...{ consecutiveErrors: 0, consecutiveSuccesses: 0 },
  };
  const { count = Number.POSITIVE_INFINITY, consecutiveSuccesses = 0 } = limits;
  const inARow = consecutiveSuccesses === 0 ? Number.POSITIVE_INFINITY : consecutiveSuccesses;
  let open = 0;
  /** Those in a row that were good, or may turn out to be. */
  let perhapsGood = 0;
  for (const turn of turns) {
    if (sums.done + open >= count) break;
    if (perhapsGood >= inARow) break;
    if (turn.kind === 'open') {
      open += 1;
      perhapsGood += 1;
      sums.consecutiveSuccesses = 0;
      if (turn.missed) add(sums, { ...turn.window, phase: 'error', because: 'the window was not read' });
      continue;
    }
    const measurement = measure(turn);
    if (measurement === undefined) continue;
    add(sums, measurement);
    perhapsGood = measurement.phase === 'successful' ? perhapsGood + 1 : 0;
  }
  return sums;
}

function add(sums: Tally, measurement: Measurement): void {
  sums.measurements.push(measurement);
  sums.consecutiveSuccesses = measurement.phase === 'successful' ? sums.consecutiveSuccesses + 1 : 0;
  if (measurement.phase === 'error') {
    sums.consecutiveErrors += 1;
    return;
  }
  sums[measurement.phase] += 1;
  sums.consecutiveErrors = 0;
  sums.done += 1;
}

import type { WindowRecord } from '../windows/reading.ts';
import type { JudgementContext, Measurement } from './context.ts';
import {
  type FrozenTurn,
  type MeasurementDue,
  settledTurns,
  type Timing,
  type TurnPlace,
  turnsOf,
} from './measurements-due.ts';

/** What Argo Rollouts keeps of a metric's measurements (analysis/analysis.go, runMeasurements). Plain JSON. */
export interface Tally {
  /** Those that count, oldest first, since it was kept last: with `count`, those after the last one wanted are left out. */
  measurements: Measurement[];
  /** How many there were in all. */
  taken: number;
  successful: number;
  failed: number;
  inconclusive: number;
  /** Errors since the last measurement that was none: any other phase sets it back to 0. */
  consecutiveErrors: number;
  /** Successes since the last measurement that was none, or that is still open: any other phase sets it back to 0. */
  consecutiveSuccesses: number;
  /** Successful + failed + inconclusive: an error is not a measurement that was done. */
  done: number;
  /** How many of the last measurements in a row were no evidence. */
  withoutEvidence: number;
  last?: Measurement;
  /** The last that was evidence. */
  lastEvidence?: Measurement;
  /** The failed one that is one too many (`TallyLimits.failures`). */
  decisive?: Measurement;
  /** Nothing is said about the last window, which is not the same as having no data. */
  silent: boolean;
}

/** More windows in a row than this without evidence: what was seen before is too old. Argo's consecutiveErrorLimit. */
export const WITHOUT_EVIDENCE_LIMIT = 4;

const isEvidence = ({ phase }: Measurement): boolean => phase === 'successful' || phase === 'failed';

/** When Argo takes no more measurements of a metric. */
export interface TallyLimits {
  /** So many are done. */
  count?: number | undefined;
  /** So many in a row were good (consecutiveSuccessLimit, since v1.8); 0: no such limit. */
  consecutiveSuccesses?: number | undefined;
  /** The first that is too many of those that failed; 0: any number is allowed. */
  failures?: number | undefined;
}

/** How a metric is measured and counted. */
export interface Counted {
  timing: Timing;
  /** undefined: nothing is said about this window. */
  measure(record: WindowRecord): Measurement | undefined;
  limits: TallyLimits;
}

/** A tally of turns that are settled, and where the rest begins. Plain JSON. */
export interface FoldedTurns {
  place: TurnPlace;
  tally: Tally;
}

/** All turns until now. @param before absent: from the first one on */
export const tallyOf = (
  counted: Counted,
  records: readonly WindowRecord[],
  context: JudgementContext,
  before?: FoldedTurns,
): Tally => tally(turnsOf(records, context, counted.timing, before?.place), counted, before?.tally);

/** Those that are settled by the windows that begin before `untilEpochMs`. @throws RangeError one of those is not frozen */
export function foldTurns(
  counted: Counted,
  records: readonly WindowRecord[],
  context: JudgementContext,
  untilEpochMs: number,
  before?: FoldedTurns,
): FoldedTurns {
  const { turns, place } = settledTurns(records, context, counted.timing, { untilEpochMs, from: before?.place });
  return { place, tally: { ...tally(turns, counted, before?.tally), measurements: [] } };
}

const emptyTally = (): Tally => ({
  ...{ measurements: [], taken: 0, successful: 0, failed: 0, inconclusive: 0, done: 0 },
  ...{ consecutiveErrors: 0, consecutiveSuccesses: 0, withoutEvidence: 0, silent: false },
});

/**
 * Counts measurements as Argo Rollouts does: errors are not counted as done and only matter in a row; when `count` are
 * done, or enough in a row were good, no more are taken. While an earlier window is still open it might turn out to be a
 * measurement or not: whatever comes after it counts only if it would either way. So a failure that was counted once is
 * counted for ever.
 * @param before of turns of which none was open
 */
function tally(
  turns: readonly (MeasurementDue | FrozenTurn)[],
  { measure, limits }: Counted,
  before: Tally = emptyTally(),
): Tally {
  const sums: Tally = { ...before, measurements: [] };
  const { count = Number.POSITIVE_INFINITY, consecutiveSuccesses = 0, failures = 0 } = limits;
  const inARow = consecutiveSuccesses === 0 ? Number.POSITIVE_INFINITY : consecutiveSuccesses;
  let open = 0;
  /** Those in a row that were good, or may turn out to be. */
  let perhapsGood = sums.consecutiveSuccesses;
  for (const turn of turns) {
    if (sums.done + open >= count) break;
    if (perhapsGood >= inARow) break;
    if (turn.kind === 'open') {
      open += 1;
      perhapsGood += 1;
      sums.consecutiveSuccesses = 0;
      if (turn.missed) add(sums, { ...turn.window, phase: 'error', because: 'the window was not read' }, failures);
      continue;
    }
    const measurement = measure(turn.record);
    sums.silent = measurement === undefined;
    if (measurement === undefined) continue;
    add(sums, measurement, failures);
    perhapsGood = measurement.phase === 'successful' ? perhapsGood + 1 : 0;
  }
  return sums;
}

function add(sums: Tally, measurement: Measurement, failures: number): void {
  sums.measurements.push(measurement);
  sums.taken += 1;
  sums.last = measurement;
  sums.consecutiveSuccesses = measurement.phase === 'successful' ? sums.consecutiveSuccesses + 1 : 0;
  sums.withoutEvidence = isEvidence(measurement) ? 0 : sums.withoutEvidence + 1;
  if (isEvidence(measurement)) sums.lastEvidence = measurement;
  if (measurement.phase === 'error') {
    sums.consecutiveErrors += 1;
    return;
  }
  sums[measurement.phase] += 1;
  sums.consecutiveErrors = 0;
  sums.done += 1;
  if (measurement.phase === 'failed' && sums.failed === failures) sums.decisive = measurement;
}

import { hasHadTurn, placeInMinute } from '../../domain/release/turn.ts';

/** What is done for a workload again and again, and every how many minutes. */
const EVERY_MINUTES = {
  /** Looks for pushes that no event announced. */
  pushes: 5,
  /** Reads the log of a workload at rest, whatever the list of open releases says. */
  log: 60,
  /** Calls a function in a VPC, which Lambda would put to sleep after idle weeks. */
  awake: 60,
  /** Tells a person what only they can mend. */
  telling: 1_440,
} as const;
type Round = keyof typeof EVERY_MINUTES;

/**
 * What one process remembers from pass to pass: when what was done for which workload. It is no state: a process that has just
 * begun does everything once, and then again at each workload's own minute.
 */
export class Rounds {
  private readonly doneAtEpochMs = new Map<string, number>();
  private readonly triedAtEpochMs = new Map<string, number>();

  isDue(round: Round, workload: string, nowEpochMs: number): boolean {
    const lastEpochMs = this.doneAtEpochMs.get(`${round} ${workload}`);
    return hasHadTurn(workload, EVERY_MINUTES[round], { lastEpochMs, nowEpochMs });
  }

  /** What failed is not done: it is due in the next pass again. */
  done(round: Round, workload: string, nowEpochMs: number): void {
    this.doneAtEpochMs.set(`${round} ${workload}`, nowEpochMs);
  }

  tried(workload: string, nowEpochMs: number): void {
    this.triedAtEpochMs.set(workload, nowEpochMs);
  }

  /** Those first whose last try is the longest ago, so that whom a pass had no time for is the first of the next. */
  inTurn<T>(all: readonly T[], nameOf: (one: T) => string, nowEpochMs: number): T[] {
    const lastOf = (one: T) => this.triedAtEpochMs.get(nameOf(one)) ?? Number.NEGATIVE_INFINITY;
    const placeOf = (one: T) => placeInMinute(nameOf(one), nowEpochMs);
    // compared, not subtracted: two that were never tried are minus infinity both
    const compare = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0);
    return all.toSorted((a, b) => compare(lastOf(a), lastOf(b)) || compare(placeOf(a), placeOf(b)));
  }
}

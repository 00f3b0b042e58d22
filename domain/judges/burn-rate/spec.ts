/** An SLO's error budget: rolls back where the canary burns it too fast over a long and over a short time. */
export interface BurnRateJudgeSpec {
  kind: 'burnRate';
  /** Share of good requests that the SLO asks for, between 0 and 1. */
  objective: number;
  /** The time that the SLO is kept over. */
  overSeconds: number;
  windows: BurnWindow[];
  /** With fewer canary requests in the long window a pair says nothing. */
  minRequests: number;
}

/** Both are burnt faster than the budget's share allows: roll back. Multiples of the plan's window. */
export interface BurnWindow {
  longSeconds: number;
  /** Tells whether it still burns. */
  shortSeconds: number;
  /** The share of the whole budget, 0 to 1, that the long window may burn. */
  budget: number;
}

/**
 * How many times as fast as the SLO allows the budget may burn: 14.4 for 2 % of 30 days' budget in an hour. It is rounded so
 * that a decimal that the plan means is the one that is compared with.
 */
export const burnRateAllowed = ({ longSeconds, budget }: BurnWindow, overSeconds: number): number =>
  Number(((budget * overSeconds) / longSeconds).toPrecision(12));

/** The share of bad requests at which it burns as fast as that: 1.44 % at 14.4 times the 0.1 % that may be bad. */
export const badShareAllowed = (
  window: BurnWindow,
  { objective, overSeconds }: Pick<BurnRateJudgeSpec, 'objective' | 'overSeconds'>,
): number => Number((burnRateAllowed(window, overSeconds) * (1 - objective)).toPrecision(12));

/** What one judge did: sums over the releases, so that parts can be added. */
export interface Tally {
  releases: number;
  rolledBack: number;
  /** Rolled back after the first window, after the second, the third … (`FIRST_WINDOWS` of them). */
  early: number[];
  /** Canary requests until the roll back or the end, and the sum of their squares. */
  canaryRequests: number;
  canaryRequestsSquared: number;
  /** Failed requests until then beyond those that the stable version would have had in the canary's place, expected. */
  excess: number;
}

export const FIRST_WINDOWS = 3;

export const newTally = (): Tally => ({
  releases: 0,
  rolledBack: 0,
  early: new Array<number>(FIRST_WINDOWS).fill(0),
  canaryRequests: 0,
  canaryRequestsSquared: 0,
  excess: 0,
});

export const addTallies = (a: Tally, b: Tally): Tally => ({
  releases: a.releases + b.releases,
  rolledBack: a.rolledBack + b.rolledBack,
  early: a.early.map((count, i) => count + (b.early[i] ?? 0)),
  canaryRequests: a.canaryRequests + b.canaryRequests,
  canaryRequestsSquared: a.canaryRequestsSquared + b.canaryRequestsSquared,
  excess: a.excess + b.excess,
});

export const rolledBackPercent = ({ rolledBack, releases }: Tally): number => (100 * rolledBack) / releases;

/** Excess failed requests a release. */
export const excessOf = ({ excess, releases }: Tally): number => excess / releases;

import type { StartWeights } from './e-channel.ts';

/**
 * The constants of the sequential detector, reachable by name so that results stay comparable when another profile finds
 * more at the same promise. Where each comes from: docs/statistics.md, by its letter.
 */
export interface Profile extends StartWeights {
  name: string;
  /** (a) Alternatives as multiples of the margin, and how likely each is taken to be; the prior sums to 1. */
  alternatives: readonly number[];
  prior: readonly number[];
  /** (a) Start weights of an E-channel that has no S-channel beside it: averages, ceilings, floors. */
  alone: StartWeights;
  /**
   * (a) The part of the S-channel's alpha that may be spent by window k: rises to 1.
   * @param expectedBad the canary's bad requests that the null's edge makes of the windows so far, over their inflation
   */
  spending(k: number, horizonWindows: number, expectedBad: number): number;
  /** (a) How alpha is shared between the channels; they add up to 1. */
  eShare: number;
  sShare: number;
  /** (b) The part of a metric's alpha that its ceiling gets; the comparison keeps the rest. */
  ceilingShare: number;
  /** (b) `auto`: confidence of the bound, windows of the stable version it is taken from, failures it must leave room for. */
  autoCeiling: { confidence: number; windows: number; leastFailures: number };
  /** (c) Above this share of slow answers, and with margin 1, the Bernoulli form is the sharper one. */
  bernoulliFromShare: number;
  /** (d) The canary's share may be this part smaller than its weight, and at which alpha that is held against the traffic. */
  trafficShare: { slack: number; alpha: number; alternatives: readonly number[]; phi: number };
  /** (e) Alternatives as ratios to the stable version, all below the margin of non-inferiority. */
  nonInferiority: { alternatives: readonly number[]; prior: readonly number[] };
  /**
   * (g) Noise per window between equal versions; dispersion where it is not known; windows from which it is estimated, and
   * by what its excess over 1 is multiplied: an estimate from few clumps is more often too small than too large.
   */
  guard: { tau: number; assumedPhi: number; leastWindows: number; caution: number; windowsThatAgree: number };
}

/** `first` for a fault from the start, `reserve` for one that begins after the plan's windows, the rest evenly between. */
function startWeights(first: number, reserve: number): StartWeights {
  return {
    startWeight(k, horizonWindows) {
      if (k > horizonWindows) return (reserve * horizonWindows) / (k * (k - 1));
      if (horizonWindows === 1) return 1 - reserve;
      return k === 1 ? first : (1 - first - reserve) / (horizonWindows - 1);
    },
    startWeightLeft(k, horizonWindows) {
      // the sum of 1/(j (j - 1)) from K + 1 to k is 1/K - 1/k
      if (k >= horizonWindows) return (reserve * horizonWindows) / k;
      return 1 - first - ((1 - first - reserve) * (k - 1)) / (horizonWindows - 1);
    },
  };
}

/** The part of the S-channel's alpha that is kept for windows after the plan's. */
const RESERVE = 0.15;

/** `shape` of what may be spent by the end of the plan's windows, and the reserve bit by bit from then on. */
const spendingByTime =
  (shape: (k: number, horizonWindows: number) => number) =>
  (k: number, horizonWindows: number): number =>
    k <= horizonWindows ? (1 - RESERVE) * shape(k, horizonWindows) : 1 - RESERVE + RESERVE * (1 - horizonWindows / k);

const specified = startWeights(0.5, RESERVE);

const specification: Profile = {
  name: 'specification',
  alternatives: [1.25, 1.5, 2, 3, 5, 10, 30, 100],
  prior: [0.1, 0.2, 0.2, 0.15, 0.15, 0.1, 0.05, 0.05],
  ...specified,
  alone: specified,
  spending: spendingByTime((k, horizonWindows) => Math.log1p(k) / Math.log1p(horizonWindows)),
  eShare: 0.3,
  sShare: 0.7,
  ceilingShare: 0.2,
  autoCeiling: { confidence: 0.99, windows: 60, leastFailures: 10 },
  bernoulliFromShare: 0.05,
  trafficShare: { slack: 0.25, alpha: 0.01, alternatives: [0.75, 0.5, 0.25, 0.1, 0.01], phi: 3 },
  nonInferiority: { alternatives: [0.5, 0.75, 1, 1.25, 1.5], prior: [0.1, 0.15, 0.5, 0.15, 0.1] },
  guard: { tau: 0.1, assumedPhi: 3, leastWindows: 60, caution: 1, windowsThatAgree: 2 },
};

/**
 * Of ln(1 + C), C the canary's expected bad requests: with 1,000 of them even a rate of 1.2 times the margin is found, and
 * all but the reserve may be spent.
 */
const MANY_EXPECTED = 1000;

function spendingByInformation(expectedBad: number): number {
  const part = Math.log1p(expectedBad) / Math.log1p(MANY_EXPECTED);
  return part <= 1 ? (1 - RESERVE) * part : 1 - RESERVE / part;
}

const spendingBySquareRoot = spendingByTime((k, horizonWindows) => Math.sqrt(k / horizonWindows));

/**
 * Finds the same faults earlier (decision 13): alpha is spent as failures come in, not only as windows pass, and a fault
 * from the start is left to the S-channel, which is exact there. E's share times its start weight is, for every start
 * after the first window, at least the specification's.
 */
const information: Profile = {
  ...specification,
  name: 'information',
  ...startWeights(0.02, 0.3),
  alone: specified,
  spending: (k, horizonWindows, expectedBad) =>
    Math.max(spendingBySquareRoot(k, horizonWindows), spendingByInformation(expectedBad)),
  eShare: 0.16,
  sShare: 0.84,
  guard: { ...specification.guard, caution: 1.5 },
};

export const PROFILES = { specification, information } as const satisfies Record<string, Profile>;
export type ProfileName = keyof typeof PROFILES;

/** What plans are judged by (decision 13). */
export const DEFAULT_PROFILE: Profile = PROFILES.information;

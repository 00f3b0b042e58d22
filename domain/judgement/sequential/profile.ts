/**
 * The constants of the sequential detector, reachable by name so that results stay comparable when another profile finds
 * more at the same promise. Where each comes from: docs/statistics.md, by its letter.
 */
export interface Profile {
  name: string;
  /** (a) Alternatives as multiples of the margin, and how likely each is taken to be; the prior sums to 1. */
  alternatives: readonly number[];
  prior: readonly number[];
  /** (a) Start weight of window k (1, 2, …) where the plan's bakes and soak take `horizonWindows`. They sum to 1. */
  startWeight(k: number, horizonWindows: number): number;
  /** (a) 1 minus the start weights of the windows 1 to k, without the rounding of a sum. */
  startWeightLeft(k: number, horizonWindows: number): number;
  /** (a) The part of the S-channel's alpha that may be spent by window k: rises to 1. */
  spending(k: number, horizonWindows: number): number;
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
  /** (g) Noise per window between equal versions; dispersion where it is not known; windows from which it is estimated. */
  guard: { tau: number; assumedPhi: number; leastWindows: number; windowsThatAgree: number };
}

const FIRST = 0.5;
const RESERVE = 0.15;

const specification: Profile = {
  name: 'specification',
  alternatives: [1.25, 1.5, 2, 3, 5, 10, 30, 100],
  prior: [0.1, 0.2, 0.2, 0.15, 0.15, 0.1, 0.05, 0.05],
  startWeight(k, horizonWindows) {
    if (k > horizonWindows) return (RESERVE * horizonWindows) / (k * (k - 1));
    if (horizonWindows === 1) return 1 - RESERVE;
    return k === 1 ? FIRST : (1 - FIRST - RESERVE) / (horizonWindows - 1);
  },
  startWeightLeft(k, horizonWindows) {
    if (k === 0) return 1;
    // the sum of 1/(j (j - 1)) from K + 1 to k is 1/K - 1/k
    if (k >= horizonWindows) return (RESERVE * horizonWindows) / k;
    return 1 - FIRST - ((1 - FIRST - RESERVE) * (k - 1)) / (horizonWindows - 1);
  },
  spending: (k, horizonWindows) =>
    k <= horizonWindows
      ? ((1 - RESERVE) * Math.log1p(k)) / Math.log1p(horizonWindows)
      : 1 - RESERVE + RESERVE * (1 - horizonWindows / k),
  eShare: 0.3,
  sShare: 0.7,
  ceilingShare: 0.2,
  autoCeiling: { confidence: 0.99, windows: 60, leastFailures: 10 },
  bernoulliFromShare: 0.05,
  trafficShare: { slack: 0.25, alpha: 0.01, alternatives: [0.75, 0.5, 0.25, 0.1, 0.01], phi: 3 },
  nonInferiority: { alternatives: [0.5, 0.75, 1, 1.25, 1.5], prior: [0.1, 0.15, 0.5, 0.15, 0.1] },
  guard: { tau: 0.1, assumedPhi: 3, leastWindows: 60, windowsThatAgree: 2 },
};

export const PROFILES = { specification } as const satisfies Record<string, Profile>;
export type ProfileName = keyof typeof PROFILES;

import { logRateEvidence } from './ceiling.ts';
import { inflationOf } from './dispersion.ts';
import {
  type EChannel,
  FROM_THE_FIRST,
  type KeptEChannel,
  keptEChannel,
  logsOf,
  newEChannel,
  resetEChannel,
  resumeEChannel,
  stepEChannel,
} from './e-channel.ts';
import type { Profile } from './profile.ts';
import {
  expectedAfter,
  type KeptSChannel,
  keptSChannel,
  newSChannel,
  resetSChannel,
  resumeSChannel,
  type SChannel,
  stepSChannel,
} from './s-channel.ts';
import { badShareAt, logBernoulliEvidence, logRatioEvidence } from './window-evidence.ts';

/** One metric's comparison with the stable version: what is set before the first window. */
export interface ComparisonSettings {
  profile: Profile;
  /** w0, 1 or more: the ratio that is tolerated. */
  margin: number;
  /** K: windows that the plan's bakes and soak take, at least 1. */
  horizonWindows: number;
  /** What the S-channel may spend; 0: there is none. */
  sAlpha: number;
  /** What the E-channel stands for: the guard lets one window add half of ln(1/eAlpha) + ln 2 at most. */
  eAlpha: number;
  /** Dispersion per threshold; absent: no guard, counts are taken for Binomial (or Poisson) ones. */
  phi?: readonly number[] | undefined;
  /** Thresholds of the metric: e-values are averaged over them, and above 1 there is no S-channel. */
  thresholds: number;
  /** Worse than stable AND above this share. */
  floor?: number | undefined;
  /** w_NI of (e); absent: `healthy` is not asked for. */
  nonInferiority?: number | undefined;
}

/** The comparison after some windows. Made once and stepped in place: a simulation makes no garbage. */
export interface Comparison {
  readonly settings: ComparisonSettings;
  /** ln E: averaged over the thresholds, with a floor the smaller of the two. 0 before the first window. */
  logE: number;
  /** The S-channel has been at its boundary in as many windows as it takes. */
  sCrossed: boolean;
  /** ln E of (e): the smallest of the thresholds, 0 before the first window. */
  logHealthy: number;
  k: number;
  readonly e: EChannel[];
  readonly floors: EChannel[];
  readonly health: EChannel[];
  readonly s: SChannel | undefined;
  /** Of strictly earlier windows, per threshold: for the Bernoulli form. */
  readonly stableBad: Float64Array;
  readonly stableRequests: Float64Array;
  readonly scratch: Scratch;
}

interface Scratch {
  evidence: Float64Array;
  healthEvidence: Float64Array;
  logPrior: Float64Array;
  healthLogPrior: Float64Array;
  healthAlternatives: readonly number[];
  most: number;
}

export function newComparison(settings: ComparisonSettings): Comparison {
  const { profile, thresholds, nonInferiority } = settings;
  const channels = (count: number, alternatives: number) =>
    Array.from({ length: count }, () => newEChannel(alternatives));
  const health = healthMixture(profile, nonInferiority ?? 2);
  return {
    settings,
    logE: 0,
    sCrossed: false,
    logHealthy: 0,
    k: 0,
    e: channels(thresholds, profile.alternatives.length),
    floors: channels(settings.floor === undefined ? 0 : thresholds, profile.alternatives.length),
    health: channels(thresholds, health.alternatives.length),
    s: thresholds === 1 && settings.sAlpha > 0 ? newSChannel() : undefined,
    stableBad: new Float64Array(thresholds),
    stableRequests: new Float64Array(thresholds),
    scratch: {
      evidence: new Float64Array(profile.alternatives.length),
      healthEvidence: new Float64Array(health.alternatives.length),
      logPrior: logsOf(profile.prior),
      healthLogPrior: logsOf(health.prior),
      healthAlternatives: health.alternatives,
      most: settings.phi === undefined ? Number.POSITIVE_INFINITY : (Math.LN2 - Math.log(settings.eAlpha)) / 2,
    },
  };
}

/** Those alternatives that are better than the margin of non-inferiority; their prior sums to 1 again. */
function healthMixture({ nonInferiority: { alternatives, prior } }: Profile, margin: number) {
  const kept = alternatives.flatMap((alternative, j) =>
    alternative < margin ? [{ alternative, weight: prior[j] ?? 0 }] : [],
  );
  const sum = kept.reduce((all, { weight }) => all + weight, 0);
  return { alternatives: kept.map(one => one.alternative), prior: kept.map(one => one.weight / sum) };
}

/** Back to before the first window, for the next release of a simulation. */
export function resetComparison(comparison: Comparison): void {
  for (const channels of [comparison.e, comparison.floors, comparison.health])
    for (const one of channels) resetEChannel(one);
  if (comparison.s !== undefined) resetSChannel(comparison.s);
  comparison.stableBad.fill(0);
  comparison.stableRequests.fill(0);
  comparison.logE = 0;
  comparison.logHealthy = 0;
  comparison.sCrossed = false;
  comparison.k = 0;
}

/** What of it is kept: plain JSON. What it was set to is not: that is in the plan and the ledger. */
export interface KeptComparison extends Pick<Comparison, 'logE' | 'sCrossed' | 'logHealthy' | 'k'> {
  e: KeptEChannel[];
  floors: KeptEChannel[];
  health: KeptEChannel[];
  s?: KeptSChannel;
  stableBad: number[];
  stableRequests: number[];
}

export function keptComparison(comparison: Comparison): KeptComparison {
  const { logE, sCrossed, logHealthy, k, e, floors, health, s, stableBad, stableRequests } = comparison;
  return {
    ...{ logE, sCrossed, logHealthy, k },
    e: e.map(keptEChannel),
    floors: floors.map(keptEChannel),
    health: health.map(keptEChannel),
    ...(s !== undefined && { s: keptSChannel(s) }),
    stableBad: [...stableBad],
    stableRequests: [...stableRequests],
  };
}

/** A new comparison of the same settings goes on where that one was kept. */
export function resumeComparison(comparison: Comparison, kept: KeptComparison): void {
  const resumed = (channels: readonly EChannel[], from: readonly KeptEChannel[]) => {
    for (const [at, channel] of channels.entries()) resumeEChannel(channel, from[at] as KeptEChannel);
  };
  resumed(comparison.e, kept.e);
  resumed(comparison.floors, kept.floors);
  resumed(comparison.health, kept.health);
  if (comparison.s !== undefined && kept.s !== undefined) resumeSChannel(comparison.s, kept.s);
  comparison.stableBad.set(kept.stableBad);
  comparison.stableRequests.set(kept.stableRequests);
  comparison.logE = kept.logE;
  comparison.sCrossed = kept.sCrossed;
  comparison.logHealthy = kept.logHealthy;
  comparison.k = kept.k;
}

/** Counts of both versions over the same seconds, whole numbers, bad <= requests; one of `bad` per threshold. */
export interface ComparedCounts {
  canaryRequests: number;
  canaryBad: ArrayLike<number>;
  stableRequests: number;
  stableBad: ArrayLike<number>;
  /** Windows that these are the sums of; absent: 1. The guard is about the noise of one. */
  windows?: number;
}

/**
 * One frozen window more, in place. A window without a request of the canary or of the stable version changes nothing.
 * @param margin w0 of this window: the settings' own, or a larger one during a warm-up
 * @returns whether the window was scored
 */
export function stepComparison(comparison: Comparison, window: ComparedCounts, margin?: number): boolean {
  const { canaryRequests, stableRequests } = window;
  if (canaryRequests === 0 || stableRequests === 0) return false;
  const { settings, e } = comparison;
  const w0 = margin ?? settings.margin;
  comparison.k += window.windows ?? 1;
  for (let t = 0; t < e.length; t += 1) {
    stepThreshold(comparison, t, window, w0);
  }
  if (comparison.s !== undefined) stepSpending(comparison, comparison.s, window, w0);
  comparison.logE = averageOf(comparison);
  comparison.logHealthy = smallestOf(comparison.health);
  return true;
}

function stepThreshold(comparison: Comparison, t: number, window: ComparedCounts, w0: number): void {
  const { scratch } = comparison;
  const { profile, phi, horizonWindows, floor, nonInferiority } = comparison.settings;
  const xc = window.canaryBad[t] as number;
  const xb = window.stableBad[t] as number;
  const m = xc + xb;
  const { windows = 1 } = window;
  const share = window.canaryRequests / (window.canaryRequests + window.stableRequests);
  const noise = phi?.[t];
  const most = scratch.most * windows;
  const inflationAt = (ratio: number) =>
    noise === undefined ? 1 : inflationOf(noise, profile.guard.tau, m / windows, badShareAt(share, ratio));
  const inflation = inflationAt(w0);
  const stableRate = bernoulliRate(comparison, t, w0);
  for (let j = 0; j < profile.alternatives.length; j += 1) {
    const ratio = profile.alternatives[j] as number;
    const log =
      stableRate === undefined
        ? logRatioEvidence(xc, m, share, w0, w0 * ratio)
        : logBernoulliEvidence(
            { requests: window.canaryRequests, bad: xc },
            { requests: window.stableRequests, bad: xb },
            stableRate,
            ratio,
          );
    scratch.evidence[j] = Math.min(log / inflation, most);
  }
  const weights = comparison.s === undefined ? profile.alone : profile;
  stepEChannel(comparison.e[t] as EChannel, scratch.evidence, scratch.logPrior, weights, horizonWindows, windows);
  if (floor !== undefined) {
    const { evidence, logPrior } = scratch;
    const counted = { bad: xc, requests: window.canaryRequests, windows };
    rateEvidence(evidence, profile, { ...counted, limit: floor, phi: noise, most });
    stepEChannel(comparison.floors[t] as EChannel, evidence, logPrior, profile.alone, horizonWindows, windows);
  }
  if (nonInferiority !== undefined) {
    const healthInflation = inflationAt(nonInferiority);
    for (let j = 0; j < scratch.healthAlternatives.length; j += 1) {
      const ratio = scratch.healthAlternatives[j] as number;
      scratch.healthEvidence[j] = logRatioEvidence(xc, m, share, nonInferiority, ratio) / healthInflation;
    }
    const health = comparison.health[t] as EChannel;
    stepEChannel(health, scratch.healthEvidence, scratch.healthLogPrior, FROM_THE_FIRST, horizonWindows, windows);
  }
  comparison.stableBad[t] = (comparison.stableBad[t] as number) + xb;
  comparison.stableRequests[t] = (comparison.stableRequests[t] as number) + window.stableRequests;
}

/** (c) The stable version's rate in strictly earlier windows, where the Bernoulli form is the sharper one. */
function bernoulliRate({ settings, stableBad, stableRequests }: Comparison, t: number, w0: number): number | undefined {
  if (w0 !== 1 || settings.thresholds === 1) return undefined;
  // before the first window 0/0, which is above nothing
  const rate = (stableBad[t] as number) / (stableRequests[t] as number);
  return rate > settings.profile.bernoulliFromShare && rate < 1 ? rate : undefined;
}

/** Fills l_j of one window against a fixed rate, with the guard where `phi` is given. */
export function rateEvidence(
  evidence: Float64Array,
  profile: Profile,
  window: { bad: number; requests: number; windows: number; limit: number; phi: number | undefined; most: number },
): void {
  const { bad, requests, windows, limit, phi, most } = window;
  const inflation = phi === undefined ? 1 : inflationOf(phi, profile.guard.tau, requests / windows, limit);
  for (let j = 0; j < profile.alternatives.length; j += 1) {
    const log = logRateEvidence(bad, requests, limit, profile.alternatives[j] as number);
    evidence[j] = Math.min(log / inflation, most);
  }
}

function stepSpending(comparison: Comparison, s: SChannel, window: ComparedCounts, w0: number): void {
  const { profile, phi, sAlpha, horizonWindows } = comparison.settings;
  const xc = window.canaryBad[0] as number;
  const m = xc + (window.stableBad[0] as number);
  const theta = badShareAt(window.canaryRequests / (window.canaryRequests + window.stableRequests), w0);
  const noise = phi?.[0];
  const inflation = noise === undefined ? 1 : inflationOf(noise, profile.guard.tau, m / (window.windows ?? 1), theta);
  const spent = profile.spending(comparison.k, horizonWindows, expectedAfter(s, m, theta, inflation));
  stepSChannel(s, xc, m, theta, inflation, sAlpha * spent);
  const needed = noise === undefined ? 1 : profile.guard.windowsThatAgree;
  const floor = comparison.floors[0];
  // with a floor both must be there: its e-value by itself has to be worth the channel's alpha
  const aboveFloor = floor === undefined || floor.logE >= -Math.log(sAlpha);
  if (s.crossings >= needed && s.x >= s.boundary && aboveFloor) comparison.sCrossed = true;
}

function averageOf({ e, floors }: Comparison): number {
  // The average of one is that one; without the lists a simulation of thousands of releases makes no garbage here.
  if (e.length === 1) return Math.min((e[0] as EChannel).logE, floors[0]?.logE ?? Number.POSITIVE_INFINITY);
  const logs = e.map((one, t) => Math.min(one.logE, floors[t]?.logE ?? Number.POSITIVE_INFINITY));
  return logSumExp(logs) - Math.log(logs.length);
}

function smallestOf(channels: readonly EChannel[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { logE } of channels) least = Math.min(least, logE);
  return least;
}

/** ln of the sum of the exponentials; -Infinity for none. */
export function logSumExp(logs: readonly number[]): number {
  const most = Math.max(Number.NEGATIVE_INFINITY, ...logs);
  if (!Number.isFinite(most)) return most;
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0));
}

import { logSumExp, rateEvidence } from './comparison.ts';
import {
  type EChannel,
  type KeptEChannel,
  keptEChannel,
  logsOf,
  newEChannel,
  resumeEChannel,
  stepEChannel,
} from './e-channel.ts';
import type { Profile } from './profile.ts';

/** A metric against its ceilings, one per threshold, while the stable version gets no traffic (docs/statistics.md (b)). */
export interface CeilingWatch {
  readonly settings: CeilingSettings;
  readonly channels: EChannel[];
  /** ln E, averaged over the thresholds; 0 before the first window. */
  logE: number;
  k: number;
}

export interface CeilingSettings {
  profile: Profile;
  /** Rates that are too much, per threshold, above 0 and below 1. */
  limits: readonly number[];
  /** What the ceiling's alarm may cost. */
  alpha: number;
  horizonWindows: number;
  /** Dispersion per threshold; absent: no guard. */
  phi?: readonly number[] | undefined;
}

export const newCeilingWatch = (settings: CeilingSettings): CeilingWatch => ({
  settings,
  channels: settings.limits.map(() => newEChannel(settings.profile.alternatives.length)),
  logE: 0,
  k: 0,
});

/** What of it is kept: plain JSON. */
export interface KeptCeilingWatch {
  channels: KeptEChannel[];
  logE: number;
  k: number;
}

export const keptCeilingWatch = ({ channels, logE, k }: CeilingWatch): KeptCeilingWatch => ({
  channels: channels.map(keptEChannel),
  ...{ logE, k },
});

export function resumeCeilingWatch(watch: CeilingWatch, kept: KeptCeilingWatch): void {
  for (const [at, channel] of watch.channels.entries()) resumeEChannel(channel, kept.channels[at] as KeptEChannel);
  watch.logE = kept.logE;
  watch.k = kept.k;
}

/** One frozen window more, or the sum of some, in place. @returns whether it was scored: without a canary request nothing changes */
export function stepCeilingWatch(watch: CeilingWatch, requests: number, bad: ArrayLike<number>, windows = 1): boolean {
  if (requests === 0) return false;
  const { profile, limits, alpha, horizonWindows, phi } = watch.settings;
  const evidence = new Float64Array(profile.alternatives.length);
  const logPrior = logsOf(profile.prior);
  const most = phi === undefined ? Number.POSITIVE_INFINITY : (windows * (Math.LN2 - Math.log(alpha))) / 2;
  for (const [t, limit] of limits.entries()) {
    rateEvidence(evidence, profile, { bad: bad[t] as number, requests, windows, limit, phi: phi?.[t], most });
    stepEChannel(watch.channels[t] as EChannel, evidence, logPrior, profile.alone, horizonWindows, windows);
  }
  watch.k += windows;
  watch.logE = logSumExp(watch.channels.map(({ logE }) => logE)) - Math.log(limits.length);
  return true;
}

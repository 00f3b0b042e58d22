import { logSumExp, rateEvidence } from './comparison.ts';
import { type EChannel, logsOf, newEChannel, stepEChannel } from './e-channel.ts';
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

/** One frozen window more, in place. @returns whether it was scored: without a canary request nothing changes */
export function stepCeilingWatch(watch: CeilingWatch, requests: number, bad: ArrayLike<number>): boolean {
  if (requests === 0) return false;
  const { profile, limits, alpha, horizonWindows, phi } = watch.settings;
  const evidence = new Float64Array(profile.alternatives.length);
  const logPrior = logsOf(profile.prior);
  const most = phi === undefined ? Number.POSITIVE_INFINITY : (Math.LN2 - Math.log(alpha)) / 2;
  for (const [t, limit] of limits.entries()) {
    rateEvidence(evidence, profile, { bad: bad[t] as number, requests, limit, phi: phi?.[t], most });
    stepEChannel(watch.channels[t] as EChannel, evidence, logPrior, profile.alone, horizonWindows);
  }
  watch.k += 1;
  watch.logE = logSumExp(watch.channels.map(({ logE }) => logE)) - Math.log(limits.length);
  return true;
}

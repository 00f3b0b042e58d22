import type { RateWindow } from './ceiling.ts';
import type { Profile } from './profile.ts';

/** How much more the counts vary than Binomial ones would, and whether that was measured (docs/statistics.md (g)). */
export interface Dispersion {
  /** 1 or more. */
  phi: number;
  assumed: boolean;
}

/**
 * phi from windows of the stable version before the release: squared differences of neighbouring windows over what the
 * Binomial law would make of them. Given t, the bad requests of both, the first has n1/(n1+n2) of them in the mean and
 * t a (1 - a) of variance, whatever the rate is: so a rate that drifts slowly is not taken for noise.
 * The excess over 1 is multiplied by the profile's caution. With fewer than 60 windows, or no failure in them, phi is 3 and assumed.
 * @param windows oldest first
 */
export function dispersionOf(windows: readonly RateWindow[], { guard }: Pick<Profile, 'guard'>): Dispersion {
  const counted = windows.filter(({ requests }) => requests > 0);
  let squares = 0;
  let expected = 0;
  for (const [index, second] of counted.slice(1).entries()) {
    const first = counted[index] as RateWindow;
    const bad = first.bad + second.bad;
    const part = first.requests / (first.requests + second.requests);
    squares += (first.bad - bad * part) ** 2;
    expected += bad * part * (1 - part);
  }
  if (counted.length < guard.leastWindows || expected === 0) {
    return { phi: guard.assumedPhi, assumed: true };
  }
  return { phi: Math.max(1, 1 + guard.caution * (squares / expected - 1)), assumed: false };
}

/** phi_k = phi + tau^2 m theta (1 - theta): what equal versions differ by in a window grows with the counts. */
export const inflationOf = (phi: number, tau: number, bad: number, badShare: number): number =>
  phi + tau * tau * bad * badShare * (1 - badShare);

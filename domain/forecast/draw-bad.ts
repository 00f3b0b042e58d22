import { drawBinomial, drawClumped } from '../statistics/draws.ts';
import type { Random } from '../statistics/random.ts';

/**
 * How many of these requests are bad: Binomial where they fail by themselves, and as clumped counts, at most all of them,
 * where they vary more.
 * @param share 0 to 1  @param dispersion variance as a multiple of what chance alone makes, 1 or more
 */
export const drawBad = (random: Random, requests: number, share: number, dispersion: number): number =>
  dispersion > 1
    ? Math.min(requests, drawClumped(random, requests * share, dispersion))
    : drawBinomial(random, requests, share);

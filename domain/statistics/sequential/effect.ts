import type { Detect } from './detect.ts';

/**
 * The bad share of a canary that has the effect that matters: max(ratio x rate, rate + atLeast).
 * @param rate the stable version's bad share, 0 to 1; 0 is an ordinary one
 */
export const effectRate = (rate: number, { ratio, atLeast = 0 }: Pick<Detect, 'ratio' | 'atLeast'>): number =>
  Math.min(1, Math.max(ratio * rate, rate + atLeast));

/** That of a gross fault, never less than the effect; undefined: the plan was frozen before there was one. */
export const grossRate = (rate: number, detect: Detect): number | undefined =>
  detect.gross === undefined ? undefined : Math.min(1, Math.max(effectRate(rate, detect), rate + detect.gross));

/** Bad shares that people think in, for telling from where on a fault would have been seen. */
const LADDER = [0.001, 0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5];

/**
 * The smallest share above the stable version's that would have been seen, rounded up to one that people think in.
 * @param above not seen  @param gross seen  @param sees whether a canary at this share would have been found: of a larger
 * share always where of a smaller one
 */
export function smallestSeen(above: number, gross: number, sees: (share: number) => boolean): number {
  const shares = [...LADDER.filter(share => share > above && share < gross), gross];
  let [from, to] = [0, shares.length - 1];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sees(shares[middle] as number)) to = middle;
    else from = middle + 1;
  }
  return shares[to] as number;
}

import type { StartWeights } from '../domain/statistics/sequential/e-channel.ts';
import { PROFILES, type Profile } from '../domain/statistics/sequential/profile.ts';

/**
 * What was tried on the way from the specification's constants to those of `information` (docs/decisions, "Alpha is spent
 * as failures come in"): `npm run bench:analysis -- --profile NAME` measures any of them.
 */
const { specification, information } = PROFILES;

const split = (name: string, eShare: number): Profile => ({ ...specification, name, eShare, sShare: 1 - eShare });

/** Later starts of E get what the first window had. */
function laterStarts(first: number): StartWeights {
  const [from, to] = [1 - 0.5 - 0.15, 1 - first - 0.15];
  return {
    startWeight(k, horizonWindows) {
      if (k === 1 || k > horizonWindows)
        return k === 1 && horizonWindows > 1 ? first : specification.startWeight(k, horizonWindows);
      return (specification.startWeight(k, horizonWindows) * to) / from;
    },
    startWeightLeft(k, horizonWindows) {
      if (k === 0 || k >= horizonWindows) return specification.startWeightLeft(k, horizonWindows);
      return 1 - first - (to * (k - 1)) / (horizonWindows - 1);
    },
  };
}

const RESERVE = 0.15;

/** What is spent by time has this shape; what is spent as failures come in is as in `information`. */
const byTime = (name: string, shape: (part: number) => number): Profile => ({
  ...information,
  name,
  spending: (k, horizonWindows, expectedBad) =>
    k > horizonWindows
      ? information.spending(k, horizonWindows, expectedBad)
      : Math.max((1 - RESERVE) * shape(k / horizonWindows), informationAlone(expectedBad)),
});

const informationAlone = (expectedBad: number): number => information.spending(1, 1e12, expectedBad);

export const CANDIDATES: Record<string, Profile> = Object.fromEntries(
  [
    split('split-20', 0.2),
    split('split-10', 0.1),
    { ...split('split-20-later-starts', 0.2), ...laterStarts(0.1) },
    { ...specification, name: 'later-starts', ...laterStarts(0.1) },
    { ...specification, name: 'information-only-spending', spending: information.spending },
    { ...information, name: 'information-only-starts', spending: specification.spending },
    byTime('information-linear', part => part),
    byTime('information-square', part => part ** 2),
    {
      ...information,
      name: 'information-narrow-prior',
      alternatives: [1.5, 2, 3, 5, 10, 30],
      prior: [0.25, 0.25, 0.2, 0.15, 0.1, 0.05],
    },
  ].map(profile => [profile.name, profile]),
);

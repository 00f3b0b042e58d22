import { scenarioOf } from '../../../lab/simulation/scenario-of.ts';
import { simulate } from '../../../lab/simulation/simulate.ts';
import type { PlantedBug } from './plant.ts';

/** In so many seeds a planted bug has to be found. */
export const SEEDS_MAX = 1_000;

export interface Found {
  seed: number;
  rule: string;
}

/** What the bug breaks in one seed; undefined: nothing. */
export async function broken({ wrap }: PlantedBug, seed: number): Promise<Found | undefined> {
  const [violation] = (await simulate(scenarioOf(seed), wrap)).violations;
  return violation === undefined ? undefined : { seed, rule: violation.rule };
}

/** The first seed that finds the bug: the one that is known to, then all of them in order. */
export async function find(bug: PlantedBug, seedsMax = SEEDS_MAX): Promise<Found | undefined> {
  const known = bug.seed === undefined ? undefined : await broken(bug, bug.seed);
  if (known !== undefined) return known;
  for (let seed = 1; seed <= seedsMax; seed += 1) {
    const found = await broken(bug, seed);
    if (found !== undefined) return found;
  }
  return undefined;
}

import { describe, expect, it } from 'vitest';
import { scenarioOf } from '../../lab/simulation/scenario-of.ts';
import { simulate } from '../../lab/simulation/simulate.ts';
import { PLANTED_BUGS, type PlantedBug } from './planted-bugs.ts';

const SEEDS_MAX = 2_000;

/** The rule that a seed with the bug breaks: the seed that is known to find it first, then all of them. */
async function find({ wrap, seed: known }: PlantedBug): Promise<{ seed: number; rule: string } | undefined> {
  const seeds = [known, ...Array.from({ length: SEEDS_MAX }, (_, index) => index + 1)];
  for (const seed of seeds) {
    const [violation] = (await simulate(scenarioOf(seed), wrap)).violations;
    if (violation !== undefined) return { seed, rule: violation.rule };
  }
  return undefined;
}

describe(`is found within ${SEEDS_MAX} seeds:`, () => {
  it.each(PLANTED_BUGS)('$name', { timeout: 400_000 }, async bug => {
    const found = await find(bug);
    expect(found?.seed).toBeLessThanOrEqual(SEEDS_MAX);
    expect(found?.rule).toMatch(bug.rule);
  });
});

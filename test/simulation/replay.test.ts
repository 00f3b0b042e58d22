import { describe, expect, it } from 'vitest';
import { sha256 } from '../../adapters/sha256.ts';
import { runSeeds } from '../../lab/simulation/run-seeds.ts';
import { scenarioOf } from '../../lab/simulation/scenario-of.ts';
import { simulate } from '../../lab/simulation/simulate.ts';

describe('a seed', () => {
  it('tells the same story to the last letter in every thread', { timeout: 90_000 }, async () => {
    // Prepare
    const seeds = [2, 3, 4, 5];
    const stories = new Map<number, string>();
    // Act
    await runSeeds({ from: 2, count: seeds.length, workers: 2 }, ({ seed, storyHash }) => {
      stories.set(seed, storyHash);
    });
    // Assess
    for (const seed of seeds) {
      const { story } = await simulate(scenarioOf(seed));
      expect([seed, sha256(story.join('\n'))]).toEqual([seed, stories.get(seed)]);
    }
  });

  it('is another story than its neighbour', async () => {
    const [one, two] = [await simulate(scenarioOf(1)), await simulate(scenarioOf(2))];
    expect(one.story.join('\n')).not.toBe(two.story.join('\n'));
  });
});
